"""Figures of chapter 3, 句对. One entry of GROUPS a measurement: the figures it yields, and how it is made.

What the heads get right is not speed: `python -m explorer evidence --chapter pairs` measures that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.rows import Row

RESULT = '.sesame[data-key^="pairs-"]:not([data-key="pairs-strip"])'  # on the page: what it is opened for


def _first_paint() -> Iterator[Row]:
    from benchmarks import browser

    return browser.first_paint(
        "pairs", "/pairs", first='.sesame[data-key="pairs-heads"] .column:nth-of-type(2) li[data-p] .p'
    )


GROUPS: dict[tuple[str, ...], Callable[[], Iterator[Row]]] = {
    ("pairs.first_paint_s", "pairs.first_paint_ratio", "pairs.first_paint_torch"): _first_paint,
}
