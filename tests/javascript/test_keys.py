"""Keys of 接龙's dial board and of the teacher while an input method has them: nothing steps, plays or is chosen."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from explorer.components.bundle import join_modules
from tests.javascript import FOLDER, node

COMPONENTS = FOLDER.parents[1] / "explorer" / "components"
TEACHER = FOLDER.parents[1] / "explorer" / "ui" / "teacher_keys.js"
SCRIPT = """
const pressed = (more) => {
  const done = [];
  const note = (name) => (...given) => done.push([name, ...given]);
  const board = {
    header: {branch: "can"}, candidates: {at: (n) => n}, take: note("take"), step: note("step"), toggle: note("toggle"),
    go: note("go"), pause: note("pause"), act: note("act"),
  };
  for (const key of ["Enter", " ", "2", "ArrowLeft", "ArrowRight", "Escape", "b", "n"]) {
    const event = {key, target: {tagName: "DIV"}, preventDefault: note("taken"), ...more};
    Generator.prototype.key.call(board, event);
  }
  return done.filter(([name]) => name !== "taken").length;
};
console.log(JSON.stringify([
  pressed({}), pressed({isComposing: true}), pressed({keyCode: 229}), pressed({target: {tagName: "INPUT"}}),
  pressed({ctrlKey: true}),
]));
"""


CARDS = """
class Element { matches() { return false; } }
class HTMLElement extends Element { click() { clicks += 1; } }
let clicks = 0, pressed;
Object.assign(globalThis, {Element, HTMLElement, window: {}, document: {
  addEventListener: (name, listener) => { pressed = listener; },
  querySelectorAll: () => [{shadowRoot: {querySelectorAll: () => [new HTMLElement()]}}],
}});
KEYS({data: {}});
const by = (more) => {
  clicks = 0;
  pressed({key: "1", composedPath: () => [new Element()], preventDefault() {}, ...more});
  return clicks;
};
console.log(JSON.stringify([by({}), by({isComposing: true}), by({keyCode: 229}), by({ctrlKey: true})]));
"""


def test_keys_of_an_input_method_choose_no_card_of_the_teacher_s(tmp_path: Path) -> None:
    script = tmp_path / "keys.mjs"
    source = TEACHER.read_text(encoding="utf-8").replace("export default function", "const KEYS = function")
    script.write_text(source.replace("\n}\n\nfunction blank", "\n};\n\nfunction blank") + CARDS, encoding="utf-8")
    done = subprocess.run([*node(), str(script)], capture_output=True, check=True, text=True)
    assert json.loads(done.stdout) == [1, 0, 0, 0]


def test_keys_of_an_input_method_are_its_own(tmp_path: Path) -> None:
    """isComposing while it composes; 229 alone in the order of Safari, where the last key comes after the word."""
    shutil.copytree(COMPONENTS, tmp_path / "components")
    script = tmp_path / "components" / "generator" / "generator.js"
    script.write_text(script.read_text(encoding="utf-8") + SCRIPT, encoding="utf-8")
    joined = tmp_path / "joined.mjs"
    joined.write_text(join_modules(script), encoding="utf-8")
    done = subprocess.run([*node(), str(joined)], capture_output=True, check=True, text=True)
    assert json.loads(done.stdout) == [8, 0, 0, 0, 0]
