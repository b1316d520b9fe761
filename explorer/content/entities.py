"""Sentences with their names marked: `[李雷|PER]在[杭州|LOC]打工`, read into the text and the places of the names.

At the bottom of the house: it knows files (assets/examples/teaching/entities.*); what is marked as what is told in
their README.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from explorer import paths

KINDS = ("PER", "LOC", "ORG")  # a person, a place, an organisation
_NAME = re.compile(rf"\[([^\[\]|]+)\|({'|'.join(KINDS)})\]")
_LEFT_OVER = re.compile(r"[\[\]|]")


@dataclass(frozen=True)
class Span:
    """A name: `text[start:end]`, in characters, is of this `kind`."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Marked:
    """A sentence and its names, in their order, none inside another."""

    text: str
    spans: tuple[Span, ...]


def marked(line: str) -> Marked:
    """The sentence in `line` without its marks, and its names.

    Raises ValueError where a bracket or a bar is left over: a mark that isn't closed, one inside another, an unknown
    kind, a blank at the edge of a name.
    """
    text, spans, last = "", [], 0
    for name in _NAME.finditer(line):
        text += line[last : name.start()]
        if name[1] != name[1].strip():
            raise ValueError(f"a blank at the edge of a name: {name[0]}")
        spans.append(Span(len(text), len(text) + len(name[1]), name[2]))
        text += name[1]
        last = name.end()
    text += line[last:]
    if _LEFT_OVER.search(text):
        raise ValueError(f"a mark that can't be read: {line}")
    return Marked(text, tuple(spans))


def bio(spans: Sequence[Span], tokens: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """The label of each token, given its (start, end) in characters: "B-PER" begins a name, "I-PER" goes on with it.

    A token that holds any character of a name belongs to the name; one without characters (`[CLS]`) to none: "O".
    """
    labels, last = [], None
    for start, end in tokens:
        name = next((span for span in spans if max(start, span.start) < min(end, span.end)), None)
        labels.append("O" if name is None else f"{'I' if name is last else 'B'}-{name.kind}")
        last = name
    return tuple(labels)


LABELS = ("O", *(f"{mark}-{kind}" for kind in KINDS for mark in "BI"))


def names(labels: Sequence[str], tokens: Sequence[tuple[int, int]]) -> tuple[Span, ...]:
    """The names that labels of tokens say, the way back from `bio`: an "I" that goes on with nothing begins a name."""
    found: list[Span] = []
    before = "O"
    for label, (start, end) in zip(labels, tokens, strict=True):
        kind = label[2:]
        if label[0] == "I" and before[2:] == kind:
            found[-1] = Span(found[-1].start, end, kind)
        elif label != "O":
            found.append(Span(start, end, kind))
        before = label
    return tuple(found)


@dataclass(frozen=True)
class Found:
    """Names counted over sentences: `right` of `said` that were said, of `there` that there are."""

    right: int
    said: int
    there: int

    @property
    def f1(self) -> float:
        """0 where there is none and none is said."""
        return 2 * self.right / max(1, self.said + self.there)


def matched(said: Sequence[Sequence[Span]], there: Sequence[Sequence[Span]]) -> Found:
    """A name is right where both its ends and its kind are (CoNLL's rule: Tjong Kim Sang & De Meulder 2003)."""
    right = sum(len(set(one) & set(other)) for one, other in zip(said, there, strict=True))
    return Found(right, sum(map(len, said)), sum(map(len, there)))


@lru_cache(maxsize=4)
def sentences(lang: str, part: str) -> tuple[Marked, ...]:
    """The project's own sentences in `lang`, those of one part: "train" or "test"."""
    lines = (paths.EXAMPLES / "teaching" / f"entities.{lang}.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return tuple(marked(line) for one, line in rows if one == part)
