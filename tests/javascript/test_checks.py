"""The app's JavaScript passes a linter and a type checker, as it lies in the repository: there is no build step."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.javascript import FOLDER, tool

ROOT = FOLDER.parents[1]
TSC = ("typescript", "bin/tsc")
BIOME = ("@biomejs/biome", "bin/biome")


def run(command: list[str]) -> tuple[int, str]:
    """How it ended and what it said. Both tools work without a network."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=120)
    return done.returncode, done.stdout + done.stderr


def lint(*paths: str) -> tuple[int, str]:
    return run([*tool(*BIOME), "lint", f"--config-path={FOLDER}", "--error-on-warnings", *paths])


def test_the_linter_finds_nothing() -> None:
    code, said = lint("explorer", "tests/browser")
    assert code == 0, said


def test_the_type_checker_finds_nothing() -> None:
    code, said = run([*tool(*TSC), "-p", str(FOLDER / "tsconfig.json")])
    assert code == 0, said


def test_both_would_find_something(tmp_path: Path) -> None:
    """A script with a misspelt method and a name that nobody reads: neither tool has been told to look away."""
    script = tmp_path / "wrong.js"
    script.write_text('import {a} from "./a.js";\n\nexport const size = [1, 2].lenght;\n', encoding="utf-8")
    (tmp_path / "a.js").write_text("export const a = 1;\n", encoding="utf-8")
    (tmp_path / "biome.json").write_text((FOLDER / "biome.json").read_text(encoding="utf-8"), encoding="utf-8")
    code, said = run([*tool(*BIOME), "lint", f"--config-path={tmp_path}", "--error-on-warnings", str(script)])
    assert code != 0 and "noUnusedImports" in said
    (tmp_path / "tsconfig.json").write_text(
        f'{{"extends": "{(FOLDER / "tsconfig.json").as_posix()}", "include": ["{script.as_posix()}"]}}',
        encoding="utf-8",
    )
    code, said = run([*tool(*TSC), "-p", str(tmp_path)])
    assert code != 0 and "lenght" in said
