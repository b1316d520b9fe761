"""The bundler keeps every module's names to itself, and refuses what it does not understand."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from explorer.components.bundle import bundle, join_modules
from tests.javascript import node

COMPONENTS = sorted(
    path.parent
    for path in (Path(__file__).parents[2] / "explorer" / "components").glob("*/*.js")
    if path.stem == path.parent.name
)


def written(folder: Path, **modules: str) -> Path:
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return folder / "main.js"


def test_two_modules_may_use_the_same_name(tmp_path: Path) -> None:
    script = written(
        tmp_path,
        main='import {one} from "./a.js";\nimport {two as b} from "./b.js";\n'
        "const hidden = 3;\nconsole.log(one(), b(), hidden);\n",
        a='import {two} from "./b.js";\nconst hidden = 1;\nexport function one() {\n  return hidden + 10 * two();\n}\n',
        b="const hidden = 2;\nexport const two = () => hidden;\n",
    )
    joined = tmp_path / "joined.mjs"
    joined.write_text(join_modules(script), encoding="utf-8")
    assert subprocess.run([*node(), str(joined)], capture_output=True, check=True, text=True).stdout == "21 2 3\n"
    assert joined.read_text(encoding="utf-8").count("const hidden = 2") == 1, "b is there once, though two import it"


@pytest.mark.parametrize(
    "line",
    [
        'import * as all from "./b.js";',
        'import b from "./b.js";',
        "export {b};",
        "export let b = 1;",
        "export default 1;",
    ],
)
def test_other_forms_are_refused(tmp_path: Path, line: str) -> None:
    script = written(tmp_path, main='import {a} from "./a.js";\n', a=f"{line}\n", b="export const b = 1;\n")
    with pytest.raises(ValueError, match=r"a\.js"):
        join_modules(script)


def test_a_circle_of_imports_is_refused(tmp_path: Path) -> None:
    script = written(
        tmp_path, main='import {a} from "./a.js";\n', a='import {b} from "./b.js";\n', b='import {a} from "./a.js";\n'
    )
    with pytest.raises(ValueError, match="imports itself"):
        join_modules(script)


@pytest.mark.parametrize("folder", COMPONENTS, ids=lambda folder: folder.name)
def test_a_bundle_is_hardly_larger_than_its_modules(folder: Path) -> None:
    """What the scopes cost the wire: the modules' texts, and less than a tenth more."""
    made = bundle(folder).js
    sizes = {path.name: len(path.read_text(encoding="utf-8")) for path in folder.parent.glob("*/*.js")}
    own = len((folder / f"{folder.name}.js").read_text(encoding="utf-8"))
    assert own < len(made) <= 1.1 * sum(sizes.values())
