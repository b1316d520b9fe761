"""The stage of 句对: [CLS] A [SEP] B [SEP] as chips, two lines to write in, the choice of tool."""

from __future__ import annotations

import streamlit as st

from explorer.components.token_strip import Chip, chip, token_strip
from explorer.engine import get_engine, uses
from explorer.errors import Told
from explorer.lab.types.core import Tokens
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views._shared import typed
from explorer.views._shared.page import choose_tool
from explorer.views.pairs import common
from explorer.views.pairs.common import State

KEY = "pairs-strip"


def draw() -> tuple[State, uses.ModelInfo] | None:
    """Draw the stage; state and model for the tool, or None when there is no pair to read (it says what is wrong).

    Two tools need no pair of the reader's.
    """
    state, model = common.store().get(), common.model()
    ready = False
    with st.container(key="stage-pairs"):
        try:
            a, b = common.require(state, model.id)
            _strip(get_engine().tokens(model.id, a, b))
            ready = True
        except Told as problem:
            page_parts.error(problem)
        _lines(state)
    if ready and len({text.strip() for text in common.pair_of(state)}) == 1:
        page_parts.notice("pairs.same")
    if ready and common.simplified(state, model.id):
        page_parts.notice("common.simplified")
    if ready:
        typed.remarks(model.id, "\n".join(common.pair_of(state)))
    choose_tool("pairs", common.store(), state.tool)
    return (state, model) if ready or state.tool in ("measure", "why") else None


def words(name: str) -> dict[str, str]:
    """What this page says differently about the strip: its name, and that no key does anything."""
    return {"strip": name, "keys": ""}


def chips(tokens: Tokens) -> list[Chip]:
    """One chip a token; the tooltip says which of the two sentences it belongs to."""
    return [
        chip(
            tokens,
            i,
            note=t("pairs.segment", segment="AB"[tokens.type_ids[i]]),
            second=tokens.type_ids[i] == 1,
        )
        for i in range(len(tokens))
    ]


def _strip(tokens: Tokens) -> None:
    token_strip(
        chips(tokens), key=KEY, words=words(t("pairs.strip")), mode="show", title=t("pairs.strip"),
    )  # fmt: skip


def _lines(state: State) -> None:
    a, b = common.pair_of(state)
    left, right = st.columns(2)
    with left:
        widgets.text_line("pairs-a", t("pairs.first"), a, lambda new: _write(a=new), t("pairs.placeholder"))
    with right:
        widgets.text_line("pairs-b", t("pairs.second"), b, lambda new: _write(b=new), t("pairs.placeholder"))


def _write(**changes: str) -> None:
    a, b = common.pair_of(common.store().now())
    new = {"a": a, "b": b, **changes}
    common.store().write(said=(), **{name: text or " " for name, text in new.items()})
