"""量一量: how often both heads are right on many pairs, with intervals, beside a baseline of shared words."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer import paths
from explorer.content import examples
from explorer.engine import uses
from explorer.lab.types.pairs import MEASURE, MeasureInputs, MeasureResult, interval
from explorer.ui import page_parts, snippets, widgets
from explorer.ui.i18n import t
from explorer.ui.numbers import percent
from explorer.views._shared.page import Snippet
from explorer.views.pairs import common
from explorer.views.pairs.common import State

HELD_OUT = ("nsp", "sop")


def draw(_: State, model: uses.ModelInfo) -> Snippet:
    page_parts.section("pairs.measure")
    body, side = st.columns([1, 0.44], gap="large")
    inputs = MeasureInputs(tuple(examples.own_pairs(lang) for lang in examples.LANGUAGES))
    with body:
        found = widgets.peek(MEASURE, model.id, inputs)
        if found is None and st.button(t("common.run"), type="primary", key="pairs-measure"):
            found = widgets.result(MEASURE, model.id, inputs, t("pairs.measure.running"))
        if found is not None:
            _accuracy(found)
            _fooled(found)
        _held_out()
    with side:
        page_parts.steps([(t(f"pairs.measure.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("pairs.measure.honesty")
    return Snippet("pairs_measure", model, lines=snippets.place(paths.EVAL))


def _accuracy(found: MeasureResult) -> None:
    page_parts.subtitle(t("pairs.measure.own", n=len(found.next)))
    rows = [
        _row("nsp", found.next_right()),
        _row("nsp_overlap", found.overlap_next_right()),
        _row("sop", found.order_right()),
        _row("sop_overlap", found.overlap_order_right()),
    ]
    page_parts.table(
        tuple(t(f"pairs.measure.col_{name}") for name in ("who", "right", "interval", "n")), rows, (1, 2, 3)
    )


def _row(who: str, right: NDArray[np.bool_]) -> tuple[str, str, str, str]:
    low, high = interval(right)
    span = f"{percent(low)} – {percent(high)}"
    return t(f"pairs.measure.{who}"), percent(float(right.mean())), span, str(len(right))


def _fooled(found: MeasureResult) -> None:
    """How often each head says yes to each arrangement."""
    page_parts.subtitle(t("pairs.measure.yes"))
    head = (t("pairs.measure.col_who"), *(t(f"pairs.arrangement.{name}") for name in common.ARRANGEMENTS))
    rows = [
        (t(f"pairs.measure.{name}"), *(percent(float(share)) for share in (p > 0.5).mean(axis=0)))
        for name, p in (("nsp", found.next), ("sop", found.order))
    ]
    page_parts.table(head, rows, (1, 2, 3))


def _held_out() -> None:
    """What was measured on passages nobody of us wrote, and kept with its provenance."""
    rows = []
    for name in HELD_OUT:
        kept, base = examples.recorded(f"pairs.{name}_accuracy"), examples.recorded(f"pairs.{name}_overlap")
        if kept and base:
            rows.append(
                (t(f"pairs.measure.{name}"), percent(kept["measured"]), percent(base["measured"]), str(kept["n"]))
            )
    if rows:
        page_parts.subtitle(t("pairs.measure.held_out"))
        head = tuple(t(f"pairs.measure.col_{name}") for name in ("who", "right", "overlap", "n"))
        page_parts.table(head, rows, (1, 2, 3))
        page_parts.quiet(t("pairs.measure.held_out_note"))
