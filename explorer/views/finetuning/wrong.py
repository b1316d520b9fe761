"""错在哪里: right label by said label; a cell opens the very sentences, with the word marked where words are judged.

It knows what was said of held-out sentences; it trains nothing.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.lab.types.finetuning import Lessons, owners, truths
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import literal, verbatim
from explorer.ui.numbers import percent
from explorer.views.finetuning import common

CELL = "finetuning-cell"
LISTED = 10
MOST_CELLS = 8  # to open, where there are many labels: those with the most that is wrong


def draw(p_true: np.ndarray, said: np.ndarray, tested: Lessons, names: tuple[str, ...]) -> None:
    """The table, and what is in one cell, the least sure of the right label first."""
    truth, count = truths(tested), len(names)
    cells = np.zeros((count, count), dtype=np.int64)
    np.add.at(cells, (truth, said), 1)
    page_parts.subtitle(t("finetuning.matrix"))
    page_parts.table(
        (t("finetuning.matrix_head"), *map(verbatim, names)),
        [(verbatim(name), *map(str, row)) for name, row in zip(names, cells.tolist(), strict=True)],
        numeric=range(1, count + 1),
        shares=[(None, *(float(n) / max(1, row.sum()) for n in row)) for row in cells],
    )
    options = _options(cells)
    default = next((one for one in options if len(set(one.split("-"))) == 2), options[0])
    chosen = st.session_state.get(CELL, default)
    chosen = chosen if chosen in options else default
    page_parts.quiet(t("finetuning.open_cell"))
    widgets.choice(
        "finetuning-open", t("finetuning.matrix"), options, chosen,
        lambda one: _cell(one, names), lambda one: st.session_state.__setitem__(CELL, one),
    )  # fmt: skip
    row, column = map(int, chosen.split("-"))
    there = np.flatnonzero((truth == row) & (said == column))
    there = there[np.argsort(p_true[there], kind="stable")]
    owner = owners(tested)
    first = np.searchsorted(owner, owner)  # where its sentence begins
    _listed([(_sentence(tested, owner[n], n - first[n]), percent(float(p_true[n]))) for n in there.tolist()])


def _options(cells: np.ndarray) -> list[str]:
    """Cells to open, "row-column": all that hold anything; of many labels the fullest wrong ones."""
    there = [(row, column) for row, column in np.argwhere(cells).tolist()]
    if len(there) > MOST_CELLS:
        wrong = [cell for cell in there if cell[0] != cell[1]] or there
        there = sorted(wrong, key=lambda cell: -cells[cell])[:MOST_CELLS]
    return [f"{row}-{column}" for row, column in there]


def _cell(one: str, names: tuple[str, ...]) -> str:
    row, column = map(int, one.split("-"))
    return t("finetuning.cell", true=literal(names[row]), said=literal(names[column]))


def _sentence(tested: Lessons, number: int, unit: int) -> str:
    """A sentence; where its words are judged, this one stands out."""
    text, label = tested[number]
    if isinstance(label, int):
        return verbatim(common.written(text))
    start, end, _ = label[unit]
    return f"{verbatim(text[:start])}**{verbatim(text[start:end])}**{verbatim(text[end:])}"


def _listed(rows: list[tuple[str, str]]) -> None:
    """The first few sentences at once, the others on request."""
    head = (t("finetuning.sentence"), t("finetuning.p_true"))
    page_parts.table(head, rows[:LISTED], numeric=(1,))
    if rows[LISTED:]:
        with st.expander(t("finetuning.others", n=len(rows) - LISTED)):
            page_parts.table(head, rows[LISTED:], numeric=(1,))
