"""Inputs and results of chapter 3, 句对 (next-sentence and sentence-order prediction).

Scores have two entries: 0 means yes ("is the next sentence", "is in order"), 1 means no.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.lab.types.arrays import Floats
from explorer.lab.types.codec import wire
from explorer.lab.types.core import Tokens
from explorer.lab.types.experiment import Experiment

MAX_TOKENS = 512  # of a pair, special tokens included

Pair = tuple[str, str]


@wire("pairs/judge-inputs")
@dataclass(frozen=True)
class JudgeInputs:
    """Ask both heads about several pairs at once."""

    pairs: tuple[Pair, ...]


@wire("pairs/head-result")
@dataclass(frozen=True)
class HeadResult:
    """One head's road for n pairs: vector[n, d] → dense, tanh → pooled[n, d] → weight · pooled + bias = scores[n, 2].

    The next-sentence head reads the [CLS] vector, the order head the mean of sentence B minus the mean of sentence A.
    Both go on from the body's hidden states after layer `reads`, through `layers` layers of their own.
    """

    vector: Floats
    pooled: Floats
    weight: Floats
    bias: Floats
    scores: Floats
    reads: int
    layers: int


@wire("pairs/judge-result")
@dataclass(frozen=True)
class JudgeResult:
    """`order` is None where the model has no sentence-order head of ours."""

    tokens: tuple[Tokens, ...]
    next: HeadResult
    order: HeadResult | None


@wire("pairs/lesson-inputs")
@dataclass(frozen=True)
class LessonInputs:
    """One training example in BERT's way, made from a pair and a sentence from elsewhere.

    A coin (by `seed`) decides whether `second` or `other` follows; then `rate` of the tokens are drawn, 80/10/10.
    """

    first: str
    second: str
    other: str
    seed: int = 0
    rate: float = 0.15


@wire("pairs/lesson-result")
@dataclass(frozen=True)
class LessonResult:
    """What the model was shown and what both losses are, in nats.

    shown        ids after the drawing; positions, kinds ("mask", "random", "keep"): what was drawn
    word_losses  cross-entropy at each drawn position; guesses: the likeliest id there
    p_next       P(next) in the same pass; next_loss its cross-entropy
    """

    tokens: Tokens
    random: bool
    shown: tuple[int, ...]
    positions: tuple[int, ...]
    kinds: tuple[str, ...]
    word_losses: Floats
    guesses: tuple[int, ...]
    p_next: float
    next_loss: float


@wire("pairs/measure-inputs")
@dataclass(frozen=True)
class MeasureInputs:
    """Many pairs of neighbours, each kept, swapped, and with another pair's second sentence (drawn by `seed`).

    That other pair is always of the same group: a group is a language, so that the language gives nothing away.
    """

    groups: tuple[tuple[Pair, ...], ...]
    seed: int = 0


@wire("pairs/measure-result")
@dataclass(frozen=True)
class MeasureResult:
    """For every pair, [n, 3] in the order kept, swapped, random: P(next), P(in order), word overlap (Jaccard).

    `has_order` is False where the model has no sentence-order head (then order is 0.5 everywhere).
    """

    next: Floats
    order: Floats
    overlap: Floats
    has_order: bool

    def next_right(self) -> NDArray[np.bool_]:
        """[2n]: "next" for a kept pair, "not next" for a random one."""
        return np.concatenate([self.next[:, 0] > 0.5, self.next[:, 2] <= 0.5])

    def order_right(self) -> NDArray[np.bool_]:
        """[2n]: "in order" for a kept pair, "swapped" for a swapped one."""
        return np.concatenate([self.order[:, 0] > 0.5, self.order[:, 1] <= 0.5])

    def overlap_next_right(self) -> NDArray[np.bool_]:
        """[2n]: the same as `next_right` by shared words alone: more than the median of all pairs means "next"."""
        line = float(np.median(self.overlap[:, [0, 2]]))
        return np.concatenate([self.overlap[:, 0] > line, self.overlap[:, 2] <= line])

    def overlap_order_right(self) -> NDArray[np.bool_]:
        """[2n]: shared words do not change when sentences are swapped, so one of the two answers is always wrong."""
        line = float(np.median(self.overlap[:, :2]))
        return np.concatenate([self.overlap[:, 0] > line, self.overlap[:, 1] <= line])


def interval(right: NDArray[np.bool_]) -> tuple[float, float]:
    """95 % confidence interval of a share (Wilson 1927)."""
    n, z = len(right), 1.96
    p = float(right.mean())
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)  # beyond them by rounding alone


def difference(first: NDArray[Any], second: NDArray[Any]) -> tuple[float, float]:
    """By how much the first is larger (right or wrong, or a share of each item), paired, and half its 95 % interval.

    One item says nothing: half is 1.
    """
    gaps = first.astype(float) - second.astype(float)
    half = 1.96 * float(gaps.std(ddof=1)) / len(gaps) ** 0.5 if len(gaps) > 1 else 1.0
    return float(gaps.mean()), half


JUDGE = Experiment[JudgeInputs, JudgeResult]("pairs/judge", version=2)
LESSON = Experiment[LessonInputs, LessonResult]("pairs/lesson", version=1)
MEASURE = Experiment[MeasureInputs, MeasureResult]("pairs/measure", version=2, kind="stream")
