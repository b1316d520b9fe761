"""Where a word stands in a line, and our sentences for single words. It knows text and examples only."""

from __future__ import annotations

import re
from functools import lru_cache

from explorer.content import corpora, examples
from explorer.lab.types.context import Occurrence

CONTENT = ("NOUN", "PROPN", "VERB", "ADJ")


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
