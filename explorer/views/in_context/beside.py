"""Other causal models beside the chapter's own: those that this reader may ask, and those that were asked once; and how
often one is right, as a cell of a table says it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.content.measured import BESIDE
from explorer.engine import catalog, uses
from explorer.lab.types.pairs import interval
from explorer.ui import permission
from explorer.ui.numbers import percent


def others(own: uses.ModelInfo) -> list[tuple[uses.ModelInfo, bool]]:
    """The other models, and whether this reader may put a question to it, or only see what it once answered."""
    there = [one for one in uses.offered("in_context", permission.policy()) if one.id != own.id]
    named = {own.id, *(one.id for one in there)}
    told = [catalog.entry(name) for name in BESIDE if name not in named]
    return [*((one, True) for one in there), *((one, False) for one in told)]


def accuracy(right: NDArray[np.bool_]) -> str:
    """The share that is right, and its 95 % interval in per cent."""
    low, high = interval(right)
    return f"{percent(float(right.mean()))} ({100 * low:.0f}–{100 * high:.0f})"
