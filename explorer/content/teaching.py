"""Sentences with labels, the project's own, that a head is taught on and tested on.

At the bottom of the house: it knows files (assets/examples/teaching). "judgement" says outright what it thinks;
"sentiment" leaves that to be understood. Two sentences that have one label together are "inference" (a premise and a
hypothesis) and "stance" (a claim and a comment).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from explorer import paths

Name = Literal["judgement", "sentiment"]
Pairs = Literal["inference", "stance"]
Part = Literal["train", "test"]
PARTS: tuple[Part, ...] = ("train", "test")
LABELS = ("negative", "positive")
PAIR_LABELS: dict[Pairs, tuple[str, ...]] = {
    "inference": ("entailment", "neutral", "contradiction"),
    "stance": ("for", "against"),
}


@lru_cache(maxsize=8)
def sentences(name: Name, lang: str, part: Part) -> tuple[tuple[str, int], ...]:
    """(text, number of its label in LABELS) of every sentence of one part, in the file's order."""
    return tuple((text, LABELS.index(label)) for label, text in _rows(name, lang, part))


@lru_cache(maxsize=8)
def pairs(name: Pairs, lang: str, part: Part) -> tuple[tuple[str, str, int], ...]:
    """(first, second, number of their label in PAIR_LABELS) of every pair of one part, in the file's order."""
    labels = PAIR_LABELS[name]
    return tuple((first, second, labels.index(label)) for label, first, second in _rows(name, lang, part))


def _rows(name: str, lang: str, part: str) -> list[list[str]]:
    lines = (paths.EXAMPLES / "teaching" / f"{name}.{lang}.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return [row[1:] for row in (line.split("\t") for line in lines) if row[0] == part]
