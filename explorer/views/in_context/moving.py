"""The examples' order by hand: one is chosen from the list, two buttons move it. Arrow keys choose, Tab and Enter move.

It knows the page's state; a line that is no example is told by the stage, and then there is nothing to move.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace

import streamlit as st

from explorer.errors import Told
from explorer.ui import widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.views.in_context import common
from explorer.views.in_context.common import State
from explorer.views.in_context.rows import SIGN, parsed


def draw(state: State) -> None:
    with contextlib.suppress(Told):
        rows = common.ordered(parsed(common.rows_text(state)), state)
        if len(rows) > 1:
            with st.expander(t("in_context.move.title")):
                _list(rows, state)


def _list(rows: tuple[tuple[str, str], ...], state: State) -> None:
    at = min(state.row, len(rows) - 1)
    with st.container(horizontal=True):
        for name, by in (("up", -1), ("down", 1)):
            st.button(
                t(f"in_context.move.{name}"), key=f"in_context-{name}", on_click=_move, args=(by,),
                disabled=not 0 <= at + by < len(rows),
            )  # fmt: skip
    key, changed = widgets.bind("in_context-row", at, lambda row: common.store().set(row=row))
    st.radio(
        t("in_context.move.which"), range(len(rows)), key=key, on_change=changed, label_visibility="collapsed",
        format_func=lambda n: f"{n + 1}\u2002{verbatim(' '.join((rows[n][0], SIGN, rows[n][1])))}",
    )  # fmt: skip


def _move(by: int) -> None:
    """The chosen example changes places with the one before it or after it, as they stand on the screen now."""

    def moved(kept: State) -> State:
        written = parsed(common.rows_text(kept))
        rows = list(common.ordered(written, kept))
        at = min(kept.row, len(rows) - 1)
        if not 0 <= at + by < len(rows):
            return kept
        rows[at], rows[at + by] = rows[at + by], rows[at]
        lines = [f"{question} {SIGN} {answer}" for question, answer in (*rows, *written[len(rows) :])]
        return replace(kept, rows="\n".join(lines), order=0, row=at + by)

    common.store().change(moved)
