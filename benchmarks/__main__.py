"""The command line: `python -m benchmarks CHAPTER [FIGURE …] [--json] [--list] [--detail]`.

Knows arguments and how to print; what is measured lies in a module a chapter.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import sys
from collections.abc import Iterator

from benchmarks.rows import Row
from explorer import chapters, console

BESIDE = ("house", "models", "readers", "scale", "training", "wire")  # what is no chapter
CHAPTERS = (*(chapter.id for chapter in chapters.CHAPTERS if chapter.benchmarks), *BESIDE)


def main(arguments: list[str] | None = None) -> int:
    """Measure; 0 if every target was reached, 1 if one was missed."""
    console.make_tolerant()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure speed and capacity.")
    parser.add_argument("chapter", choices=CHAPTERS)
    parser.add_argument(
        "figures", nargs="*", metavar="FIGURE", help="only the groups that measure these (default: all)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON list")
    parser.add_argument("--list", action="store_true", help="name the figures and measure nothing")
    parser.add_argument("--detail", action="store_true", help="wire: what a lesson moves, by kind; no figure")
    options = parser.parse_args(arguments)

    module = importlib.import_module(f"benchmarks.{options.chapter}")
    if options.detail:
        if not hasattr(module, "detail"):
            parser.error(f"{options.chapter} has no details")
        for line in module.detail():
            print(line, flush=True)
        return 0
    groups = module.GROUPS
    known = [id for ids in groups for id in ids]
    if unknown := sorted(set(options.figures) - set(known)):
        parser.error(f"no such figure: {', '.join(unknown)}; there is: {', '.join(known)}")
    if options.list:
        print(json.dumps(known) if options.json else "\n".join(known))
        return 0

    rows: list[Row] = []
    for ids, measure in groups.items():
        if not options.figures or set(ids) & set(options.figures):
            rows += _shown(measure(), silent=options.json)
    if options.json:
        print(console.json_text([dataclasses.asdict(row) for row in rows]))
    return 1 if any(row.holds is False for row in rows) else 0


def _shown(rows: Iterator[Row], *, silent: bool) -> list[Row]:
    seen = []
    for row in rows:
        seen.append(row)
        if not silent:
            print(_line(row), flush=True)
    return seen


def _line(row: Row) -> str:
    verdict = {True: "reached", False: "MISSED", None: "reported"}[row.holds]
    target = "" if row.target is None else f" {row.op} {row.target:g}"
    runs = " ".join(f"{run:.4g}" for run in row.runs)
    return f"{row.id}: {row.value:.4g} {row.unit}{target} {verdict} · runs {runs} · load {row.load:.2f}\n  {row.figure}"


if __name__ == "__main__":
    sys.exit(main())
