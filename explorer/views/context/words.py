"""Where a word stands in a line, and our sentences for single words. It knows text and examples only."""

from __future__ import annotations

import re

from explorer.content import examples
from explorer.lab.types.context import Occurrence


def occurrences(text: str, word: str) -> list[int]:
    """Where `word` stands in `text`; a word of letters is not found inside a longer one unless only there."""
    places, at = [], text.find(word)
    while at >= 0:
        places.append(at)
        at = text.find(word, at + len(word))
    if word.isascii() and word.isalpha():
        whole = [
            at for at in places if not text[max(0, at - 1) : at].isalnum() and not text[at + len(word) :][:1].isalnum()
        ]
        return whole or places
    return places


def occurrence(text: str, word: str, nth: int = 0) -> Occurrence | None:
    """The nth (or last) place of `word` in `text`; None if it is not there."""
    places = occurrences(text, word)
    if not places:
        return None
    at = places[min(nth, len(places) - 1)]
    return Occurrence(text, at, at + len(word))


def sentences_of(word: str) -> tuple[Occurrence, ...]:
    """Sentences of ours that hold a word of the map of things, or the word alone as a sentence."""
    for table in examples.load("context")["partners"].values():
        if word in table:
            return tuple(Occurrence(line, line.index(word), line.index(word) + len(word)) for line in table[word])
    return (Occurrence(word, 0, len(word)),)


def written(text: str) -> tuple[Occurrence, ...]:
    """What a reader writes for a word: the word alone, or sentences (with / between them) that hold it in [ ]."""
    marked = [re.fullmatch(r"([^\[【]*)[\[【]([^\]】]+)[\]】](.*)", part.strip()) for part in re.split(r"[/／]", text)]
    found = [Occurrence("".join(m.groups()), len(m[1]), len(m[1]) + len(m[2])) for m in marked if m]
    return tuple(found) or sentences_of(text.strip())
