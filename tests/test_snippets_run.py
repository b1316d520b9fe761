"""Every snippet of every page runs as it stands: with what requirements.txt brings, from a folder of the reader's.

What the snippets print is tests/test_snippets.py's; here nothing is put in the place of what they load.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import plain_environment, readers
from explorer import paths
from explorer.engine import catalog
from explorer.ui import permission, snippets

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader whose browser runs on another machine."""
    monkeypatch.setattr(permission, "at_this_machine", lambda: False)


def needed(code: str) -> tuple[frozenset[str], bool]:
    """What a snippet asks of its environment: what it imports, and whether it reads a GGUF file."""
    lines = code.splitlines()
    return frozenset(line for line in lines if line.startswith(("import ", "from "))), "gguf" in code


@pytest.mark.walk
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("unscanned_pages")
def test_one_of_every_kind_runs_in_a_plain_environment() -> None:
    """Of all that ask the same of their environment; `python -m benchmarks readers` runs them all."""
    kinds = by_kind(readers.shown_code())
    assert len(kinds) >= 8
    assert ran_into({name: code for name, code, _ in kinds}) == {}


@pytest.mark.timeout(900)
@pytest.mark.usefixtures("unscanned_pages")
def test_they_run_in_a_plain_environment() -> None:
    """One of every kind but those that read the large model: of these one (each reads it anew)."""
    codes = readers.shown_code()
    tools = {name.split(" ")[0] for name in codes}
    assert tools == {chapter.id for chapter in readers.READ}
    assert any("load_gguf_checkpoint" in code for code in codes.values())
    kinds = by_kind(codes)
    large = [name for name, _, gguf in kinds if gguf]
    assert ran_into({name: code for name, code, gguf in kinds if not gguf or name == large[0]}) == {}


def by_kind(codes: dict[str, str]) -> list[tuple[str, str, bool]]:
    """(name, code, whether it reads a GGUF file) of the first of every kind that asks the same of its environment."""
    kinds: dict[tuple[frozenset[str], bool], str] = {}
    for name, code in codes.items():
        kinds.setdefault(needed(code), name)
    return [(name, codes[name], gguf) for (_, gguf), name in kinds.items()]


def ran_into(some: dict[str, str]) -> dict[str, str]:
    answers = readers.tried(Path(sys.executable), some, "--only", str(ROOT / "requirements.txt"))
    return {name: problem for name, problem in answers.items() if problem}


@pytest.fixture
def unscanned_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what pages complete when everything else stands: no snippet waits for it."""
    from explorer.views._shared import page

    real = page._module

    def without(chapter: str, name: str) -> Any:
        module = real(chapter, name)
        if name == "stage" and hasattr(module, "complete"):
            monkeypatch.delattr(module, "complete")
        return module

    monkeypatch.setattr(page, "_module", without)


def test_a_plain_environment_lacks_what_requirements_do_not_bring() -> None:
    brought = plain_environment.brought_by((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    assert {"torch", "transformers", "gguf", "huggingface-hub"} <= brought
    assert not {"pytest", "accelerate", "playwright"} & brought
    code = "try:\n    import pytest\nexcept ModuleNotFoundError:\n    print('plain')"
    answers = readers.tried(Path(sys.executable), {"a": code, "b": "1 / 0"}, "--only", str(ROOT / "requirements.txt"))
    assert answers["a"] == ""
    assert "ZeroDivisionError" in answers["b"]


@pytest.mark.usefixtures("elsewhere")
def test_to_others_a_snippet_names_no_place_on_this_machine_and_says_what_to_set(tmp_path: Path) -> None:
    code = snippets.code("input_tokens", text="天", folder_b=snippets.source(catalog.default("causal")))
    assert str(ROOT) not in code
    script = tmp_path / "snippet.py"
    script.write_text(code, encoding="utf-8")
    said = subprocess.run([sys.executable, script], cwd=tmp_path, env={}, capture_output=True, text=True)
    assert said.returncode == 1
    assert said.stderr.strip().endswith("Set OPEN_SESAME to the folder of Open Sesame on your machine.")
    done = subprocess.run(
        [sys.executable, script], cwd=tmp_path, env={snippets.HOME: str(ROOT)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "tokens: 1" in done.stdout


def test_a_reader_at_this_machine_is_told_the_folder() -> None:
    assert snippets.source(catalog.default("masked")) == repr(str(catalog.default("masked").folder))


def test_files_of_ours_are_named_like_models() -> None:
    assert snippets.place(paths.EVAL) == repr(str(paths.EVAL))
    for path in sorted(paths.CODE.glob("*.py")):
        assert "assets/" not in path.read_text(encoding="utf-8"), "only a page knows where its reader's copy lies"


@pytest.mark.usefixtures("elsewhere")
def test_files_of_ours_are_asked_for_like_models() -> None:
    assert snippets.place(paths.EVAL) == "home + '/assets/examples/eval'"
