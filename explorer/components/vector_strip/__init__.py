"""Vectors as rows of coloured cells: blue above zero, vermilion below, the paler the nearer to zero.

Knows numbers and names of rows, and not where a vector comes from.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.components.labels import interface
from explorer.components.mounting import declare

TABLE = "vector"  # of assets/text/<lang>/components.toml
LABELS = (
    "vectors",  # name of the whole figure
    "range",  # {n} {low} {high}: "384 个数，−2.1 … 2.4"
    "cell",  # {i} {x}: one number
    "csv_columns",  # 3 names, comma-separated: row, position, value
)

_mount = declare(Path(__file__).parent)


def vector_strip(
    rows: Sequence[tuple[str, NDArray[np.float32]]],
    *,
    key: str,
    caption: str = "",
    title: str = "",
) -> None:
    """Mounts one strip a row: (name, values[d]) with finite float32 values; rows may differ in length.

    A row's colours are scaled by its own 99th percentile of |value|, so that one outlier does not pale the rest.
    Hover, or the arrow keys on a focused strip, read out one number.
    """
    for name, values in rows:
        if values.ndim != 1 or values.dtype != np.float32 or not np.isfinite(values).all():
            raise ValueError(f"{name}: values must be one row of finite float32")
    header = {
        "key": key,
        **interface(TABLE, LABELS),
        "rows": [name for name, _ in rows],
        "caption": caption,
        "title": title,
    }
    _mount(header, {f"row{number}": values for number, (_, values) in enumerate(rows)})
