"""What has a label of its own in a sentence: every 字, every word; and the sentences of 词性 and 实体 cut into them.

At the bottom of the house: it knows files through `entities` and `pos`, and Chinese words. A sentence is
(text, ((start, end, number of its label), ...)).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import Literal

from explorer.content import chinese_words, entities, pos
from explorer.content.corpora import TAGS

By = Literal["char", "word"]
Marked = tuple[str, tuple[tuple[int, int, int], ...]]


def spans(text: str, lang: str, by: By) -> tuple[tuple[int, int], ...]:
    """Start and end of every unit: characters that are no blanks; or words and marks, Chinese ones as jieba cuts."""
    if by == "char":
        return tuple((at, at + 1) for at, char in enumerate(text) if not char.isspace())
    if lang == "zh":
        found, start = [], 0
        for word in chinese_words.cut(text):
            if word.strip():
                found.append((start, start + len(word)))
            start += len(word)
        return tuple(found)
    return tuple(one.span() for one in re.finditer(r"\w+|[^\w\s]", text))


@lru_cache(maxsize=8)
def named(lang: str, part: str, by: By) -> tuple[Marked, ...]:
    """The sentences of 实体, a label in `entities.LABELS` for every unit."""
    found = []
    for one in entities.sentences(lang, part):
        cut = spans(one.text, lang, by)
        labels = entities.bio(one.spans, cut)
        found.append((one.text, _numbered(cut, [entities.LABELS.index(label) for label in labels])))
    return tuple(found)


@lru_cache(maxsize=1)
def tags() -> tuple[str, ...]:
    """The parts of speech that occur, as they are numbered in `tagged`."""
    seen = {tag for lang in ("zh", "en") for part in ("train", "test") for one in pos.sentences(lang, part)
            for _, tag in one}  # fmt: skip
    return tuple(tag for tag in TAGS if tag in seen)


@lru_cache(maxsize=4)
def tagged(lang: str, part: str) -> tuple[Marked, ...]:
    """The sentences of 词性, a label in `tags()` for every word; English words with blanks between."""
    found = []
    for sentence in pos.sentences(lang, part):
        text, cut = "", []
        for word, _ in sentence:
            text += " " if text and lang != "zh" else ""
            cut.append((len(text), len(text) + len(word)))
            text += word
        found.append((text, _numbered(tuple(cut), [tags().index(tag) for _, tag in sentence])))
    return tuple(found)


def _numbered(cut: tuple[tuple[int, int], ...], labels: list[int]) -> tuple[tuple[int, int, int], ...]:
    return tuple((start, end, label) for (start, end), label in zip(cut, labels, strict=True))


def matched(said: Iterable[int], tested: Sequence[Marked], lang: str) -> tuple[entities.Found, ...]:
    """The names of each tested sentence of our own, as labels of its units (numbers in `entities.LABELS`) say them,
    against the marked ones, ends in characters."""
    there = {one.text: one.spans for one in entities.sentences(lang, "test")}
    found, labels_said = [], iter(said)
    for text, marks in tested:
        labels = [entities.LABELS[n] for n in islice(labels_said, len(marks))]
        names = entities.names(labels, [(start, end) for start, end, _ in marks])
        found.append(entities.matched([names], [there[text]]))
    return tuple(found)


def total(found: Iterable[entities.Found]) -> entities.Found:
    """Of all sentences together."""
    each = [(one.right, one.said, one.there) for one in found]
    return entities.Found(*(sum(column) for column in zip(*each, strict=True)))
