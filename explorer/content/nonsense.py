"""Sentences made meaningless: every word replaced by a fixed other one, put into another order, or made up.

It knows sentences and their words (of Chinese: characters); no model and no page.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from random import Random
from typing import Literal

from explorer.content import teaching

Way = Literal["as_is", "swapped", "shuffled", "made_up"]
WAYS: tuple[Way, ...] = ("as_is", "swapped", "shuffled", "made_up")
SEED = 0
_UNIT = re.compile(r"[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+(?:['’][^\W\d_]+)?")
_FIRST = [chr(code) for code in range(0x3042, 0x3094) if chr(code) not in "ぃぅぇぉっゃゅょゎゐゑ"]  # hiragana
_SECOND = [chr(code) for code in range(0x30A2, 0x30F4) if chr(code) not in "ィゥェォッャュョヮヰヱ"]  # katakana


def units(text: str) -> list[str]:
    """The words of a text, of Chinese its characters, in small letters."""
    return [found[0].lower() for found in _UNIT.finditer(text)]


@lru_cache(maxsize=2)
def vocabulary(lang: str) -> tuple[str, ...]:
    """All words of the sentences that teach and test, in an order drawn once."""
    rows = [row for part in teaching.PARTS for row in teaching.sentences("judgement", lang, part)]
    found = sorted({unit for text, _ in rows for unit in units(text)})
    Random(SEED).shuffle(found)
    return tuple(found)


@lru_cache(maxsize=4)
def _places(lang: str) -> dict[str, int]:
    return {word: n for n, word in enumerate(vocabulary(lang))}


def place(word: str, lang: str) -> int:
    """A word's number in the vocabulary; of one that is not in it a number that depends on the word alone."""
    known = _places(lang).get(word)
    if known is not None:
        return known
    return int.from_bytes(hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()[:4], "big")


def swapped(word: str, lang: str) -> str:
    """The word that stands next in the vocabulary, the first after the last: each for one, none for itself."""
    words = vocabulary(lang)
    return words[(place(word, lang) + 1) % len(words)]


def made_up(word: str, lang: str) -> str:
    """Two kana that are no word together: one of either kind, which nobody writes in one word."""
    row, column = divmod(place(word, lang) % (len(_FIRST) * len(_SECOND)), len(_SECOND))
    return _FIRST[row] + _SECOND[column]


def changed(text: str, way: Way, lang: str) -> str:
    """The text made meaningless. What is no word (marks, digits) stays where it is."""
    if way == "as_is":
        return text
    if way == "shuffled":
        found = [match[0] for match in _UNIT.finditer(text)]
        Random(text).shuffle(found)
        rest = iter(found)
        return _UNIT.sub(lambda _: next(rest), text)
    other = swapped if way == "swapped" else made_up
    space = " " if way == "made_up" and lang == "zh" else ""
    return _UNIT.sub(lambda match: other(match[0].lower(), lang) + space, text).rstrip()


def sentences(part: teaching.Part, way: Way, lang: str) -> tuple[tuple[str, int], ...]:
    """The sentences of one part with their labels, changed."""
    return tuple((changed(text, way, lang), label) for text, label in teaching.sentences("judgement", lang, part))
