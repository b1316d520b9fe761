"""An interpolated n-gram model of token ids, for whole corpora: the baseline of a small language model.

The same estimate as the page's (Jelinek & Mercer 1980, with Witten & Bell's weights of 1991): p(w | h) mixes what
followed the history h with the estimate for the shorter history, down to an even chance; the shorter one's share is
the number of different followers of h over that number plus the times h was seen. Counts are sorted arrays of hashed
n-grams, so that tens of millions of tokens fit into memory.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class _Order:
    """n-grams of one length and their histories, by hash, in order."""

    grams: Hashes
    times: NDArray[np.int64]
    histories: Hashes
    seen: NDArray[np.int64]
    followers: NDArray[np.int64]


class Ngram:
    """Counts of `tokens[n]` up to length `order`; no history reaches over a token `edge` (the one that begins)."""

    def __init__(self, tokens: NDArray[np.integer], vocabulary: int, order: int = 5, edge: int = -1) -> None:
        self.vocabulary, self.edge = vocabulary, edge
        self.orders = [self._count(tokens.astype(np.uint64), length) for length in range(1, order + 1)]

    def _count(self, tokens: NDArray[np.uint64], length: int) -> _Order:
        histories, whole = _hashed(tokens, length - 1), _hashed(tokens, length)
        inside = self._inside(tokens, length)
        histories, whole = histories[: len(whole)][inside], whole[inside]
        grams, first, times = np.unique(whole, return_index=True, return_counts=True)
        kinds, followers = np.unique(histories[first], return_counts=True)
        every, seen = np.unique(histories, return_counts=True)
        assert len(kinds) == len(every)
        return _Order(grams, times, every, seen, followers)

    def _inside(self, tokens: NDArray[np.uint64], length: int) -> NDArray[np.bool_]:
        """The n-grams whose tokens after the first are no `edge`."""
        edges = np.concatenate([[0], np.cumsum(tokens == self.edge)]) if self.edge >= 0 else np.zeros(len(tokens) + 1)
        count = len(tokens) - length + 1
        found: NDArray[np.bool_] = edges[length : length + count] == edges[1 : 1 + count]
        return found

    def nats(self, tokens: NDArray[np.integer]) -> NDArray[np.float64]:
        """−ln p of every token after the first, each with as long a history as there is within `tokens`."""
        text = tokens.astype(np.uint64)
        p = np.full(len(text), 1 / self.vocabulary)
        for length, order in enumerate(self.orders, 1):
            grams, histories = _hashed(text, length), _hashed(text, length - 1)[: len(text) - length + 1]
            times, (seen, followers) = _at(order.grams, grams, order.times), _both(order, histories)
            known = seen > 0
            target = p[length - 1 :]
            target[known] = (times[known] + followers[known] * target[known]) / (seen[known] + followers[known])
        found: NDArray[np.float64] = -np.log(p[1:])
        return found


def _hashed(tokens: NDArray[np.uint64], length: int) -> Hashes:
    """A number for every run of `length` tokens."""
    count = len(tokens) - length + 1
    found = np.zeros(max(0, count), np.uint64)
    with np.errstate(over="ignore"):
        for at in range(length):
            found = (found ^ (tokens[at : at + count] + np.uint64(1))) * MIX
            found ^= found >> np.uint64(29)
    return found


def _at(known: Hashes, wanted: Hashes, values: NDArray[np.int64]) -> NDArray[np.int64]:
    """values[i] where known[i] is wanted, 0 where it is not there."""
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    found: NDArray[np.int64] = np.where(known[at] == wanted, values[at], 0)
    return found


def _both(order: _Order, histories: Hashes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return _at(order.histories, histories, order.seen), _at(order.histories, histories, order.followers)
