"""Inputs and results of chapter 1, 输入 (tokens, input vectors, positions, long texts).

Positions count tokens from 0, special tokens included; n tokens, d numbers a vector.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.lab.types.arrays import Floats
from explorer.lab.types.codec import wire
from explorer.lab.types.core import Tokens
from explorer.lab.types.experiment import Experiment

MAX_TOKENS = 160  # that strips are drawn for
MAX_CHARACTERS = 20_000  # of a long text

Bytes = NDArray[np.int8]


@wire("input/merge")
@dataclass(frozen=True)
class Merge:
    """One step of cutting a word: the pieces before it and after it, and what was done.

    at       the piece where it happened (of `before` for a merge, of `after` for a cut)
    tried    WordPiece: the candidates looked up in vain before the match, longest first
    rank     BPE: the merge's place in the learnt list (0 = learnt first); None where there is no such list
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    at: int
    tried: tuple[str, ...]
    rank: int | None


@wire("input/cutting")
@dataclass(frozen=True)
class Cutting:
    """How a tokenizer arrives at the pieces of one word. kind: "wordpiece" or "bpe" ("" for any other)."""

    word: str
    kind: str
    steps: tuple[Merge, ...]
    pieces: tuple[str, ...]
    unknown: bool


@wire("input/cut-inputs")
@dataclass(frozen=True)
class CutInputs:
    """A text, or a pair, for a tokenizer alone."""

    text: str
    pair: str | None = None


@wire("input/sum-inputs")
@dataclass(frozen=True)
class SumInputs:
    """The input vectors of `text`, or of the pair `text`, `pair`."""

    text: str
    pair: str | None = None


@wire("input/sum-result")
@dataclass(frozen=True)
class SumResult:
    """What is added up for every token, and what the first layer gets.

    token, segment, position, total, normed   [n, d]; total = token + segment + position, normed = LayerNorm(total)
    gain, bias                                [d], of that LayerNorm
    difference                                largest |normed − the model's own input vectors|
    """

    tokens: Tokens
    token: Floats
    segment: Floats
    position: Floats
    total: Floats
    normed: Floats
    gain: Floats
    bias: Floats
    difference: float


@wire("input/lookup-inputs")
@dataclass(frozen=True)
class LookupInputs:
    """Multiply the one-hot row of `token_id` with the whole embedding matrix."""

    token_id: int


@wire("input/lookup-result")
@dataclass(frozen=True)
class LookupResult:
    """The product, and the rows of the matrix around the one that was picked.

    around       ids of these rows; rows[len(around), d]
    product      [d], computed as a full vector-matrix product
    difference   largest |product − the row itself|
    shape        of the matrix
    """

    token_id: int
    around: tuple[int, ...]
    rows: Floats
    product: Floats
    difference: float
    shape: tuple[int, int]


@wire("input/position-inputs")
@dataclass(frozen=True)
class PositionInputs:
    """The model's position vectors compared with one another. centred: minus their mean first."""

    centred: bool = True


@wire("input/position-result")
@dataclass(frozen=True)
class PositionResult:
    """cosine[p, p] in per cent, rounded, of all position vectors."""

    cosine: Bytes


@wire("input/long-inputs")
@dataclass(frozen=True)
class LongInputs:
    """Read a text of any length in windows of `size` tokens, [CLS] and [SEP] included, sharing `overlap` of them.

    question   what to look for in the text: each window answers with its nearest stretch (span)
    template   put behind each window; the model chooses between `good` and `bad` at its [MASK] (class)
    """

    text: str
    question: str
    template: str
    good: str
    bad: str
    size: int = 512
    overlap: int = 128


@wire("input/window")
@dataclass(frozen=True)
class Window:
    """One window's answers. Tokens `first`…`last` of the text (half-open; its own count, no special tokens).

    p_good        share of `good` against `bad` at the template's [MASK], corrected for the template alone
    start, end    characters of the best stretch; score: mean cosine of the question's tokens with it
    """

    first: int
    last: int
    p_good: float
    start: int
    end: int
    score: float


@wire("input/long-result")
@dataclass(frozen=True)
class LongResult:
    """All windows of the three ways, and what each way says in the end.

    n_tokens         of the text, without special tokens; room: of these fit into one window
    cut              the first window alone
    head_tail        the text's two ends in one window: the last token of its head is head_tail_at
    slide            all windows
    """

    n_tokens: int
    room: int
    head_tail_at: int
    cut: Window
    head_tail: Window
    slide: tuple[Window, ...]


ADD_UP = Experiment[SumInputs, SumResult]("input/add-up", version=1)
LOOKUP = Experiment[LookupInputs, LookupResult]("input/lookup", version=1)
POSITIONS = Experiment[PositionInputs, PositionResult]("input/positions", version=1)
READ_LONG = Experiment[LongInputs, LongResult]("input/read-long", version=1, kind="stream")
