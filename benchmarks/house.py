"""Figures of the house itself: how soon a new chapter stands, where chapters are entered by hand, how many lines.

`places` reads the tree for whatever lists chapters beside the registry; it is what house.chapter_lists counts.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from benchmarks.browser import chromium
from benchmarks.rows import Row, load_now
from explorer import chapters
from tests.browser.server import ROOT, running
from tests.tree import COPIED, copy_of

NAME = "freshmade"
COMMAND = "python -m benchmarks house"
FIGURE = '[data-testid="stPlotlyChart"] .legendtext'
# Ids that say nothing else: "home", "input", "evidence" and "classroom" are words of many other things too.
IDS = frozenset(chapter.id for chapter in chapters.CHAPTERS if chapter.tools) - {"input", "classroom"}
SOME = 3  # so many of them together are a list of chapters, however short
MOST = len(IDS) // 2 + 1  # so many imported together are one too: what a file is about may take a few
LEFT = {"models", "precomputed", "node_modules", "__pycache__", "code"}


def new_chapter() -> Iterator[Row]:
    """The command, the app's start and the new page's first figure, in a copy of the tree; nothing is warm."""
    load, runs = load_now(), []
    with chromium() as browser:
        for _ in range(3):
            with tempfile.TemporaryDirectory() as folder:
                root = copy_of(Path(folder) / "tree")
                began = time.perf_counter()
                _make(root)
                with running(root=root) as server:
                    page: Page = browser.new_page()
                    page.goto(f"{server.url}/{NAME}")
                    page.locator(FIGURE).first.wait_for(timeout=120_000)
                    runs.append(time.perf_counter() - began)
                    page.close()
    yield Row(
        "house.new_chapter_s", "the command → the new chapter's first figure in Chromium, app started cold", "s",
        tuple(runs), load, COMMAND, "<=", 60,
    )  # fmt: skip


def chapter_lists() -> Iterator[Row]:
    """Files that the command had to change, and places that list most chapters by hand: together, each once."""
    load = load_now()
    with tempfile.TemporaryDirectory() as folder:
        root = copy_of(Path(folder) / "tree")
        before = {path: path.read_bytes() for path in _files(root)}
        _make(root)
        changed = {
            path.relative_to(root).as_posix() for path, content in before.items() if path.read_bytes() != content
        }
    found = changed | {f"{path}:{line}" for path, line in places(ROOT) if path not in changed}
    names = ", ".join(sorted(found))
    yield Row(
        "house.chapter_lists", f"places in which a new chapter must be entered by hand ({names})", "places",
        (float(len(found)),), load, COMMAND, "<=", 1,
    )  # fmt: skip


def lines() -> Iterator[Row]:
    """Lines of Python and JavaScript in explorer/ and pages/."""
    load = load_now()
    for suffix, words in ((".py", "Python"), (".js", "JavaScript")):
        paths = [path for folder in ("explorer", "pages") for path in (ROOT / folder).rglob(f"*{suffix}")]
        count = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)
        yield Row(
            f"house.lines_{suffix[1:]}", f"lines of {words} in explorer/ and pages/", "lines", (float(count),), load,
            COMMAND,
        )  # fmt: skip


def places(root: Path) -> list[tuple[str, int]]:
    """(file, line) of everything in the tree that lists chapters by their ids, some or all.

    In Python: a list, tuple, set or table (or one of calls with such a constant), and the imports of a file; in TOML an
    array (a table a chapter holds words about it, which nothing demands); in JavaScript an array or object.
    """
    found = []
    for path in _files(root):
        name, text = path.relative_to(root).as_posix(), ""
        if path.suffix in (".py", ".toml", ".js", ".css"):
            text = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            found += [(name, line) for line in _in_python(text)]
        elif path.suffix == ".toml" and _in_toml(tomllib.loads(text)):
            found.append((name, 1))
        elif path.suffix == ".js":
            found += [(name, line) for line in _in_javascript(text)]
    return found


def _in_python(text: str) -> Iterator[int]:
    tree = ast.parse(text)
    imported: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = {*node.module.split("."), *(alias.name for alias in node.names)}
            imported |= IDS & names if node.module.startswith(("explorer", "benchmarks", "pages")) else set()
        items: list[Any] = []
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            items = list(node.elts)
        elif isinstance(node, ast.Dict):
            items = [*node.keys, *node.values]
        ids = [
            value.value
            for item in items
            for value in ([item] if isinstance(item, ast.Constant) else [*ast.iter_child_nodes(item)] if item else [])
            if isinstance(value, ast.Constant) and value.value in IDS
        ]
        if len(ids) == len(set(ids)) >= SOME:  # a list names each once; cases of a test name some again
            yield node.lineno  # type: ignore[attr-defined]
    if len(imported) >= MOST:
        yield 1


def _in_toml(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_in_toml, value.values()))
    return isinstance(value, list) and len(IDS & {item for item in value if isinstance(item, str)}) >= SOME


def _in_javascript(text: str) -> Iterator[int]:
    for block in re.finditer(r"[\[{][^\[\]{}]*[\]}]", text):
        if len(IDS & set(re.findall(r"\w+", block[0]))) >= SOME:
            yield text.count("\n", 0, block.start()) + 1


def _files(root: Path) -> list[Path]:
    """The project's files, without what is no code of ours or text."""
    tops = [root / name for name in COPIED]
    every = [path for top in tops for path in ([top] if top.is_file() else sorted(top.rglob("*")))]
    return [path for path in every if path.is_file() and not LEFT & set(path.relative_to(root).parts[:-1])]


def _make(root: Path) -> None:
    command = [sys.executable, "-m", "explorer", "new-chapter", NAME]
    subprocess.run(command, cwd=root, check=True, capture_output=True)


GROUPS = {
    ("house.new_chapter_s",): new_chapter,
    ("house.chapter_lists",): chapter_lists,
    ("house.lines_py", "house.lines_js"): lines,
}
