"""`python -m explorer new-chapter`: what it writes stands at once, under every contract, in a copy of the tree."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from explorer import chapters
from explorer.cli import new_chapter
from tests.tree import copy_of

NAME = "freshmade"
PYTEST = ["-m", "pytest", "--override-ini", "addopts=--strict-markers", "-n", "0", "-q"]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree in which the command has made a chapter."""
    root = copy_of(tmp_path_factory.mktemp("tree"))
    done = run(root, "-m", "explorer", "new-chapter", NAME)
    assert done.returncode == 0, done.stderr
    assert f"pages/{NAME}.py" in done.stdout.splitlines()
    return root


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=root, capture_output=True, text=True, encoding="utf-8", check=False
    )


@pytest.mark.timeout(300)
def test_every_contract_holds_for_it_and_its_own_test_runs(tree: Path) -> None:
    done = run(tree, *PYTEST, "-vv", "-k", NAME, "tests/contract", "tests/content", f"tests/lab/test_{NAME}.py")
    assert done.returncode == 0, done.stdout[-3000:]
    for one in ("test_pages", "test_chapters", "test_states"):
        passed = [line for line in done.stdout.splitlines() if f"contract/{one}.py" in line and "PASSED" in line]
        assert any(f"[{NAME}" in line or f"-{NAME}]" in line for line in passed), one


def test_its_golden_test_fails_where_the_arithmetic_is_wrong(tree: Path) -> None:
    lab = tree / "explorer" / "lab" / f"{NAME}.py"
    right = lab.read_text(encoding="utf-8")
    try:
        lab.write_text(right.replace("states.norm(dim=-1)", "states.abs().sum(dim=-1)"), encoding="utf-8")
        assert lab.read_text(encoding="utf-8") != right
        done = run(tree, *PYTEST, f"tests/lab/test_{NAME}.py")
        assert "1 failed, 1 passed" in done.stdout, done.stdout[-3000:]
    finally:
        lab.write_text(right, encoding="utf-8")


def test_its_texts_and_its_code_are_as_clean_as_ours(tree: Path) -> None:
    done = run(tree, *PYTEST, "tests/test_texts.py", "tests/test_words.py")
    assert done.returncode == 0, done.stdout[-3000:]
    for check in (["check"], ["format", "--check"]):
        done = run(tree, "-m", "ruff", *check, ".")
        assert done.returncode == 0, done.stdout


def test_a_second_one_gets_the_next_number_and_a_name_that_is_taken_is_refused(tree: Path) -> None:
    again = run(tree, "-m", "explorer", "new-chapter", NAME)
    assert again.returncode == 1
    assert NAME in again.stderr
    number = next(n for n in itertools.count() if n not in {chapter.number for chapter in chapters.CHAPTERS})
    assert f'{number},\n        "{NAME}"' in (tree / "explorer" / "chapters.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["Capital", "two words", "two_words", "class", "json", "models", "x", "a" * 17, "../up"]
)
def test_a_name_that_would_not_do_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"one word|a page|Python"):
        next(new_chapter.write(name))
