"""The head of a distribution: what a figure shows of scores over a whole vocabulary, in a hundredth of their bytes.

The best scores travel as they are; of all others only log Σ exp(z / T), at so many temperatures that it is known at
every one between them to ten digits. So probabilities at any temperature of the dial, their order and the remainder
are those of the whole vector. Knows NumPy; its reader in the browser is components/shared/head.js.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer import numerics
from explorer.lab.types.arrays import Doubles, Floats, Ids, Ints
from explorer.lab.types.codec import wire

BEST = 200
COOLEST, HOTTEST = 0.1, 3.0
# Chebyshev points of ln T, where the polynomial through them strays least: seen to err by less than 1e-10 of the whole
# sum at any temperature (tests/lab/test_heads.py).
NODES = 48
_MIDDLE, _HALF = math.log(COOLEST * HOTTEST) / 2, math.log(HOTTEST / COOLEST) / 2
TEMPERATURES = np.exp(_MIDDLE + _HALF * np.cos(np.pi * np.arange(NODES) / (NODES - 1)))


@wire("core/head")
@dataclass(frozen=True)
class Head:
    """ids[k] of the best scores, best first and ties by id; logits[k] (float32) of the same; `size` of the vocabulary.

    tail[NODES]   log Σ exp((z − z_best) / T) over all other scores, at TEMPERATURES; −inf where there are none
    """

    ids: Ids
    logits: Floats
    tail: Doubles
    size: int


@wire("core/known")
@dataclass(frozen=True)
class Known:
    """A token's score before the softmax and its rank (1 = first), wherever in the vocabulary it stands."""

    id: int
    logit: float
    rank: int


def head_of(logits: Floats) -> Head:
    """The head of logits[vocab]. Raises ValueError unless they are one row of finite float32."""
    if logits.ndim != 1 or logits.dtype != np.float32 or not np.isfinite(logits).all():
        raise ValueError("logits must be one row of finite float32")
    ids = best(logits, BEST)
    others = np.delete(logits, ids).astype(np.float64) - float(logits[ids[0]])
    return Head(ids.astype(np.int32), logits[ids], _tail(others), len(logits))


def known(logits: Floats, ids: Sequence[int]) -> tuple[Known, ...]:
    """Score and rank of each of `ids`."""
    return tuple(Known(id_, float(logits[id_]), numerics.rank(logits, id_)) for id_ in ids)


def best(logits: Floats, count: int) -> Ints:
    """The ids of the `count` highest scores, best first, ties by id."""
    count = min(count, logits.shape[0])
    threshold = np.partition(logits, -count)[-count]
    candidates = np.flatnonzero(logits >= threshold)
    return candidates[np.argsort(-logits[candidates], kind="stable")][:count]


def _tail(others: Doubles) -> Doubles:
    if not others.size:
        return np.full(NODES, -np.inf)
    top = others.max()
    sums = [np.exp((others - top) / t).sum() for t in TEMPERATURES]
    return np.asarray(top / TEMPERATURES + np.log(sums))
