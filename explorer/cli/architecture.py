"""`python -m explorer architecture`: the tree in ARCHITECTURE.md, one line a file, made from what each file says it is.

Knows where a file says so: the first line of a module's docstring, of a folder's `__init__.py`, of a script's comment.
"""

from __future__ import annotations

import argparse
import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from explorer import paths

DOCUMENT = paths.ROOT / "ARCHITECTURE.md"
TOPS = ("app.py", "pages", "explorer", "training", "benchmarks")
BEGIN, END = "<!-- made by: python -m explorer architecture -->\n```text\n", "```\n<!-- end -->"
_WIDTH = 30  # of a name with what it is indented by, where that suffices


def tree(root: Path = paths.ROOT) -> str:
    """The folders and files of the app in the order of their names, each with the first line it says of itself."""
    return "".join(f"{line}\n" for top in TOPS for line in _lines(root / top, 0))


def current(document: str) -> str:
    """`document` with the tree as it is now. Raises ValueError where it has no place for one."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the marks around the tree are missing")
    return before + BEGIN + tree() + END + after


def _lines(path: Path, depth: int) -> Iterator[str]:
    if path.is_file():
        if path.suffix in (".py", ".js"):
            yield _line(path.name, _says(path), depth)
        return
    below = [
        line
        for child in sorted(path.iterdir(), key=lambda child: (child.is_dir(), child.name))
        if child.name != "__init__.py" and not child.name.startswith((".", "__pycache__"))
        for line in _lines(child, depth + 1)
    ]
    says = _says(path / "__init__.py")
    if below or says:
        yield _line(f"{path.name}/", says, depth)
    yield from below


def _line(name: str, says: str, depth: int) -> str:
    return f"{'  ' * depth + name:<{_WIDTH}} {says}".rstrip()


def _says(path: Path) -> str:
    """The first line that a file says of itself; "" where it says nothing."""
    if not path.is_file():
        return ""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]
    found = re.search(r"^(?://|/\*\*)\s*(\S.*?)\s*(?:\*/)?$", text, re.MULTILINE)
    return found[1] if found else ""


def add(commands: Any) -> None:
    """Adds `architecture` to the parser's subcommands."""
    parser = commands.add_parser("architecture", help="write the tree in ARCHITECTURE.md anew")
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Write the document; 0."""
    text = current(DOCUMENT.read_text(encoding="utf-8"))
    DOCUMENT.write_text(text, encoding="utf-8")
    made = text.partition(BEGIN)[2].partition(END)[0]
    print(f"{DOCUMENT.name}: {made.count(chr(10))} lines")
    return 0
