"""Gestures are numbered: an answer to an older one does not count, and a slow answer is not waited for for ever."""

from __future__ import annotations

import subprocess
from pathlib import Path

from explorer.components.bundle import join_modules
from tests.javascript import FOLDER, node

SHARED = FOLDER.parents[1] / "explorer" / "components" / "shared"


def said(tmp_path: Path, lines: str) -> list[str]:
    """What a script prints that knows `Echo`."""
    script = tmp_path / "script.mjs"
    (tmp_path / "echo.js").write_text((SHARED / "echo.js").read_text(encoding="utf-8"), encoding="utf-8")
    script.write_text(f'import {{Echo}} from "./echo.js";\n{lines}\n', encoding="utf-8")
    joined = tmp_path / "joined.mjs"
    joined.write_text(join_modules(script), encoding="utf-8")
    return subprocess.run([*node(), str(joined)], capture_output=True, check=True, text=True).stdout.split()


def test_an_answer_to_an_older_gesture_does_not_settle(tmp_path: Path) -> None:
    lines = """
      const echo = new Echo(null);
      console.log(echo.settles(7), echo.next(), echo.next(), echo.settles(8), echo.settles(9), echo.settles(3));
    """
    assert said(tmp_path, lines) == ["true", "8", "9", "false", "true", "true"]


def test_what_never_comes_is_waited_for_only_where_that_is_meant(tmp_path: Path) -> None:
    lines = """
      const real = setTimeout;
      globalThis.setTimeout = (act) => real(act, 1);
      const patient = new Echo(null);
      const hasty = new Echo(() => console.log("applied"));
      patient.next();
      hasty.next();
      await new Promise((done) => real(done, 50));
      console.log(patient.settles(0), hasty.settles(0));
    """
    assert said(tmp_path, lines) == ["applied", "false", "true"]
