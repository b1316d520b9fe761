"""Evidence of chapter 10, 还原: what five ways to break a text taught a small network, five seeds each.

Knows the claims, their sources and how each is measured through the engine. It knows neither torch nor a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from explorer.engine import get_engine
from explorer.evidence import texts
from explorer.evidence.texts import Row
from explorer.lab.types.contest import BAND, CONTEST, ENTRANTS, KINDS, PAIRS, TASKS, UNTAUGHT, ContestInputs, ahead
from explorer.lab.types.pairs import difference

BART = "Lewis et al. 2020, BART (arXiv 1910.13461)"


def measure(data: Path | None) -> Iterator[Row]:
    """The chapter's rows; nothing of it is measured on other people's sentences."""
    if data:
        return
    yield from contest()


def contest() -> Iterator[Row]:
    """The order of the five, and whether the best of them is better than a network that was taught nothing."""
    right = np.array([get_engine().run(CONTEST, None, ContestInputs(seed=seed)).result.right for seed in BAND])
    shares = right.mean((0, -1))
    mean = {entrant: float(shares[:, n].mean()) for n, entrant in enumerate(ENTRANTS)}
    n = ahead(shares)
    shown = {name: f"{100 * value:.1f}" for name, value in mean.items()}
    yield _row("contest_order", n, len(PAIRS), len(BAND) * right.shape[-1] * len(TASKS), words=shown)
    best = int(np.argmax([mean[kind] for kind in KINDS]))
    everything = right.transpose(2, 0, 1, 3).reshape(len(ENTRANTS), -1)
    gap, half = difference(everything[best], everything[ENTRANTS.index(UNTAUGHT)])
    yield _row("contest_helps", gap - half, 0, everything.shape[1], op=">", words=shown)


def _row(
    name: str, measured: float, target: float, n: int, *, op: str = ">=", words: Mapping[str, object] | None = None
) -> Row:
    return texts.row(
        "denoising", "", id=f"denoising.{name}", source=BART, measured=measured, op=op, target=target, n=n,
        data="lab/contest_tasks.py", words={"seeds": len(BAND), "pairs": len(PAIRS), **(words or {})},
    )  # fmt: skip
