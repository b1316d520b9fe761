"""The stage of 语境学习: the prompt as the model reads it, what it is made of, the choice of tool.

It knows the page's state and how a prompt's tokens look; what is computed from it is each tool's own business.
"""

from __future__ import annotations

import html
from dataclasses import replace
from typing import get_args

import streamlit as st

from explorer.engine import get_engine
from explorer.errors import Told
from explorer.lab.types.core import Tokens
from explorer.lab.types.in_context import MOST_SHOTS, Labels
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import HTML_LANG, language, t
from explorer.views._shared.page import choose_tool
from explorer.views.in_context import common, editing, rows
from explorer.views.in_context.common import Scene, State
from explorer.views.vocabulary import laid_out


def draw() -> tuple[Scene, State] | None:
    """Draw the stage; scene and state for the tool, or None when there is no prompt (what is wrong is said)."""
    state = common.store().get()
    scene = None
    left, right = st.columns([1, 0.8], gap="medium")
    with left, st.container(key="stage-in_context"):
        with st.container():  # one place, whatever stands there: the boxes keep their own, and the reader's cursor
            try:
                scene = common.read(state)
                _prompt(scene)
            except Told as problem:
                page_parts.error(problem)
        _dials(state)
    with right, st.container(key="in_context-editing"):
        editing.draw(state)
    if scene is not None:
        _remarks(scene)
    choose_tool("in_context", common.store(), state.tool)
    return None if scene is None else (scene, state)


def complete(scene: Scene, _: State) -> None:
    """What the tool has left for later."""
    for one in scene.later:
        one()


def _prompt(scene: Scene) -> None:
    """The prompt line by line, each token by itself."""
    tokens = get_engine().tokens(scene.model.id, scene.prompt.text())
    lines = "".join(f'<p translate="no">{line}</p>' for line in _lines(tokens))
    name = html.escape(t("in_context.prompt", n=len(tokens), k=len(scene.prompt.rows)))
    st.html(
        f'<div class="prompt" tabindex="0" role="region" aria-label="{name}" lang="{HTML_LANG[language()]}">'
        f"{lines}</div>"
    )
    page_parts.quiet(t("in_context.prompt", n=len(tokens), k=len(scene.prompt.rows)))


def _lines(tokens: Tokens) -> list[str]:
    """The tokens of each line as HTML; the end of a line is a token too."""
    lines, line = [], ""
    for n, piece in enumerate(tokens.pieces):
        ends = piece == "\n"
        text = laid_out(piece) or "␣"
        kind = ' class="special"' if tokens.special[n] else ""
        line += f"<i{kind}>{html.escape(text)}</i>"
        if ends:
            lines.append(line)
            line = ""
    return [*lines, f"{line}<b>?</b>"]


def _dials(state: State) -> None:
    store = common.store()
    with st.container(horizontal=True, vertical_alignment="bottom", key="in_context-dials"):
        widgets.slider("in_context-k", t("in_context.k"), 0, MOST_SHOTS, state.k, lambda k: store.set(k=k), width=220)
        st.button(t("in_context.shuffle"), key="in_context-shuffle", on_click=_shuffle)
        if state.order:
            st.button(t("in_context.as_written"), key="in_context-unshuffle", on_click=lambda: store.set(order=0))
    widgets.choice(
        "in_context-labels", t("in_context.labels"), get_args(Labels), state.labels,
        lambda name: t(f"in_context.label.{name}"), lambda name: store.set(labels=name),
    )  # fmt: skip
    with st.container(horizontal=True):
        widgets.toggle("in_context-told", t("in_context.told"), state.told, lambda on: store.set(told=on))
        widgets.toggle("in_context-sign", t("in_context.sign"), state.sign, lambda on: store.set(sign=on))


def _shuffle() -> None:
    common.store().change(lambda kept: replace(kept, order=kept.order % 9999 + 1))


def _remarks(scene: Scene) -> None:
    if scene.unused:
        page_parts.notice("in_context.unused", limit=MOST_SHOTS, n=scene.unused)
    if scene.short:
        page_parts.notice("in_context.short", n=len(scene.whole.rows))
    for shorter, longer in rows.beginnings(scene.answers)[:1]:
        page_parts.notice("in_context.begins", a=shorter, b=longer)
