"""`python -m explorer dna-grid`: three starts on DNA for each number of examples and set of words, cell by cell.

What is in the file already is not run again, so it may be stopped at any time and go on on any machine. It knows the
grid and the engine, neither torch nor a page.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from explorer.content import dna, dna_grid, three_starts
from explorer.content.dna_grid import Cell
from explorer.engine.base import Engine
from explorer.engine.local import LocalEngine
from explorer.lab.types.finetuning import TUNE, TuneInputs, rights
from explorer.models.catalog import catalog

LANG = "en"


def inputs(amount: int, drawn: int) -> TuneInputs:
    """The training of one cell: the words of this draw, and everything else by the seed of the same number."""
    words = dna.first_words(LANG, drawn)
    return three_starts.sequences(*dna.parts(amount, three_starts.WIDTH), words, seed=drawn)


def setting(asked: TuneInputs) -> str:
    """All that decides the figures beside model, words, seed and number of examples."""
    return (
        f"{TUNE.wire} {TUNE.version}; {three_starts.WIDTH} letters, top {asked.layers} layers, {asked.epochs} epochs of"
        f" batches of {asked.batch}, pooling {asked.pooling}, rate {asked.rate:g}, head {asked.head_rate:g}"
    )


def measured(engine: Engine, amount: int, drawn: int) -> Cell:
    """One cell, run now."""
    info, asked = catalog.default("masked"), inputs(amount, drawn)
    right = rights(engine.run(TUNE, info.id, asked).result, asked.held_out)
    counts = tuple(int(one) for one in right.sum(axis=-1))
    words = dna.first_words(LANG, drawn)
    return Cell(amount, drawn, asked.seed, words, counts, right.shape[-1], info.revision, setting(asked))


def run_all(amounts: Sequence[int], draws: Sequence[int], path: Path = dna_grid.PATH) -> Iterator[Cell]:
    """What is missing of these cells, draw by draw, each kept as soon as it is measured."""
    revision = catalog.default("masked").revision
    with contextlib.closing(LocalEngine(precomputed=None)) as engine:
        for drawn in draws:
            for amount in amounts:
                there = {one.place for one in dna_grid.read(path) if _same(one, revision, amount, drawn)}
                if (amount, drawn) not in there:
                    cell = measured(engine, amount, drawn)
                    dna_grid.keep(cell, path)
                    yield cell


def _same(one: Cell, revision: str, amount: int, drawn: int) -> bool:
    return (one.revision, one.setting) == (revision, setting(inputs(amount, drawn)))


def add(commands: Any) -> None:
    """Adds `dna-grid` to the parser's subcommands."""
    parser = commands.add_parser("dna-grid", help="measure what is missing of the grid of 文字之外")
    parser.add_argument("--amounts", type=int, nargs="+", default=three_starts.AMOUNTS, choices=three_starts.AMOUNTS)
    parser.add_argument("--draws", type=int, default=len(three_starts.DRAWS), help="sets of words, from the first")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure and print each cell; always 0 (what can't be measured raises)."""
    for cell in run_all(options.amounts, three_starts.DRAWS[: options.draws]):
        print(cell.amount, cell.drawn, *(f"{one:.3f}" for one in cell.accuracies), flush=True)
    return 0
