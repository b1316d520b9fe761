"""What a figure is, and how busy the machine was when it was measured. Knows no chapter."""

from __future__ import annotations

import math
import operator
import os
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    ">": operator.gt,
}


@dataclass(frozen=True)
class Row:
    """One figure: `value` is the median of `runs`; `load` is the machine's one-minute load when they began.

    `op` is "" for a figure without a target: it is reported, and `holds` is None.
    """

    id: str
    figure: str
    unit: str
    runs: tuple[float, ...]
    load: float
    command: str
    op: str = ""
    target: float | None = None
    value: float = field(init=False)
    holds: bool | None = field(init=False)

    def __post_init__(self) -> None:
        value = statistics.median(self.runs)
        object.__setattr__(self, "value", value)
        object.__setattr__(self, "holds", None if self.target is None else OPERATORS[self.op](value, self.target))


def load_now() -> float:
    """The machine's one-minute load: a ratio is judged under any, an absolute time is read beside it."""
    return os.getloadavg()[0]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0…1) of all values do not exceed (nearest rank)."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(round(share * len(ordered), 9)) - 1)]
