"""What the parts of the Evidence page share: its state, the chapters it shows, and how a figure is written.

The bench that measures is handed in by the page. It measures nothing and draws nothing.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from explorer import chapters
from explorer.lab.types.evidence import Bench, Figure
from explorer.ui.state import Store, limit

COLUMNS = (
    "id", "chapter", "claim_zh", "claim_en", "published", "source", "measured", "op", "target", "holds", "unit", "n",
    "data", "model", "revision", "command",
)  # fmt: skip


PRESETS = ("all", "fails", "here")


@dataclass(frozen=True)
class State:
    """`chapter`: only its claims; "" for all. `show`: of these all, those that do not hold, those measured here."""

    chapter: str = limit("", longest=24)
    show: Literal["all", "fails", "here"] = "all"


def store() -> Store[State]:
    return Store(State, "evidence")


def with_evidence(bench: Bench) -> tuple[str, ...]:
    """The chapters of this app that have evidence, in reading order."""
    measured = bench.chapters()
    return tuple(name for name in chapters.IDS if name in measured)


def shown(bench: Bench) -> tuple[str, ...]:
    """The chapters that the reader has asked for."""
    known, asked = with_evidence(bench), store().get().chapter
    return (asked,) if asked in known else known


def figures(bench: Bench) -> dict[str, list[Figure]]:
    """The claims that the reader has asked for, by chapter."""
    wanted: dict[str, Callable[[Figure], bool]] = {
        "all": lambda figure: True,
        "fails": lambda figure: not figure.row.holds,
        "here": lambda figure: figure.here,
    }
    keep = wanted[store().get().show]
    return {name: [figure for figure in bench.figures(name) if keep(figure)] for name in shown(bench)}


def choose_preset(name: str) -> None:
    """Show all claims, those that do not hold, or those measured here; of every chapter."""
    store().put(State(show=name))  # type: ignore[arg-type]


# The tool that shows what a claim is about, by how the claim's name begins; the longest beginning counts.
TOOLS = {
    "input.": "sum", "masking.": "cover", "masking.see_itself": "see", "masking.repair": "see", "pairs.": "measure",
    "attention.": "off", "attention.window": "sparse", "context.": "look", "context.sense_static": "static",
    "context.crossing": "cross", "languages.": "shift", "languages.retrieval": "align", "languages.centring": "align",
    "languages.kept": "keep", "languages.pos": "pos", "generation.": "train", "generation.context": "context",
    "generation.beam": "ways", "generation.bert": "both", "family.": "rlhf", "family.count": "line",
    "family.norm_": "norms", "family.two_losses": "losses",
    "denoising.": "restore", "denoising.contest": "contest",
    "beyond.": "dna", "beyond.collapse": "collapse", "finetuning.": "start", "finetuning.qa": "across",
    "in_context.": "expected",
    "in_context.pairs": "speech", "in_context.blimp": "speech", "in_context.sling": "speech",
    "in_context.zhoblimp": "speech",
}  # fmt: skip
SHARES = re.compile(r"(mean |expected )?(share|accuracy|leave-one-out accuracy|P\()")


def where(claim_id: str) -> dict[str, str]:
    """The fields of a link to the tool that shows what this claim is about."""
    found = max((start for start in TOOLS if claim_id.startswith(start)), key=len, default="")
    return {"v": "1", "tool": TOOLS[found]} if found else {}


def written(value: float, unit: str) -> str:
    """A figure as a reader would say it: shares in percent, what is tiny without powers of ten."""
    if SHARES.match(unit):
        return f"{100 * value:.3g} %"
    return f"{value:.8f}".rstrip("0") if 0 < abs(value) < 1e-4 else number(value)


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
