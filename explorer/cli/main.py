"""The parser of `python -m explorer evidence | precompute | models | offline | new-chapter | …`.

One module here a command. Knows the commands' names; what each does is its module's.
"""

from __future__ import annotations

import argparse

from explorer import console
from explorer.cli import architecture, evidence, models, new_chapter, offline, precompute
from explorer.evidence import dna_grid


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 if it did what was asked (every claim held, every result was written), 1 if not."""
    console.make_tolerant()
    parser = argparse.ArgumentParser(prog="python -m explorer", description="The command line of Open Sesame.")
    commands = parser.add_subparsers(required=True)
    for command in (evidence, precompute, models, offline, new_chapter, architecture, dna_grid):
        command.add(commands)
    options = parser.parse_args(arguments)
    return int(options.run(options))
