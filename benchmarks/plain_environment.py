"""Runs snippets one after another, as a reader would who pastes them into a file somewhere; JSON in, JSON out.

It knows nothing of the project: it is handed to the Python of another environment. With `--only REQUIREMENTS` it hides
whatever that file does not bring, so that this environment is as plain as one made from it.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import re
import sys
import traceback
from collections.abc import Sequence
from importlib import machinery, metadata


def brought_by(requirements: str) -> set[str]:
    """The distributions that a requirements file brings, and what those need, by their normalised names."""
    lines = (line.split("#")[0].strip() for line in requirements.splitlines())
    waiting = [match[0] for line in lines if (match := re.match(r"[A-Za-z0-9][\w.-]*", line))]
    found: set[str] = set()
    while waiting:
        name = _normal(waiting.pop())
        if name in found:
            continue
        try:
            needs = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        found.add(name)
        waiting += [re.match(r"[\w.-]+", need)[0] for need in needs if "extra ==" not in need]  # type: ignore[index]
    return found


class PlainFinder:
    """Finds what lies on the path, except what an environment would lack."""

    find_distributions = staticmethod(machinery.PathFinder.find_distributions)

    def __init__(self, there: set[str]) -> None:
        by_module = metadata.packages_distributions()
        self.names = {name for name, owners in by_module.items() if not {_normal(owner) for owner in owners} & there}

    def find_spec(self, name: str, path: Sequence[str] | None, target: object = None) -> machinery.ModuleSpec | None:
        return None if name.partition(".")[0] in self.names else machinery.PathFinder.find_spec(name, path)


def run(code: str) -> str:
    """ "" if the snippet runs to its end and prints something; else what went wrong."""
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(code, "snippet", "exec"), {"__name__": "__main__"})
    except (Exception, SystemExit):
        return traceback.format_exc(limit=-2)
    finally:
        gc.collect()  # one model at a time
    return "" if out.getvalue().strip() else "it printed nothing"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> None:
    if sys.argv[1:2] == ["--only"]:
        with open(sys.argv[2], encoding="utf-8") as file:
            plain = PlainFinder(brought_by(file.read()))
        sys.meta_path[:] = [plain if finder is machinery.PathFinder else finder for finder in sys.meta_path]
    asked: dict[str, str] = json.load(sys.stdin)
    print(json.dumps({name: run(code) for name, code in asked.items()}))


if __name__ == "__main__":
    main()
