"""An invented language for chapter 8's scaling: which word follows which is known, so it is known how well it can be
guessed at all.

A sentence has LENGTH words. The first is drawn as words of a text are, the n-th commonest 1/n times as often (Zipf);
each further one is among the FOLLOWERS of the word before it; the last depends on the first alone. It knows no model.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from explorer.lab.types.arrays import Floats, Ints

WORDS = 256
START = WORDS  # stands before each sentence
LENGTH = 7
FOLLOWERS, ENDINGS = 16, 4
SYLLABLES = ("ba", "do", "fi", "gu", "ke", "la", "mo", "ne", "pi", "ru", "so", "ta", "vu", "wi", "ze", "hu")


class Language(NamedTuple):
    """Probabilities (fp64; a row adds to 1): first[WORDS]; follows[WORDS, WORDS] of the next word, ends[WORDS, WORDS]
    of the last one by the first."""

    first: np.ndarray
    follows: np.ndarray
    ends: np.ndarray


def _zipf(count: int) -> np.ndarray:
    found = 1 / np.arange(1, count + 1)
    return np.asarray(found / found.sum())


@lru_cache(maxsize=1)
def language() -> Language:
    """The one language there is: who follows whom was drawn once; common words follow more words."""
    rng, zipf = np.random.default_rng(8), _zipf(WORDS)

    def table(count: int) -> np.ndarray:
        rows = np.zeros((WORDS, WORDS))
        for row in rows:
            row[rng.choice(WORDS, size=count, replace=False, p=zipf)] = _zipf(count)
        return rows

    return Language(zipf, table(FOLLOWERS), table(ENDINGS))


def sentences(count: int, seed: int) -> Ints:
    """words[count, LENGTH], drawn by `seed`."""
    known, rng = language(), np.random.default_rng(seed)
    found = np.zeros((count, LENGTH), dtype=np.int64)
    found[:, 0] = _drawn(np.broadcast_to(known.first, (count, WORDS)), rng)
    for at in range(1, LENGTH):
        rows = known.ends[found[:, 0]] if at == LENGTH - 1 else known.follows[found[:, at - 1]]
        found[:, at] = _drawn(rows, rng)
    return found


def _drawn(p: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One word a row of p[rows, WORDS]."""
    return np.asarray((p.cumsum(1) < rng.random((len(p), 1))).sum(1).clip(max=WORDS - 1))


def best(words: Ints) -> float:
    """The loss of who knows the language: the mean of −ln p of each word, in nats. None is lower in the long run."""
    known = language()
    p: Floats = np.concatenate(
        [
            known.first[words[:, :1]],
            known.follows[words[:, : LENGTH - 2], words[:, 1 : LENGTH - 1]],
            known.ends[words[:, :1], words[:, LENGTH - 1 :]],
        ],
        axis=1,
    )
    return float(-np.log(p).mean())


def written(words: Ints) -> str:
    """One sentence as it might be written: two syllables a word."""
    return " ".join(SYLLABLES[int(word) // 16] + SYLLABLES[int(word) % 16] for word in words) + "."
