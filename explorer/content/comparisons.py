"""The pairs of answers that a reader of 家族 compares, and what follows from the choices.

Knows the chapter's examples and the small language; no view and no model.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from explorer.content import examples
from explorer.lab.types import toy_language as toy
from explorer.lab.types.rlhf import Choice

PAIRS = 20  # lines of the table, and those of them that come again
LEAST = 10  # choices from which a rule is fitted
LEFT, RIGHT = 1, 2  # a choice; 0: none yet


@lru_cache(maxsize=2)
def pairs(lang: toy.Lang) -> tuple[Choice, ...]:
    """All pairs in `lang`, as (question, left, right); those that come twice have changed sides the second time."""
    table = examples.load("family")["pairs"]
    read = [tuple(toy.translated(toy.read("zh", part), lang) for part in line) for line in table["lines"]]
    first = [Choice(question[0], (*left, toy.END), (*right, toy.END)) for question, left, right in read]
    return (*first, *(Choice(first[n].prompt, first[n].worse, first[n].better) for n in table["again"]))


def again() -> tuple[tuple[int, int], ...]:
    """(first, second) of every pair that comes twice."""
    table = examples.load("family")["pairs"]
    start = len(table["lines"])
    return tuple((int(n), start + m) for m, n in enumerate(table["again"]))


def chosen(choices: Sequence[int]) -> tuple[Choice, ...]:
    """What was chosen, in both languages: their words correspond one to one, and the reward model reads both."""
    return tuple(
        Choice(pair.prompt, *((pair.better, pair.worse) if choice == LEFT else (pair.worse, pair.better)))
        for lang in toy.LANGUAGES
        for pair, choice in zip(pairs(lang), choices, strict=False)
        if choice
    )


def weights(choices: Sequence[int]) -> tuple[float, ...]:
    """The rule fitted to the choices (toy_language.fitted)."""
    made = chosen(choices)
    return toy.fitted([(one.better, one.worse) for one in made[: len(made) // 2]])
