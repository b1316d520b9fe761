"""`python -m explorer evidence`: measure what the chapters claim, beside the published figures.

Knows arguments and how to print; what is measured, and where it is kept, is in explorer/evidence.
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import Any

from explorer import console, evidence
from explorer.evidence import heldout_results, results_store
from explorer.evidence.texts import Row
from explorer.models.catalog import catalog


def add(commands: Any) -> None:
    """Adds `evidence` to the parser's subcommands."""
    parser = commands.add_parser("evidence", help="measure what the chapters claim, beside the published figures")
    parser.add_argument("--chapter", choices=evidence.CHAPTERS, help="only this chapter")
    parser.add_argument("--data", type=Path, metavar="DIR", help="measure accuracy on the test sets in DIR instead")
    parser.add_argument(
        "--model", type=Path, metavar="DIR", help="measure this masked model in place of the embedded one; keep nothing"
    )
    parser.add_argument("--record", action="store_true", help="keep the figures measured with --data")
    parser.add_argument(
        "--ship", action="store_true", help="these figures come with the app (for those who publish it)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON list")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure, print, and keep or record as asked; 0 if every claim held, 1 if one did not."""
    if options.model is not None:
        catalog.put_in_place(catalog.default("masked").id, options.model)
    keeps = options.data is None and options.model is None and not options.ship
    rows: list[Row] = []
    for chapter in [options.chapter] if options.chapter else evidence.CHAPTERS:
        for row in evidence.measure(chapter, options.data):
            rows.append(row)
            if keeps:
                results_store.keep([row])  # the page 证据 shows it as measured here
            if not options.json:
                print(_line(row), flush=True)
    if options.json:
        print(console.json_text([dataclasses.asdict(row) for row in rows]))
    elif options.data is None and options.model is None:
        for id, noted in heldout_results.read().items():
            print(f"\nrecorded: {id} = {noted['measured']:.3f} (n = {noted['n']}, {noted['data']}; {noted['model']})")
    if options.record and options.model is None:
        heldout_results.write(rows)
    if options.ship and options.data is None and options.model is None:
        results_store.ship(rows)
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
