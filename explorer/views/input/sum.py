"""三样相加: token + segment + position of one place, then LayerNorm, as strips with their real numbers."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.components.vector_strip import vector_strip
from explorer.lab.types.inputs import ADD_UP, SumInputs, SumResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import signed
from explorer.views.input import common
from explorer.views.input.common import Reading, State

PARTS = ("token", "segment", "position", "total", "normed")
NUMBERS = 5


def draw(reading: Reading, state: State) -> None:
    page_parts.section("input.sum")
    inputs = SumInputs(reading.first, reading.second)
    found = widgets.run(ADD_UP, common.reader_id(), inputs).result
    at = common.focus_of(state, found.tokens)
    body, side = st.columns([1, 0.44], gap="large")
    with body:
        page_parts.quiet(
            t(
                "input.sum.which",
                token=verbatim(found.tokens.pieces[at]),
                id=found.tokens.ids[at],
                segment=found.tokens.type_ids[at],
                position=at,
            )
        )
        vector_strip(
            [(t(f"input.sum.{part}"), np.ascontiguousarray(getattr(found, part)[at])) for part in PARTS],
            key="input-sum", title=t("input.sum.title"), caption=t("input.sum.caption", d=found.total.shape[1]),
        )  # fmt: skip
        _numbers(found, at)
        page_parts.notice("input.sum.exact", "good", difference=f"{found.difference:.1e}")
    with side:
        page_parts.steps([(t(f"input.sum.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("input.sum.honesty")
    page_parts.show_code("input_sum", text=reading.first, pair=reading.second, look=at)


def _numbers(found: SumResult, at: int) -> None:
    """The first numbers of each strip, so that anyone can add them up."""
    total = found.total[at].astype(np.float64)
    rows = [
        (t(f"input.sum.{part}"), *(signed(float(x), 4) for x in getattr(found, part)[at][:NUMBERS])) for part in PARTS
    ]
    page_parts.table((t("input.sum.first"), *(str(n + 1) for n in range(NUMBERS))), rows, numeric=range(1, NUMBERS + 1))
    page_parts.quiet(t("input.sum.norm", mean=signed(float(total.mean()), 4), deviation=f"{total.std():.4f}"))
