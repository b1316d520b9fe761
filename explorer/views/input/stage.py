"""The stage of 输入: the text as the first tokenizer cuts it, two lines to write in, the choice of tool.

It knows the token strip and the page's state; what is shown of the tokens is each tool's own business.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from explorer.components.token_strip import StripChange, token_strip
from explorer.engine import catalog
from explorer.errors import Told
from explorer.lab.types.inputs import MAX_TOKENS
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.views._shared import typed
from explorer.views._shared.page import choose_tool
from explorer.views.input import common
from explorer.views.input.common import Reading, State

KEY = "input-strip"
WITHOUT_SENTENCE = ("positions", "long")  # tools that look at something else than the reader's sentence


def draw() -> tuple[Reading, State] | None:
    """Draw the stage; the text as the page's own model reads it, and the state, for the tool.

    None when there is nothing to read (said there).
    """
    state = common.store().get()
    reading: Reading | None
    shown: list[Reading] = []
    with st.container(key="stage-input"):
        if state.tool in WITHOUT_SENTENCE:
            page_parts.quiet(t("input.ignored"))
            reading = common.read(
                state if common.text_of(state).strip() else replace(state, text=""), common.reader_id()
            )
        else:
            reading, shown = _sentence(state)
    _remarks(shown)
    choose_tool("input", common.store(), state.tool)
    return None if reading is None else (reading, state)


def _sentence(state: State) -> tuple[Reading | None, list[Reading]]:
    """The reader's sentence as the page's own model reads it, the readings that are drawn, and the boxes."""
    reading = None
    shown: list[Reading] = []
    with st.container():  # one place, whatever stands there: the boxes below keep theirs, and the reader's cursor
        try:
            reading = common.read(state, common.reader_id())
            if common.secret(state):
                page_parts.quiet(verbatim(reading.tokens.text))
            elif state.tool == "tokens":
                for key, model in zip((KEY, KEY + "-right"), common.sides(state), strict=True):
                    shown += _side(key, model, state)
            else:
                shown = [reading]
                _strip(KEY, reading, state)
        except Told as problem:
            page_parts.error(problem)
    _lines(state)
    return reading, shown


def _side(key: str, model: str, state: State) -> list[Reading]:
    """One of two tokenizers: its name, its count and its strip; where it is not on this machine, how to get it."""
    name = catalog.entry(model).name
    if not common.here(model):
        page_parts.notice("input.strip.not_here", model=name, id=model)
        return []
    reading = common.read(state, model)
    page_parts.quiet(t("input.strip.count", model=name, n=len(reading.tokens)))
    _strip(key, reading, state)
    return [reading]


def _remarks(shown: list[Reading]) -> None:
    cut = next((reading for reading in shown if reading.used < reading.typed), None)
    if cut is not None:
        page_parts.notice("input.cut", "warn", limit=MAX_TOKENS, typed=cut.typed, used=cut.used)
    if any(reading.simplified for reading in shown):
        page_parts.notice("common.simplified")
    if shown:
        typed.remarks(shown[0].model, shown[0].first + (shown[0].second or ""))


def _strip(key: str, reading: Reading, state: State) -> None:
    picking = state.tool in ("lookup", "sum")
    token_strip(
        common.chips(reading.tokens), key=key, words=_words(picking),
        mode="pick" if picking else "show", focus=common.focus_of(state, reading.tokens) if picking else None,
        title=t("input.strip.title", model=catalog.entry(reading.model).name), on_change=_pick if picking else None,
    )  # fmt: skip


def _words(picking: bool) -> dict[str, str]:
    """What this page says differently about the strip: what a click means."""
    name = t("input.strip.pick") if picking else t("input.strip.show")
    return {"strip": name, "keys": t("input.strip.keys") if picking else ""}


def _pick(change: StripChange) -> None:
    if change.focus is not None:
        common.store().set(focus=change.focus)


def _lines(state: State) -> None:
    left, right = st.columns(2)
    with left:
        widgets.text_line("input-text", t("input.first"), common.text_of(state), _write, t("input.placeholder"))
    with right:
        pair = common.pair_of(state) or ""
        widgets.text_line("input-pair", t("input.second"), pair, _write_second, t("input.placeholder_second"))


def _write(text: str) -> None:
    state = common.store().now()
    common.store().write(text=text or " ", pair=common.pair_of(state) or "", focus=1, word="", guess=0)


def _write_second(pair: str) -> None:
    state = common.store().now()
    common.store().write(text=common.text_of(state), pair=pair, focus=1, guess=0)
