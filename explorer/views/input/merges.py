"""一步步切: the steps by which WordPiece and BPE arrive at the pieces of one word."""

from __future__ import annotations

import html
import re

import streamlit as st

from explorer.content import examples
from explorer.engine import catalog, get_engine
from explorer.lab.types.inputs import Cutting, Merge
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, listed, t
from explorer.ui.markup import inline, verbatim
from explorer.views.input import common
from explorer.views.input.common import Reading, State

SHOWN_TRIES = 4
LONGEST = 64  # characters of a word
OFFERED = 8
_RUN = re.compile("[\u3400-\u9fff]+|[^\\W\\d_\u3400-\u9fff]+(?:['’][^\\W\\d_]+)*")


def draw(reading: Reading, state: State) -> None:
    page_parts.section("input.merges")
    body, side = st.columns([1, 0.44], gap="large")
    own = _words(reading)
    word = state.word or (own[0] if state.text and own else str(examples.entry("input", "default", language())["word"]))
    with body:
        widgets.text_line(
            "input-word", t("input.merges.word"), word, lambda new: common.store().set(word=new.strip() or " "),
            t("input.merges.placeholder"),
        )  # fmt: skip
        _offer(own, word)
        if not word.strip():
            page_parts.notice("errors.word_empty", "warn")
        elif len(word) > LONGEST:
            page_parts.notice("input.merges.too_long", "warn", limit=LONGEST, used=len(word))
        else:
            for model in dict.fromkeys(common.sides(state)):
                _side(model, word)
    with side:
        page_parts.steps([(t(f"input.merges.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("input.merges.honesty")
    page_parts.show_code("input_merges", word=word)


def _words(reading: Reading) -> list[str]:
    """Words and runs of characters of the reader's sentence, those of most pieces first."""
    found = list(dict.fromkeys(_RUN.findall(f"{reading.first} {reading.second or ''}")))
    tokens = reading.tokens

    def pieces(word: str) -> int:
        start = tokens.text.find(word)
        return sum(start <= a and b <= start + len(word) and b > a for a, b in tokens.offsets)

    return sorted((word[:LONGEST] for word in found), key=lambda word: -pieces(word))[:OFFERED]


def _offer(words: list[str], chosen: str) -> None:
    """The sentence's own words, one tap each."""
    if not words:
        return
    page_parts.quiet(t("input.merges.own"))
    with st.container(horizontal=True, key="input-words"):
        for n, word in enumerate(words):
            st.button(
                verbatim(word), key=f"input-word-{n}", type="primary" if word == chosen else "secondary",
                on_click=_take, args=(word,),
            )  # fmt: skip


def _take(word: str) -> None:
    common.store().set(word=word)


def _side(model: str, word: str) -> None:
    name = catalog.entry(model).name
    page_parts.subtitle(name)
    if not common.here(model):
        page_parts.notice("input.strip.not_here", model=name, id=model)
        return
    found = get_engine().cuttings(model, word)
    if not found:
        page_parts.notice("input.merges.unknown_kind", model=name)
    for cut in found:
        _steps(cut)


def _steps(cut: Cutting) -> None:
    page_parts.quiet(t(f"input.merges.{cut.kind}", word=verbatim(cut.word), n=len(cut.steps)))
    rows = "".join(f"<li>{_pieces(step)} <span class='quiet'>{_note(cut, step)}</span></li>" for step in cut.steps)
    if not cut.steps:
        pieces = " ".join(_chip(piece, False) for piece in cut.pieces)
        rows = f"<li>{pieces} <span class='quiet'>{inline(t('input.merges.no_step'))}</span></li>"
    page_parts.block(f'<ol class="cuts" data-kind="{cut.kind}">{rows}</ol>')
    if cut.unknown:
        page_parts.notice("input.merges.unknown")


def _pieces(step: Merge) -> str:
    return " ".join(_chip(piece, n == step.at) for n, piece in enumerate(step.after))


def _chip(piece: str, new: bool) -> str:
    return f'<span class="cut{" new" if new else ""}">{html.escape(piece)}</span>'


def _note(cut: Cutting, step: Merge) -> str:
    if step.rank is not None:
        return inline(t("input.merges.rank", n=step.rank + 1))
    if not step.tried:
        return inline(t("input.merges.at_once"))
    shown = listed(step.tried[:SHOWN_TRIES]) + ("…" if len(step.tried) > SHOWN_TRIES else "")
    return inline(t("input.merges.tried", n=len(step.tried), words=verbatim(shown)))
