"""The stage of 还原: the line to write in, and the choice of tool. The sentence as chips is each tool's own picture."""

from __future__ import annotations

import streamlit as st

from explorer.errors import Told
from explorer.lab.types.denoising import MAX_TOKENS
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views._shared import reader_text, typed
from explorer.views._shared.page import choose_tool
from explorer.views.denoising import common
from explorer.views.denoising.common import Scene, State


def draw() -> tuple[Scene, State] | None:
    """Draw the stage; scene and state for the tool, or None when there is nothing to read (said on the page)."""
    state = common.store().get()
    scene = None
    with st.container(key="stage-denoising"):
        widgets.text_line(
            "denoising-text", t("denoising.input"), common.text_of(state), _write, t("denoising.placeholder")
        )
        try:
            scene = common.read(state)
        except Told as problem:
            page_parts.error(problem)
    if scene is not None:
        reader_text.remarks(scene.text, MAX_TOKENS)
        typed.remarks(scene.model.id, scene.text.tokens.text)
    choose_tool("denoising", common.store(), state.tool)
    return None if scene is None else (scene, state)


def _write(text: str) -> None:
    common.store().write(text=text or " ", chosen=(), step=0)
