"""Who may see what when every token is predicted at once: a row a prediction, a column a token.

Knows tokens and the numbers of each prediction; it does not know which model made them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from explorer.components.labels import interface
from explorer.components.mounting import declare

TABLE = "triangle"  # of assets/text/<lang>/components.toml
LABELS = (
    "triangle",  # name of the figure
    "head",  # 4 names with | between: true token, P, rank, loss
    "hint",  # what to do
    "row_left",  # {seen} {target} {p} {rank} {s} {top}: about one row where only the left is seen
    "row_around",  # the same where everything but the place itself is seen
    "scrolls",  # for screen readers: it scrolls sideways
    "may_not",  # a cell that may not be seen
    "csv_columns",  # 6 names: place, token, P, rank, loss, first guess
)

_mount = declare(Path(__file__).parent)


@dataclass(frozen=True)
class Prediction:
    """Of the token at `target` (a column): its probability, rank and loss in nats, and the likeliest words."""

    target: int
    p: float
    rank: int
    nats: float
    top: tuple[tuple[str, float], ...]


def triangle(
    tokens: Sequence[str],
    predictions: Sequence[Prediction],
    *,
    key: str,
    sees: Literal["left", "around"],
    caption: str = "",
    title: str = "",
) -> None:
    """Mounts the figure. sees "left": row of target t sees columns 0 … t−1; "around": all but t itself."""
    header = {
        "key": key,
        **interface(TABLE, LABELS),
        "tokens": list(tokens),
        "rows": [asdict(row) for row in predictions],
        "sees": sees,
        "caption": caption,
        "title": title,
    }
    _mount(header)
