"""The command line: `python -m explorer evidence`, `python -m explorer precompute`, `python -m explorer models …`.

Knows arguments and how to print; what is measured is in explorer/evidence, what is computed in explorer/precompute.py;
the larger commands are in explorer/commands.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path

from explorer import evidence
from explorer.commands import models
from explorer.evidence import kept, recorded
from explorer.evidence.rows import Row


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 if every claim held (or every result was written), 1 if a claim did not hold."""
    options = _parser().parse_args(arguments)
    return int(options.run(options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m explorer", description=__doc__)
    commands = parser.add_subparsers(required=True)

    command = commands.add_parser("evidence", help="measure what the chapters claim, beside the published figures")
    command.add_argument("--chapter", choices=evidence.CHAPTERS, help="only this chapter")
    command.add_argument("--data", type=Path, metavar="DIR", help="measure accuracy on the test sets in DIR instead")
    command.add_argument("--record", action="store_true", help="keep the figures measured with --data")
    command.add_argument(
        "--ship", action="store_true", help="these figures come with the app (for those who publish it)"
    )
    command.add_argument("--json", action="store_true", help="one JSON list")
    command.set_defaults(run=_evidence)

    command = commands.add_parser("precompute", help="compute the results of the default examples")
    command.add_argument("--chapter", help="only this chapter")
    command.set_defaults(run=_precompute)

    models.add(commands)
    return parser


def _evidence(options: argparse.Namespace) -> int:
    rows: list[Row] = []
    for chapter in [options.chapter] if options.chapter else evidence.CHAPTERS:
        for row in evidence.measure(chapter, options.data):
            rows.append(row)
            if options.data is None and not options.ship:
                kept.keep([row])  # the page 证据 shows it as measured here
            if not options.json:
                print(_line(row), flush=True)
    if options.json:
        json.dump([dataclasses.asdict(row) for row in rows], sys.stdout, ensure_ascii=False, indent=1)
        print()
    elif options.data is None:
        for id, noted in recorded.read().items():
            print(f"\nrecorded: {id} = {noted['measured']:.3f} (n = {noted['n']}, {noted['data']}; {noted['model']})")
    if options.record:
        recorded.write(rows)
    if options.ship and options.data is None:
        kept.ship(rows)
    return 0 if all(row.holds for row in rows) else 1


def _line(row: Row) -> str:
    verdict = "holds" if row.holds else "DOES NOT HOLD"
    return (
        f"{row.id}: {verdict}\n"
        f"  {row.claim_zh}\n"
        f"  {row.claim_en}\n"
        f"  published  {row.published or '—'} [{row.source}]\n"
        f"  measured   {row.measured:.4f} {row.op} {row.target:.4f} · {row.unit} · n = {row.n} · {row.data}\n"
        f"  model      {row.model} {row.revision[:12]}"
    )


def _precompute(options: argparse.Namespace) -> int:
    from explorer import precompute  # reads the chapters' examples, which evidence does without

    for written in precompute.write(options.chapter):
        print(written, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
