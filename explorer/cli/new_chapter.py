"""`python -m explorer new-chapter NAME`: a chapter that stands, made from the template in assets/chapter.

Knows where the template's files go and how a record is entered in explorer/chapters.py; knows no chapter.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
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
    return None


def write(name: str) -> Iterator[Path]:
    """Write the files of a chapter called `name` and enter its record; yields each file it wrote.

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
    text = register.read_text(encoding="utf-8")
    at = _place(text)
    register.write_text(text[:at] + RECORD.format(number=number, name=name) + text[at:], encoding="utf-8")
    yield register


def _places(name: str) -> dict[Path, Path]:
    """Where each file of the template goes, from the repository's root."""
    sources = sorted(path for path in TEMPLATE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {source: Path(_filled(source.relative_to(TEMPLATE).as_posix(), name, _number())) for source in sources}


def _filled(text: str, name: str, number: int) -> str:
    values = {"__chapter__": name, "__Chapter__": name.capitalize(), "__number__": str(number)}
    return re.sub("|".join(values), lambda found: values[found[0]], text)


def _number() -> int:
    """The first number that no chapter has."""
    taken = {chapter.number for chapter in chapters.CHAPTERS}
    return next(number for number in itertools.count() if number not in taken)


def _place(register: str) -> int:
    """Where in the text of chapters.py the record goes: before that of the next chapter by number, else at the end."""
    following = next((chapter for chapter in chapters.CHAPTERS if chapter.number > _number()), None)
    if following is None:
        return register.index("\n)\n", register.index("CHAPTERS = (")) + 1
    found = re.search(rf'    Chapter\(\s*{following.number},\s*"{following.id}"', register)
    assert found is not None
    return found.start()


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
