"""`python -m explorer new-chapter NAME`: a chapter that stands, made from the template in assets/chapter.

Knows where the template's files go and how a record is entered in explorer/chapters.py; knows no chapter.
"""

from __future__ import annotations

import argparse
import importlib.util
import keyword
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from explorer import chapters, paths

TEMPLATE = paths.ASSETS / "chapter"
NAME = re.compile(r"[a-z][a-z0-9]{1,15}")
RECORD = """\
    Chapter(
        {number},
        "{name}",
        tools=("lengths",),
        ability="hidden_states",
        needs_head=False,
        painted_without_model=True,
    ),
"""


def refusal(name: str) -> str | None:
    """Why no chapter can be called `name`; None if one can."""
    if not NAME.fullmatch(name) or keyword.iskeyword(name):
        return "a chapter is called by one word of 2 to 16 small letters and digits: it names files, links and modules"
    if name in chapters.PAGES:
        return "there is a page of that name"
    if name in sys.stdlib_module_names or importlib.util.find_spec(name) is not None:
        return "Python has a module of that name"
    if taken := [path for path in _places(name).values() if (paths.ROOT / path).exists()]:
        return f"{taken[0]} exists"
    if _number() >= chapters.CHAPTERS[-1].number:
        return f"no number is left before {chapters.CHAPTERS[-1].id}: raise that chapter's in explorer/chapters.py"
    return None


def write(name: str) -> Iterator[Path]:
    """Write the files of a chapter called `name` and enter its record before the last; yields each file it wrote.

    Raises ValueError, and writes nothing, where `refusal` says why.
    """
    if reason := refusal(name):
        raise ValueError(reason)
    number = _number()
    for source, place in _places(name).items():
        path = paths.ROOT / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_filled(source.read_text(encoding="utf-8"), name, number), encoding="utf-8")
        yield path
    register = paths.ROOT / "explorer" / "chapters.py"
    before, mark, after = register.read_text(encoding="utf-8").partition(_last_record())
    record = RECORD.format(number=number, name=name)
    register.write_text(before + record + mark + after, encoding="utf-8")
    yield register


def _places(name: str) -> dict[Path, Path]:
    """Where each file of the template goes, from the repository's root."""
    sources = sorted(path for path in TEMPLATE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {source: Path(_filled(source.relative_to(TEMPLATE).as_posix(), name, _number())) for source in sources}


def _filled(text: str, name: str, number: int) -> str:
    values = {"__chapter__": name, "__Chapter__": name.capitalize(), "__number__": str(number)}
    return re.sub("|".join(values), lambda found: values[found[0]], text)


def _number() -> int:
    """The number after that of the last chapter but one: the last is the one that sums up."""
    return chapters.CHAPTERS[-2].number + 1


def _last_record() -> str:
    last = chapters.CHAPTERS[-1]
    return f'    Chapter({last.number}, "{last.id}"'


def add(commands: Any) -> None:
    """Adds `new-chapter` to the parser's subcommands."""
    parser = commands.add_parser("new-chapter", help="make a chapter that stands, with all it needs")
    parser.add_argument("name", help="one English word: it names the page, its link, its modules and its texts")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Make it, compute what it shows first, and print what was written; 1 where it can't be, with the reason."""
    try:
        for path in write(options.name):
            print(path.relative_to(paths.ROOT).as_posix(), flush=True)
    except ValueError as reason:
        print(f"{options.name}: {reason}", file=sys.stderr)
        return 1
    # In a process of its own: this one has read the register as it was.
    done = subprocess.run([sys.executable, "-m", "explorer", "precompute", "--chapter", options.name], cwd=paths.ROOT)
    print(f"\nSee it:  streamlit run app.py, then /{options.name}")
    print(f"Test it: python -m pytest tests/contract tests/lab/test_{options.name}.py -k {options.name}")
    return done.returncode
