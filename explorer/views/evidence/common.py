"""What the parts of the Evidence page share: its state, the chapters it shows, and how a figure is written.

The bench that measures is handed in by the page. It measures nothing and draws nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from explorer.lab.types.evidence import Bench, Figure
from explorer.ui import chapters
from explorer.ui.state import Store, limit

COLUMNS = (
    "id", "chapter", "claim_zh", "claim_en", "published", "source", "measured", "op", "target", "holds", "unit", "n",
    "data", "model", "revision", "command",
)  # fmt: skip


@dataclass(frozen=True)
class State:
    """`chapter`: only its claims; "" for all."""

    chapter: str = limit("", longest=24)


def store() -> Store[State]:
    return Store(State, "evidence")


def with_evidence(bench: Bench) -> tuple[str, ...]:
    """The chapters of this app that have evidence, in reading order."""
    measured = bench.chapters()
    return tuple(name for _, name in chapters.CHAPTERS if name in measured)


def shown(bench: Bench) -> tuple[str, ...]:
    """The chapters that the reader has asked for."""
    known, asked = with_evidence(bench), store().get().chapter
    return (asked,) if asked in known else known


def number(value: float) -> str:
    """A measured figure: four digits that count, a true minus sign."""
    return f"{value:.4g}".replace("-", "−")


def table(figures: Iterable[Figure]) -> str:
    """The figures as CSV, with a byte-order mark so that spreadsheets read the Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow((*COLUMNS, "measured_at", "measured_here", "other_weights"))
    for figure in figures:
        values = (getattr(figure.row, name) for name in COLUMNS)
        writer.writerow((*values, figure.when, figure.here, figure.stale))
    return "\ufeff" + out.getvalue()
