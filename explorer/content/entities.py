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


@lru_cache(maxsize=4)
def sentences(lang: str, part: str) -> tuple[Marked, ...]:
    """The project's own sentences in `lang`, those of one part: "train" or "test"."""
    lines = (paths.EXAMPLES / "teaching" / f"entities.{lang}.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return tuple(marked(line) for one, line in rows if one == part)
