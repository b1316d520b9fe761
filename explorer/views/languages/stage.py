"""The stage of 跨语言: the reader's sentence, from which language into which, and the choice of tool.

It knows the page's state; what is computed from the sentence is each tool's own business.
"""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import streamlit as st

from explorer.errors import Told
from explorer.lab.types.languages import MAX_TOKENS
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views._shared import typed
from explorer.views._shared.page import choose_tool
from explorer.views.languages import common, shift
from explorer.views.languages.common import Sentence, State

PAIRED = ("shift", "align", "words")  # tools that go from one language into another
WITHOUT_SENTENCE = ("near", "align", "words")  # tools that look at the project's sentences, not at the reader's


def draw() -> tuple[Sentence, State] | None:
    """Draw the stage; sentence and state for the tool, or None when there is nothing to read (said on the page)."""
    state = common.store().get()
    sentence = None
    with st.container(key="stage-languages"):
        if state.tool in WITHOUT_SENTENCE:
            page_parts.quiet(t("languages.ignored"))
        else:
            widgets.text_line(
                "languages-text", t("languages.input"), common.text_of(state), _write, t("languages.placeholder")
            )
        try:
            sentence = common.read(replace(state, text="") if unreadable(state) else state)
        except Told as problem:
            page_parts.error(problem)
        if state.tool in PAIRED:
            _pair(state, sentence)
    if sentence is not None and state.tool not in WITHOUT_SENTENCE:
        _remarks(sentence)
    choose_tool("languages", common.store(), state.tool)
    return None if sentence is None else (sentence, state)


def unreadable(state: State) -> bool:
    """Whether nothing was written, on a tool that asks for nothing: it then goes by the page's own example."""
    return state.tool in WITHOUT_SENTENCE and not common.text_of(state).strip()


def complete(sentence: Sentence, state: State) -> None:
    """The other layers of the shift, once the one on the screen stands."""
    if state.tool == "shift":
        shift.complete(sentence, state)


def _pair(state: State, sentence: Sentence | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="languages-pair"):
        widgets.choice(
            "languages-target", t("languages.target"), common.LANGUAGES, common.target_of(state),
            lambda lang: t(f"languages.into.{lang}"), lambda lang: common.change(target=lang),
        )  # fmt: skip
        if sentence is not None:
            key, changed = widgets.bind("languages-source", state.source, lambda lang: common.change(source=lang))
            names = {lang: _source_name(lang, sentence) for lang in get_args(common.Source)}
            st.selectbox(
                t("languages.source"), tuple(names), key=key, label_visibility="collapsed", width=240,
                format_func=names.__getitem__, on_change=changed,
            )  # fmt: skip


def _source_name(lang: str, sentence: Sentence) -> str:
    if lang == "auto" and sentence.unsure:
        return t("languages.source_unsure")
    if lang == "auto":
        return t("languages.source_auto", tongue=common.name_of(sentence.source))
    return t("languages.source_is", tongue=common.name_of(lang))


def _remarks(sentence: Sentence) -> None:
    if sentence.used < sentence.typed:
        page_parts.notice("common.cut", "warn", limit=MAX_TOKENS, typed=sentence.typed, used=sentence.used)
    if sentence.simplified:
        page_parts.notice("common.simplified")
    if sentence.unsure:
        page_parts.notice("languages.unsure", "warn", tongue=common.name_of(sentence.source))
    if sentence.foreign:
        page_parts.notice("languages.foreign", "warn")
    if sentence.mixed:
        page_parts.notice("languages.mixed", tongue=common.name_of(sentence.source))
    if any(sentence.tokens.unknown):
        page_parts.notice("languages.unknown")
    typed.remarks(sentence.model.id, sentence.tokens.text)


def _write(text: str) -> None:
    store = common.store()
    store.write(text=text or " ", target=common.target_of(store.now()))
