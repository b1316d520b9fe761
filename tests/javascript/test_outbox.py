"""What a figure has said is said again until it is heard: a newer message may take an older one's place on its way."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from explorer.components.bundle import join_modules
from tests.javascript import FOLDER, node

SHARED = FOLDER.parents[1] / "explorer" / "components" / "shared"


def said(tmp_path: Path, lines: str) -> list[list[Any]]:
    """What is triggered by a script that knows `box`, an Outbox, and `say(event, value)`."""
    script = tmp_path / "script.mjs"
    (tmp_path / "outbox.js").write_text((SHARED / "outbox.js").read_text(encoding="utf-8"), encoding="utf-8")
    script.write_text(
        f"""import {{Outbox}} from "./outbox.js";
        const box = new Outbox();
        const say = (event, value) => box.say((...told) => console.log(JSON.stringify(told)), event, value);
        {lines}
        """,
        encoding="utf-8",
    )
    joined = tmp_path / "joined.mjs"
    joined.write_text(join_modules(script), encoding="utf-8")
    done = subprocess.run([*node(), str(joined)], capture_output=True, check=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_what_was_heard_is_not_said_again(tmp_path: Path) -> None:
    lines = 'say("change", {layer: 1, n: 1}); box.heard(1); say("change", {layer: 2, n: 2});'
    assert said(tmp_path, lines) == [["change", {"layer": 1, "n": 1}], ["change", {"layer": 2, "n": 2}]]


def test_the_newest_brings_the_unheard_along(tmp_path: Path) -> None:
    """Each call of `say` is one message; the last one tells all that no answer has named, its own kind last."""
    lines = """say("act", {n: 1}); say("act", {n: 2}); say("dials", {n: 3}); say("act", {n: 4});
      box.heard(2); say("lost", {});"""
    assert said(tmp_path, lines) == [
        ["act", {"n": 1}],
        ["act", {"n": 2, "earlier": [{"n": 1}]}],
        ["act", {"n": 2, "earlier": [{"n": 1}]}],
        ["dials", {"n": 3}],
        ["dials", {"n": 3}],
        ["act", {"n": 4, "earlier": [{"n": 1}, {"n": 2}]}],
        ["dials", {"n": 3}],
        ["act", {"n": 4}],
        ["lost", {}],
    ]


def test_it_does_not_grow_for_ever(tmp_path: Path) -> None:
    lines = 'for (let n = 1; n < 100; n++) box.say(() => {}, "act", {n}); say("act", {n: 100});'
    ((_, value),) = said(tmp_path, lines)
    assert [one["n"] for one in value["earlier"]] == [*range(61, 100)]
