"""查表: a one-hot row times the embedding matrix is one row of the matrix."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.components.vector_strip import vector_strip
from explorer.engine import get_engine
from explorer.lab.types.inputs import LOOKUP, LookupInputs, LookupResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import signed, thousands
from explorer.views.input import common
from explorer.views.input.common import Reading, State

COLUMNS = 6


def draw(reading: Reading, state: State) -> None:
    page_parts.section("input.lookup")
    tokens = reading.tokens
    position = common.focus_of(state, tokens)
    found = widgets.run(LOOKUP, common.reader_id(), LookupInputs(tokens.ids[position])).result
    piece, (vocab, d) = verbatim(tokens.pieces[position]), found.shape
    body, side = st.columns([1, 0.44], gap="large")
    with body:
        page_parts.subtitle(t("input.lookup.matrix", token=piece, id=found.token_id, vocab=thousands(vocab), d=d))
        _matrix(found)
        vector_strip(
            [(t("input.lookup.product"), found.product)],
            key="input-row",
            title=t("input.lookup.product"),
            caption=t("input.lookup.caption"),
        )
        page_parts.notice(
            "input.lookup.same" if found.difference == 0 else "input.lookup.differ", "good",
            difference=f"{found.difference:.1e}", n=thousands(vocab * d),
        )  # fmt: skip
    with side:
        page_parts.steps([(t(f"input.lookup.step{n}", vocab=thousands(vocab), d=d), "") for n in (1, 2, 3)])
        page_parts.honesty("input.lookup.honesty", d=d)
    page_parts.show_code("input_lookup", text=reading.first, pair=reading.second, look=position)


def _matrix(found: LookupResult) -> None:
    """Rows of the matrix around the picked one, each with its entry of the one-hot row."""
    vocabulary = get_engine().vocabulary(common.reader_id())
    head = (t("input.lookup.onehot"), t("input.lookup.row"), *(str(n + 1) for n in range(COLUMNS)), "…")
    rows = []
    for number, row in zip(found.around, found.rows, strict=True):
        picked = number == found.token_id
        cells = [signed(float(x), 3) for x in np.asarray(row[:COLUMNS])]
        name = f"{number} {verbatim(vocabulary[number])}"
        rows.append(tuple(f"**{cell}**" if picked else cell for cell in ("1" if picked else "0", name, *cells, "…")))
    page_parts.table(head, rows, numeric=(0, *range(2, 2 + COLUMNS)))
