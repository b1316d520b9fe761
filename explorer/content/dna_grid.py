"""The grid of 文字之外: what three starts reached on DNA, for each number of examples and set of words.

Reads and writes the file that comes with the app; `explorer/evidence/dna_grid.py` measures it. It knows no model and no
page.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from explorer import numerics, paths
from explorer.content.three_starts import STARTS

PATH = paths.PRECOMPUTED / "dna_grid.json"


@dataclass(frozen=True)
class Cell:
    """One training of all three starts.

    revision  of the model's files; setting: all else that decides the figures, in words
    right     of `asked` sequences that were never taught, how many each start told rightly, in the order of STARTS
    """

    amount: int
    drawn: int
    seed: int
    words: tuple[str, ...]
    right: tuple[int, ...]
    asked: int
    revision: str
    setting: str

    @property
    def place(self) -> tuple[int, int]:
        return self.amount, self.drawn

    @property
    def accuracies(self) -> tuple[float, ...]:
        return tuple(one / self.asked for one in self.right)


def read(path: Path = PATH) -> tuple[Cell, ...]:
    """All cells, by number of examples and draw; none where there is no file."""
    if not path.exists():
        return ()
    rows = json.loads(path.read_text(encoding="utf-8"))
    return tuple(Cell(**{**row, "words": tuple(row["words"]), "right": tuple(row["right"])}) for row in rows)


def keep(cell: Cell, path: Path = PATH) -> None:
    """Add one, over the one of its place; those of another model or setting go. The old file stands till the new one
    does."""
    with FileLock(Path(tempfile.gettempdir()) / f"{path.name}.lock"):  # several processes may fill it at once
        others = [one for one in read(path) if (one.revision, one.setting) == (cell.revision, cell.setting)]
        cells = sorted({one.place: one for one in (*others, cell)}.values(), key=lambda one: one.place)
        beside = path.with_name(f".{path.name}.new")
        rows = ",\n".join(json.dumps(asdict(one), ensure_ascii=False) for one in cells)
        beside.write_text(f"[\n{rows}\n]\n", encoding="utf-8")
        os.replace(beside, path)


def by_amount(cells: tuple[Cell, ...]) -> dict[int, NDArray[np.float64]]:
    """accuracies[draws, starts] for each number of examples."""
    amounts = sorted({one.amount for one in cells})
    return {
        amount: np.array([one.accuracies for one in cells if one.amount == amount]).reshape(-1, len(STARTS))
        for amount in amounts
    }


def gap(accuracies: NDArray[np.float64], start: str) -> tuple[float, float, float]:
    """By how much a start is better than the random one: the mean over the draws, and its 95 % interval (Student's t).

    One draw says nothing: the interval is everything.
    """
    gaps = accuracies[:, STARTS.index(start)] - accuracies[:, STARTS.index("random")]
    return numerics.mean_interval(gaps) if len(gaps) > 1 else (float(gaps.mean()), -1.0, 1.0)
