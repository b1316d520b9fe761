"""Where a word stands in a line, as the model reads both, and our sentences for single words."""

from __future__ import annotations

import re

from explorer.content import examples
from explorer.engine import get_engine
from explorer.lab.types.context import Occurrence
from explorer.views._shared import typed


def occurrences(model: str, text: str, word: str) -> list[Occurrence]:
    """Every place of `word` in `text`, both as the model reads them: 繁体 as 简体 where it knows these only.

    The word is looked for as it was typed too: 乾 alone is read as 干, but stays 乾 in 乾隆.
    """
    plain, simple = (get_engine().simplify(model, part)[0] for part in (text, word))
    found = typed.places(plain, simple) or typed.places(text, word) or typed.places(plain, word)
    return [Occurrence(plain, start, end) for start, end in found]


def occurrence(model: str, text: str, word: str) -> Occurrence | None:
    """The first place of `word` in `text`; None if it is not there."""
    return next(iter(occurrences(model, text, word)), None)


def sentences_of(word: str) -> tuple[Occurrence, ...]:
    """Sentences of ours that hold a word of the map of things, or the word alone as a sentence."""
    for table in examples.load("context")["partners"].values():
        if word in table:
            return tuple(Occurrence(line, line.index(word), line.index(word) + len(word)) for line in table[word])
    return (Occurrence(word, 0, len(word)),)


def written(model: str, text: str) -> tuple[Occurrence, ...]:
    """What a reader writes for a word: the word alone, or sentences (with / between them) that hold it in [ ]."""
    text = get_engine().simplify(model, text)[0]
    marked = [re.fullmatch(r"([^\[【]*)[\[【]([^\]】]+)[\]】](.*)", part.strip()) for part in re.split(r"[/／]", text)]
    found = [Occurrence("".join(m.groups()), len(m[1]), len(m[1]) + len(m[2])) for m in marked if m]
    return tuple(found) or sentences_of(text.strip())
