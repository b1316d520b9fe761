"""Brought along: a sentence from another page among sentences of ours that hold the same word.

It knows the page's state and its sets; which of our sentences share a word is words.py's.
"""

from __future__ import annotations

from dataclasses import replace

from explorer.errors import Told
from explorer.ui.carried import Sentence
from explorer.ui.i18n import language
from explorer.views import arriving
from explorer.views.context import common, words
from explorer.views.context.common import MAX_TOKENS, SETS, Line, Scene, State

COMPANY = 4  # sentences of ours beside the reader's: a link still holds them


def give(state: State) -> tuple[str, str]:
    """The reader's sentence: of the lines the first that is none of ours."""
    lines = [line.strip() for line in state.text.splitlines() if line.strip()]
    return next((line for line in lines if line not in words.ours()), lines[0] if lines else ""), ""


def take(state: State, sentence: Sentence) -> State:
    """The page with a sentence from another one, among sentences of ours that hold the same word.

    If the word is that of a set, two sentences of each sense stand beside it. Raises Told("carried_no_word").
    """
    text = sentence.text.strip()
    arriving.readable(common.model(), text, MAX_TOKENS)
    asked = replace(State(), tool=state.tool, layer=state.layer, model=state.model)
    for name in SETS:
        table = common.preset(name, language())
        if words.occurrences(text, table.word) and (not table.word.isascii() or words.is_word(text, table.word)):
            kept = [line for sense in range(len(table.senses)) for line in _of_sense(table, sense)[: COMPANY // 2]]
            senses = (-1, *(line.sense for line in kept))
            return replace(asked, text="\n".join((text, *(line.text for line in kept))), word=table.word, senses=senses)
    found = words.with_company(text, COMPANY)
    if found is None:
        raise Told("carried_no_word")
    return replace(asked, text="\n".join((text, *found[1])), word=found[0])


def _of_sense(scene: Scene, sense: int) -> list[Line]:
    return [line for line in scene.lines if line.sense == sense]
