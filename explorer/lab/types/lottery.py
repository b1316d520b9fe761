"""Inputs and results of the 80/10/10 lottery: which tokens of a text are covered in training, and how.

The lottery needs a tokenizer, no weights. Positions count tokens from 0, special tokens included.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.lab.types.arrays import Ints
from explorer.lab.types.codec import wire
from explorer.lab.types.core import Tokens
from explorer.lab.types.experiment import Experiment

KINDS = ("mask", "random", "keep")


@wire("masking/lottery-inputs")
@dataclass(frozen=True)
class LotteryInputs:
    """Draw `rate` of the tokens of `text`; of these `split` become [MASK], a random token, stay as they are.

    unit "token": every token is drawn for itself. unit "word": words are drawn whole (Chinese words as jieba cuts
    them, ## pieces with the word they belong to).
    """

    text: str
    rate: float = 0.15
    split: tuple[float, float, float] = (0.8, 0.1, 0.1)
    unit: str = "token"
    seed: int = 0


@wire("masking/lottery-result")
@dataclass(frozen=True)
class LotteryResult:
    """One drawing.

    words[tokens]       number of the word each token belongs to, −1 for special tokens
    n_ordinary          tokens that could be drawn (all but the special ones)
    budget              how many should be drawn: max(1, round(rate · n_ordinary))
    positions[n]        the drawn positions, ascending
    kinds[n]            "mask", "random" or "keep" for each
    ids[n]              the token that stands there afterwards
    counts              drawn as mask / random / keep
    expected            budget · split
    """

    tokens: Tokens
    words: Ints
    n_ordinary: int
    budget: int
    positions: Ints
    kinds: tuple[str, ...]
    ids: Ints
    counts: tuple[int, int, int]
    expected: tuple[float, float, float]


@wire("masking/lottery-tally")
@dataclass(frozen=True)
class LotteryTally:
    """Many drawings of the same text: how many positions a drawing gave to mask / random / keep on average."""

    n_rolls: int
    means: tuple[float, float, float]


ROLL = Experiment[LotteryInputs, LotteryResult]("masking/lottery", version=1)
TALLY = Experiment[LotteryInputs, LotteryTally]("masking/lottery-tally", version=1)
