"""The stage of 填空: the sentence as chips, what stands in the covered places, the input line, the choice of tool.

It knows the token strip and the page's state; what is computed from the sentence is each tool's own business.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import streamlit as st

from explorer.components.token_strip import Chip, chip, token_strip
from explorer.engine import get_engine
from explorer.engine.base import Answer
from explorer.errors import Told
from explorer.lab.types.core import MAX_TOKENS
from explorer.lab.types.masking import HEADS, HeadsInputs, HeadsResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views._shared import typed
from explorer.views._shared.page import choose_tool
from explorer.views.masking import common, covering, repair
from explorer.views.masking.common import Sentence
from explorer.views.masking.state import How, State

KEY = "masking-strip"
WITH_HOW = ("cover", "road", "lens", "budget")  # the others decide themselves what stands in a covered place
WITH_BLANKS = ("cover", "road", "see", "lens")  # are about one of several blanks
WITHOUT_COVER = ("lottery",)  # draws its own places, on a strip of its own: a click on the stage's would do nothing


def draw() -> tuple[Sentence, State] | None:
    """Draw the stage; sentence and state for the tool, or None when there is nothing to read (said on the page)."""
    state = common.store().get()
    sentence = None
    with st.container(key="stage-masking"):
        try:
            sentence = common.read(state)
            sentence = replace(sentence, everywhere=_everywhere(sentence))
            if state.tool not in WITHOUT_COVER:
                _strip(sentence, state)
        except Told as problem:
            page_parts.error(problem)
        if state.tool not in WITHOUT_COVER:
            _controls(state, sentence)
        widgets.text_line("masking-text", t("masking.input"), covering.text_of(state), _write, t("masking.placeholder"))
    if sentence is not None:
        _remarks(sentence)
    choose_tool("masking", common.store(), state.tool, _opens)
    if sentence is not None and state.tool in WITH_BLANKS:
        _which(sentence)
    return None if sentence is None else (sentence, state)


def _everywhere(sentence: Sentence) -> Answer[HeadsResult] | None:
    """The answers at all positions of the sentence if they are there already; never computes."""
    return widgets.known(HEADS, sentence.model.id, HeadsInputs(sentence.tokens.text))


def complete(sentence: Sentence, _: State) -> None:
    """Compute them after the click has been answered, then draw once more, ready to answer clicks by itself."""
    if _everywhere(sentence) is not None or len(sentence.tokens) <= 2:
        return
    inputs = HeadsInputs(sentence.tokens.text)
    widgets.result(HEADS, sentence.model.id, inputs, t("masking.strip.scanning"), gives_way=True)
    if _everywhere(sentence) is not None:
        widgets.draw_again()


def chips(sentence: Sentence, how: How) -> list[Chip]:
    """One chip a token, with what stands there and, where the answers are known, how hard it is to guess."""
    tokens = sentence.tokens
    found = None if sentence.everywhere is None else sentence.everywhere.result
    place = {} if found is None else {int(p): n for n, p in enumerate(found.positions)}
    replaced = {edit.position: edit.token_id for edit in sentence.edits}
    vocabulary = get_engine().vocabulary(sentence.model.id)
    out = []
    for position in range(len(tokens)):
        covered = position in sentence.masks
        n = place.get(position)
        out.append(
            chip(
                tokens,
                position,
                covered=how if covered else None,
                blank=sentence.typed_mask(position),
                shown=common.plain(vocabulary[replaced[position]]) if covered and how == "random" else None,
                surprisal=None if found is None or n is None else float(found.surprisal[n]),
                p=None if found is None or n is None else float(found.p_original[n]),
                rank=None if found is None or n is None else int(found.rank[n]),
            )
        )
    return out


def _strip(sentence: Sentence, state: State) -> None:
    tint = math.log(len(get_engine().vocabulary(sentence.model.id))) if sentence.everywhere else None
    shown = chips(sentence, state.how)
    if state.tool == "repair" and state.wrong and sentence.focus is not None:
        shown[sentence.focus] = replace(shown[sentence.focus], covered="random", shown=state.wrong)
    token_strip(
        shown, key=KEY, focus=sentence.focus,
        mode="toggle" if covering.several(state) else "one",
        reveal=not state.hide, tint=tint, on_change=covering.changed,
        quick=state.tool == "cover" and state.how == "mask",
    )  # fmt: skip


def _controls(state: State, sentence: Sentence | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="masking-controls"):
        widgets.choice(
            "masking-cover", t("masking.cover_label"), ("one", "several"), covering.how_many(state),
            lambda how_many: t(f"masking.covers.{how_many}"), covering.choose,
        )  # fmt: skip
        widgets.toggle(
            "masking-hide",
            t("masking.hide"),
            state.hide,
            lambda on: common.store().set(hide=on),
            t("masking.hide_help"),
        )
        if state.tool in WITH_HOW:
            widgets.choice(
                "masking-how", t("masking.how_label"), ("mask", "random", "keep"), state.how,
                lambda how: t(f"masking.how.{how}"), lambda how: common.store().set(how=how),
            )  # fmt: skip
        if sentence is not None and sentence.masks and covering.several(state):
            st.button(t("masking.clear"), key="masking-clear", type="tertiary", on_click=covering.clear)


def _which(sentence: Sentence) -> None:
    """With several blanks, which one to look at."""
    if len(sentence.masks) < 2:
        return
    names = {
        str(p): f"{n}\u2009·\u2009{common.plain(sentence.tokens.surface(p))}" for n, p in enumerate(sentence.masks, 1)
    }
    widgets.choice(
        "masking-blank", t("masking.which"), tuple(names), str(sentence.focus), names.__getitem__,
        lambda p: common.store().set(focus=int(p)),
    )  # fmt: skip


def _remarks(sentence: Sentence) -> None:
    if sentence.used < sentence.typed:
        page_parts.notice("common.cut", "warn", limit=MAX_TOKENS, typed=sentence.typed, used=sentence.used)
    if sentence.simplified:
        page_parts.notice("common.simplified")
    if sentence.blanks:
        page_parts.notice("masking.blanks")
    typed.remarks(sentence.model.id, sentence.tokens.text)
    if any(sentence.tokens.unknown):
        page_parts.notice("common.unknown")


def _write(text: str) -> None:
    new = replace(common.store().now(), text=text or " ", masks=(), focus=0, bare=False, wrong="")
    changes = repair.opens_with(new) if new.tool == "repair" else {}
    common.store().write(**{"text": new.text, "masks": (), "focus": 0, "bare": False, "wrong": "", **changes})


def _opens(tool: str) -> dict[str, Any]:
    """What choosing a tool changes beside itself: where it is about two blanks or a typo, it begins with them."""
    state = common.store().now()
    changes = repair.opens_with(state) if tool == "repair" else {}
    if tool == "joint":
        changes["bare"] = False
    if "masks" in changes:
        changes["text"] = covering.text_of(state)  # the places are those of this text
    return changes
