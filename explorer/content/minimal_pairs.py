"""Minimal pairs of our own writing: two sentences of which one is what people say; and public sets of the same form.

Knows files. Ours were written before any model was asked.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

from explorer import paths

KINDS = {
    "zh": ("classifier", "ba", "bei", "negation", "comparison", "modifier", "complement", "question"),
    "en": ("agreement", "determiner", "reflexive", "irregular", "polarity", "arguments", "tense", "order"),
}


@dataclass(frozen=True)
class Pair:
    """`good` is what people say, `bad` is not; both are about one thing, the `kind`."""

    kind: str
    good: str
    bad: str


@lru_cache(maxsize=2)
def pairs(lang: str) -> tuple[Pair, ...]:
    """All pairs of a language, those of a kind together."""
    path = paths.EXAMPLES / "minimal_pairs" / f"{lang}.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(Pair(**row) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def texts(lang: str) -> tuple[str, ...]:
    """Good and bad, turn by turn: what a model is asked."""
    return tuple(text for pair in pairs(lang) for text in (pair.good, pair.bad))
