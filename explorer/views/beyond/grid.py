"""More examples, other words: the grid that was measured beforehand, with its seeds; what it says of the three starts.

It knows the cells as they lie in a file; it trains nothing.
"""

from __future__ import annotations

import numpy as np

from explorer.content import dna, dna_grid, three_starts
from explorer.content.three_starts import STARTS, WIDTH
from explorer.figures import amounts as figures
from explorer.ui import page_parts
from explorer.ui.i18n import t
from explorer.ui.numbers import percent, signed

AGAINST = STARTS[:2]  # the random one is what they are held against
HOW = ("better", "worse", "open")


def draw() -> None:
    """The bands, a row a number of examples, and which seeds and settings they come from; nothing without a file."""
    cells = dna_grid.read()
    if not cells:
        return
    page_parts.subsection("beyond.grid")
    found = dna_grid.by_amount(cells)
    truth = np.array([label for _, label in dna.parts(1, WIDTH)[1]])
    common = float(np.bincount(truth).max() / len(truth))
    names = [t(f"beyond.start.{start}") for start in STARTS]
    told = "; ".join(
        f"{amount}: " + ", ".join(f"{name} {percent(float(one[:, n].mean()))}" for n, name in enumerate(names))
        for amount, one in found.items()
    )
    page_parts.plot(
        figures.bands(found, names, t("beyond.grid.x"), t("beyond.grid.y"), (t("beyond.majority"), common)),
        "beyond-grid", t("beyond.grid.caption"), told,
    )  # fmt: skip
    page_parts.table(
        (t("beyond.grid.x"), t("beyond.grid.draws"), *(t("beyond.grid.gap", start=t(f"beyond.start.{start}"))
         for start in AGAINST)),
        [(str(amount), str(len(one)), *(_gap(one, start) for start in AGAINST)) for amount, one in found.items()],
        numeric=(0, 1, 2, 3),
    )  # fmt: skip
    page_parts.notice("beyond.grid.told", told=verdict(found))
    page_parts.quiet(
        t("beyond.grid.how", setting=_setting(), seeds=", ".join(str(n) for n in _seeds(cells)), n=len(truth))
    )


def _setting() -> str:
    """All that decides the figures beside model, words, seed and number of examples, in the reader's language."""
    asked = three_starts.sequences(*dna.parts(1, WIDTH), dna.first_words("en", 0))
    return t(
        "beyond.grid.setting", letters=WIDTH, layers=asked.layers, epochs=asked.epochs, batch=asked.batch,
        pooling=t("beyond.dna.pool_middle"), rate=f"{asked.rate:g}", head=f"{asked.head_rate:g}",
    )  # fmt: skip


def verdict(found: dict[int, np.ndarray]) -> str:
    """At which numbers of examples the pre-trained start is better, worse, or not to be told apart."""
    said: dict[str, list[str]] = {how: [] for how in HOW}
    for amount, one in found.items():
        _, low, high = dna_grid.gap(one, "pre-trained")
        said["better" if low > 0 else "worse" if high < 0 else "open"].append(str(amount))
    comma = t("common.list_comma")
    return " ".join(t(f"beyond.grid.{how}", amounts=comma.join(said[how])) for how in HOW if said[how])


def _gap(accuracies: np.ndarray, start: str) -> str:
    mean, low, high = (signed(100 * one, 1) for one in dna_grid.gap(accuracies, start))
    return mean if len(accuracies) < 2 else f"{mean} [{low}, {high}]"


def _seeds(cells: tuple[dna_grid.Cell, ...]) -> list[int]:
    return sorted({one.seed for one in cells})
