"""Which word stands for which letter: four boxes, a button that draws others, and what can't be a word here.

It knows the tokenizer's answer; it runs no experiment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from explorer.content import dna
from explorer.engine import get_engine
from explorer.errors import Told
from explorer.ui import widgets
from explorer.ui.i18n import language, t
from explorer.views import vocabulary
from explorer.views.beyond import common
from explorer.views.beyond.common import State

LONGEST = 20  # characters of a word


def draw(state: State) -> None:
    """The boxes and the button."""
    words = common.words(state, language())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for n, (letter, word) in enumerate(zip(dna.LETTERS, words, strict=True)):
            with st.container(width=110):
                st.html(f'<p class="quiet">{letter} →</p>')
                widgets.text_line(
                    f"beyond-word-{letter}", t("beyond.dna.word", letter=letter), word, _writer(n), letter
                )  # fmt: skip
        st.button(t("beyond.dna.redraw"), key="beyond-redraw", on_click=_redraw)


def checked(words: tuple[str, ...]) -> None:
    """Raises Told: dna_word (letter, word) for a word that is not one token, dna_same_word (first, second)."""
    taken: dict[int, str] = {}
    for letter, word in zip(dna.LETTERS, words, strict=True):
        found = _token(word)
        if found is None:
            raise Told("dna_word", letter=letter, word=word[:LONGEST])
        first = taken.setdefault(found, letter)
        if first != letter:
            raise Told("dna_same_word", first=first, second=letter)


def _token(word: str) -> int | None:
    """The one token that the word is; None where it is none, several, unknown, a special one, or stands for N."""
    model = common.model().id
    tokens = get_engine().tokens(model, word[:LONGEST])
    own = [n for n in range(len(tokens)) if not tokens.special[n]]
    if len(own) != 1 or tokens.unknown[own[0]] or len(word) > LONGEST or word.strip() == dna.ANY_AS:
        return None
    return None if tokens.ids[own[0]] in vocabulary.apart(model) else tokens.ids[own[0]]


def _writer(place: int) -> Callable[[str], None]:
    def write(word: str) -> None:
        def with_word(kept: State) -> State:
            words = list(common.words(kept, language()))
            words[place] = word.strip()
            return replace(kept, words=tuple(words))

        common.store().change(with_word)

    return write


def _redraw() -> None:
    common.store().change(lambda kept: replace(kept, drawn=(kept.drawn + 1) % 1000, words=()))
