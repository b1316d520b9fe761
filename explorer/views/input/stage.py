"""The stage of 输入: the text as the first tokenizer cuts it, two lines to write in, the choice of tool.

It knows the token strip and the page's state; what is shown of the tokens is each tool's own business.
"""

from __future__ import annotations

import streamlit as st

from explorer.components.token_strip import StripChange, token_strip
from explorer.engine import catalog
from explorer.engine.base import EngineError
from explorer.ui import chrome, widgets
from explorer.ui.i18n import language, section, t
from explorer.views.input import common
from explorer.views.input.common import Reading, State

KEY = "input-strip"


def draw() -> Reading | None:
    """Draw the stage; the text as read, or None when there is nothing to read (said on the page)."""
    state = common.store().get()
    reading = None
    with st.container(key="stage-input"):
        try:
            left, right = common.sides(state)
            reading = common.read(state, left)
            _strip(KEY, reading, state)
            if state.tool == "tokens":
                _strip(KEY + "-right", common.read(state, right), state, second=True)
        except EngineError as problem:
            chrome.error(problem)
        _lines(state)
    if reading is not None and reading.used < reading.typed:
        chrome.notice("input.cut", "warn", limit=common.MAX_TOKENS, typed=reading.typed, used=reading.used)
    widgets.choice(
        "input-tool", t("input.tools"), common.TOOLS, state.tool, lambda tool: t(f"input.tool.{tool}"),
        lambda tool: common.store().set(tool=tool),
    )  # fmt: skip
    return reading


def _strip(key: str, reading: Reading, state: State, *, second: bool = False) -> None:
    name = catalog.entry(reading.model).name
    if state.tool == "tokens":
        chrome.quiet(t("input.strip.count", model=name, n=len(reading.tokens)))
    picking = state.tool in ("lookup", "sum")
    token_strip(
        common.chips(reading.tokens, t("input.strip.segment")), key=key, labels=_labels(picking), lang=language(),
        mode="pick" if picking else "show", focus=common.focus_of(state, reading.tokens) if picking else None,
        title=t("input.strip.title", model=name), on_change=None if second else _pick,
    )  # fmt: skip


def _labels(picking: bool) -> dict[str, str]:
    """The strip's words, with what a click means on this page."""
    name = t("input.strip.pick") if picking else t("input.strip.show")
    return {**section("components.strip"), "strip": name, "keys": t("input.strip.keys") if picking else ""}


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
    state = common.store().get()
    common.store().set(text=text or " ", pair=common.pair_of(state) or "", focus=1)


def _write_second(pair: str) -> None:
    state = common.store().get()
    common.store().set(text=common.text_of(state), pair=pair, focus=1)
