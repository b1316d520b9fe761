"""论文里的数: which way of breaking teaches best, as BART's and T5's authors printed it; rates, spans, structures.

It draws numbers that others have measured, each with its source; nothing on this tool is computed here.
"""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from explorer.figures import published as figures
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import listed, t
from explorer.views.denoising import common
from explorer.views.denoising.common import Scene, State
from explorer.views.denoising.published import (
    BART,
    BART_COLUMNS,
    BART_HIGHER,
    BASELINE,
    DEVIATION,
    OURS,
    RATES,
    SPANS,
    STRUCTURES,
    T5,
    T5_COLUMNS,
)


def draw(scene: Scene, state: State) -> None:
    page_parts.section("denoising.papers")
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        _bart(state)
    with right:
        page_parts.steps([(t(f"denoising.papers.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("denoising.papers.honesty")
    _t5(state)


def _bart(state: State) -> None:
    page_parts.subtitle(t("denoising.papers.bart"))
    page_parts.quiet(t("denoising.papers.bart_sub"))
    widgets.choice(
        "denoising-bart", t("denoising.papers.bart_which"), BART_COLUMNS, state.bart,
        lambda column: t(f"denoising.papers.bart_column.{column}"), common.setter("bart"),
    )  # fmt: skip
    column = BART_COLUMNS.index(state.bart)
    column_name = t(f"denoising.papers.bart_column.{state.bart}")
    names = {row: t(f"denoising.papers.bart_row.{row}") for row in BART}
    rows = [(names[row], value) for row, values in BART.items() if (value := values[column]) is not None]
    digits = _digits(state.bart)
    if state.bart in BART_HIGHER:
        caption = t("denoising.papers.bart_caption_up", column=column_name)
    else:
        caption = t("denoising.papers.bart_caption_down", column=column_name)
    _plot(figures.dots(rows, [names[row] for row in OURS], digits), "denoising-bart-dots", caption, rows)
    page_parts.table(
        (t("denoising.papers.row"), *(t(f"denoising.papers.bart_column.{one}") for one in BART_COLUMNS)),
        [(names[row], *map(_printed, values, BART_COLUMNS)) for row, values in BART.items()],
        numeric=range(1, 1 + len(BART_COLUMNS)),
    )  # fmt: skip


def _t5(state: State) -> None:
    page_parts.subtitle(t("denoising.papers.t5"))
    page_parts.quiet(t("denoising.papers.t5_sub"))
    widgets.choice(
        "denoising-t5", t("denoising.papers.t5_which"), T5_COLUMNS, state.t5,
        lambda column: t(f"denoising.papers.t5_column.{column}"), common.setter("t5"),
    )  # fmt: skip
    at = T5_COLUMNS.index(state.t5)
    name = t(f"denoising.papers.t5_column.{state.t5}")
    band = (BASELINE[at] - 2 * DEVIATION[at], BASELINE[at] + 2 * DEVIATION[at])
    left, right = st.columns(2, gap="large")
    with left:
        rows = [(t(f"denoising.papers.t5_row.{row}"), T5[row][at]) for row in T5]
        shown = [t("denoising.papers.t5_row.spans")]
        _plot(
            figures.dots(rows, shown, 2, band), "denoising-t5-dots", t("denoising.papers.t5_caption", column=name), rows
        )
    with right:
        rows = [(t(f"denoising.papers.structure.{row}"), STRUCTURES[row][2][at]) for row in STRUCTURES]
        shown = [t("denoising.papers.structure.enc_dec")]
        caption = t("denoising.papers.structure_caption", column=name)
        _plot(figures.dots(rows, shown, 2, band), "denoising-t5-structures", caption, rows)
    page_parts.subtitle(t("denoising.papers.rates"))
    rates = [(f"{rate} %", values[at]) for rate, values in RATES.items()]
    spans = [(t("denoising.papers.iid") if span == 1 else str(span), values[at]) for span, values in SPANS.items()]
    axes = (t("denoising.papers.rate_axis"), t("denoising.papers.span_axis"))
    _plot(
        figures.two_lines((rates, spans), axes, band), "denoising-t5-rates",
        t("denoising.papers.rates_caption", column=name), [*rates, *spans],
    )  # fmt: skip
    _tables()


def _tables() -> None:
    """All of T5's numbers, as printed."""
    columns = tuple(t(f"denoising.papers.t5_column.{one}") for one in T5_COLUMNS)
    rows: list[tuple[str, tuple[float, ...]]] = [(t(f"denoising.papers.t5_row.{row}"), T5[row]) for row in T5]
    rows += [(f"{t('denoising.papers.rate_axis')} {rate} %", values) for rate, values in RATES.items()]
    rows += [(t("denoising.papers.span_row", n=span), values) for span, values in SPANS.items() if span > 1]
    page_parts.table(
        (t("denoising.papers.row"), *columns), [(name, *map(_printed, values)) for name, values in rows],
        numeric=range(1, 1 + len(columns)),
    )  # fmt: skip
    page_parts.subtitle(t("denoising.papers.structure_title"))
    head = (t("denoising.papers.structure_row"), t("denoising.papers.parameters"), t("denoising.papers.cost"))
    structures = [(t(f"denoising.papers.structure.{row}"), *STRUCTURES[row]) for row in STRUCTURES]
    page_parts.table(
        (*head, *columns),
        [(name, parameters, cost, *map(_printed, values)) for name, parameters, cost, values in structures],
        numeric=range(3, 3 + len(columns)),
    )  # fmt: skip


def _digits(column: str) -> int:
    """How many decimals are printed: one in BART's first two columns, else two."""
    return 1 if column in BART_HIGHER else 2


def _printed(value: float | None, column: str = "") -> str:
    """A score as the papers print it."""
    return "–" if value is None else f"{value:.{_digits(column)}f}"


def _plot(figure: go.Figure, key: str, caption: str, rows: Sequence[tuple[str, float]]) -> None:
    told = listed(t("denoising.papers.alt", name=name, value=f"{value:g}") for name, value in rows)
    page_parts.plot(figure, key, caption, told)
