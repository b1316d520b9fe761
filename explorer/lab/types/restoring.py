"""Inputs and results of chapter 10, 还原: a broken text said again, token by token, by an encoder and a decoder.

Positions count tokens from 0: in the text without its special tokens, in what the encoder reads with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.lab.types.arrays import Doubles, Floats, Ids, Ints
from explorer.lab.types.breaking import Breakage, Broken
from explorer.lab.types.codec import wire
from explorer.lab.types.core import Tokens
from explorer.lab.types.experiment import Experiment
from explorer.lab.types.head import Known

WAYS = ("greedy", "beam", "sample")
BEAMS = 4


@wire("denoising/restore-inputs")
@dataclass(frozen=True)
class RestoreInputs:
    """A text, how it is broken, and how the next token is chosen.

    way     "greedy": the likeliest · "beam": of BEAMS texts at once the one that is likeliest a token · "sample": drawn
    chosen  tokens that the reader has put in place of the model's: the beginning of what is said
    seed    of the drawing
    """

    text: str
    how: Breakage
    way: str = "greedy"
    chosen: tuple[int, ...] = ()
    seed: int = 0


@wire("denoising/restore-result")
@dataclass(frozen=True)
class RestoreResult:
    """What was said, T tokens: the last is the one that ends it, where `ended`.

    read             what the encoder reads, special tokens included: ids[S]
    origins[S]       where each stood in the text; −1: nowhere (a special token, [MASK])
    said[T]          ids
    text             ids of the restored text: what was said, or (T5) what was read with what was said in the holes
    heads            the distribution before each: ids[T, k], logits[T, k], tails[T, nodes] (lab/types/head.py)
    whole[T]         ln Σ exp(score) over the vocabulary: p of a token is exp(its score − whole)
    logit[T], rank[T]  of the token that was said
    cross[layers, heads, T, S]  the attention to what the encoder reads, at each step
    """

    tokens: Tokens
    broken: Broken
    read: tuple[int, ...]
    origins: tuple[int, ...]
    said: tuple[int, ...]
    ended: bool
    text: tuple[int, ...]
    ids: Ids
    logits: Floats
    tails: Doubles
    whole: Doubles
    logit: Floats
    rank: Ints
    vocab_size: int
    cross: Floats

    def known(self, step: int) -> Known:
        return Known(self.said[step], float(self.logit[step]), int(self.rank[step]))


@wire("denoising/regain-inputs")
@dataclass(frozen=True)
class RegainInputs:
    """Texts, each broken the same way with seeds of its own (`how.seed` + its number), restored greedily.

    blanks   the same texts are also filled in by the encoder alone, as a masked model: one token a hole, and with a
             hole for every token that is missing; for "infill" alone
    """

    texts: tuple[str, ...]
    how: Breakage
    blanks: bool = False


@wire("denoising/regain-result")
@dataclass(frozen=True)
class RegainResult:
    """Tokens a text: asked[n] that were taken away or moved, and of these those that came back.

    back[n]      by encoder and decoder
    copied[n]    by saying the broken text as it is: the baseline
    filled[n]    by the encoder alone, one token a hole; told[n]: the same, and it is told how many are missing. Empty
                 where they weren't asked for
    skipped      texts too short to be broken this way
    """

    asked: Ints
    back: Ints
    copied: Ints
    filled: Ints
    told: Ints
    skipped: int


RESTORE = Experiment[RestoreInputs, RestoreResult]("denoising/restore", version=1, kind="stream")
REGAIN = Experiment[RegainInputs, RegainResult]("denoising/regain", version=1, kind="stream")


def asked_for(whole: Sequence[int], broken: Broken) -> tuple[int, ...]:
    """Positions of the text at which the broken one says something else: so copying it brings none of them back."""
    return tuple(at for at in broken.moved if broken.shown[at] != whole[at]) if broken.moved else broken.hidden


def came_back(whole: Sequence[int], broken: Broken, said: Sequence[int]) -> int:
    """How many of the tokens that were moved stand where they stood; else, how many of those that were taken away stand
    where they belong, both texts laid side by side with the fewest changes (edit distance)."""
    places = asked_for(whole, broken)
    if broken.moved:
        return sum(at < len(said) and said[at] == whole[at] for at in places)
    kept = aligned(whole, said)
    return sum(at in kept for at in places)


def aligned(whole: Sequence[int], said: Sequence[int]) -> frozenset[int]:
    """The positions of `whole` that stand unchanged in `said`, by a shortest way of editing one into the other."""
    rows, columns = len(whole), len(said)
    cost = np.zeros((rows + 1, columns + 1), dtype=np.int64)
    cost[:, 0], cost[0] = np.arange(rows + 1), np.arange(columns + 1)
    for i in range(1, rows + 1):
        for j in range(1, columns + 1):
            cost[i, j] = min(cost[i - 1, j - 1] + (whole[i - 1] != said[j - 1]), cost[i - 1, j] + 1, cost[i, j - 1] + 1)
    kept, i, j = set(), rows, columns
    while i and j:
        if whole[i - 1] == said[j - 1] and cost[i, j] == cost[i - 1, j - 1]:
            kept.add(i - 1)
            i, j = i - 1, j - 1
        elif cost[i, j] == cost[i - 1, j - 1] + 1:
            i, j = i - 1, j - 1
        elif cost[i, j] == cost[i - 1, j] + 1:
            i -= 1
        else:
            j -= 1
    return frozenset(kept)
