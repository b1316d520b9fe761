"""The stage of __chapter__: the sentence as chips, the line to write in, the choice of tool.

It knows the token strip and the page's state; what is computed from the sentence is each tool's own business.
"""

from __future__ import annotations

import streamlit as st

from explorer.components.token_strip import StripChange, chip, token_strip
from explorer.errors import Told
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views._shared import reader_text
from explorer.views._shared.page import choose_tool
from explorer.views.__chapter__ import common
from explorer.views.__chapter__.common import Scene, State


def draw() -> tuple[Scene, State] | None:
    """Draw the stage; scene and state for the tool, or None when there is nothing to read (said on the page)."""
    state = common.store().get()
    scene = None
    with st.container(key="stage-__chapter__"):
        with st.container():  # one place, whatever stands there: the box below keeps its own, and the reader's cursor
            try:
                scene = common.read(state)
                _strip(scene)
            except Told as problem:
                page_parts.error(problem)
        widgets.text_line(
            "__chapter__-text", t("__chapter__.input"), common.text_of(state), _write, t("__chapter__.placeholder")
        )  # fmt: skip
    if scene is not None:
        reader_text.remarks(scene.text, common.MAX_TOKENS)
    choose_tool("__chapter__", common.store(), state.tool)
    return None if scene is None else (scene, state)


def _strip(scene: Scene) -> None:
    tokens = scene.text.tokens
    token_strip(
        [chip(tokens, n) for n in range(len(tokens))], key="__chapter__-strip", words={"strip": t("__chapter__.strip")},
        mode="pick", focus=scene.focus, title=t("__chapter__.strip"), on_change=_pick,
    )  # fmt: skip


def _pick(change: StripChange) -> None:
    if change.focus is not None:
        common.store().set(focus=change.focus)


def _write(text: str) -> None:
    common.store().write(text=text or " ", focus=1)
