"""Brought along: a sentence from another page among sentences of ours that hold the same word.

It knows the page's state, its sets, and the sentences of ours in which a reader's word may stand.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from explorer.content import corpora, examples
from explorer.engine import catalog
from explorer.errors import Told
from explorer.lab.types.core import MAX_TOKENS
from explorer.ui.carried import Sentence
from explorer.ui.i18n import language
from explorer.views import arriving
from explorer.views._shared import typed
from explorer.views.context import common, words
from explorer.views.context.common import SETS, Line, Scene, State

CONTENT = ("NOUN", "PROPN", "VERB", "ADJ")
COMPANY = 4  # sentences of ours beside the reader's: a link still holds them


def give(state: State) -> tuple[str, str]:
    """The reader's sentence: of the lines the first that is none of ours."""
    lines = [line.strip() for line in typed.lines(state.text) if line.strip()]
    return next((line for line in lines if line not in ours()), lines[0] if lines else ""), ""


def take(state: State, sentence: Sentence) -> State:
    """The page with a sentence from another one, among sentences of ours that hold the same word.

    If the word is that of a set, two sentences of each sense stand beside it. Raises Told("carried_no_word").
    """
    text = sentence.text.strip()
    model = catalog.entry(common.in_use(state).model)
    arriving.readable(model, text, MAX_TOKENS)
    asked = replace(State(), tool=state.tool, layer=state.layer, model=state.model)
    for name in SETS:
        table = common.preset(name, language())
        if words.occurrences(model.id, text, table.word) and (not table.word.isascii() or is_word(text, table.word)):
            kept = [line for sense in range(len(table.senses)) for line in _of_sense(table, sense)[: COMPANY // 2]]
            senses = (-1, *(line.sense for line in kept))
            return replace(asked, text="\n".join((text, *(line.text for line in kept))), word=table.word, senses=senses)
    found = with_company(text, COMPANY)
    if found is None:
        raise Told("carried_no_word")
    return replace(asked, text="\n".join((text, *found[1])), word=found[0])


def _of_sense(scene: Scene, sense: int) -> list[Line]:
    return [line for line in scene.lines if line.sense == sense]


@lru_cache(maxsize=1)
def ours() -> tuple[str, ...]:
    """Every sentence of ours in which a reader's word may stand: parallel ones, those of the sets, of the partners."""
    tables = examples.load("context")
    sets = (line for table in tables["sets"].values() for sense in table["senses"].values() for line in sense["lines"])
    partners = (line for table in tables["partners"].values() for lines in table.values() for line in lines)
    parallel = (line for lang in corpora.LANGUAGES for line in corpora.sentences(lang))
    return tuple(dict.fromkeys((*sets, *partners, *parallel)))


@lru_cache(maxsize=1)
def _content_words() -> tuple[str, ...]:
    """Nouns, names, verbs and adjectives of the tagged sentences, nouns first, long ones before short ones."""
    found = {
        word: CONTENT.index(tag)
        for lang in corpora.LANGUAGES for line in corpora.tagged(lang) for word, tag in line if tag in CONTENT
    }  # fmt: skip
    return tuple(sorted(found, key=lambda word: (found[word] // 2, -len(word))))


def with_company(text: str, most: int) -> tuple[str, tuple[str, ...]] | None:
    """A word of `text`, and up to `most` sentences of ours that hold it too; None where they share no word.

    The word that the most of our sentences hold, up to `most`: a word in one sentence alone can't be compared.
    """
    best: tuple[str, tuple[str, ...]] | None = None
    for word in _content_words():
        if word not in text or not is_word(text, word):
            continue
        lines = tuple(line for line in ours() if line != text and is_word(line, word))[:most]
        if lines and (best is None or len(lines) > len(best[1])):
            best = word, lines
    return best


def is_word(text: str, word: str) -> bool:
    """Whether `word` stands in `text`; one of letters, as a word of its own."""
    if word[:1].isalpha() and word[0] < "\u3040":
        return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None
    return word in text
