"""Inputs and results of chapter 2, 填空 (masked-language modelling).

Positions count tokens from 0, special tokens included. `logits[n, vocab]` are float32 scores before the
softmax. Probabilities are plain floats in 0…1; surprisal and cross-entropy are in nats.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.lab.types.arrays import Floats, Ints
from explorer.lab.types.codec import wire
from explorer.lab.types.core import Tokens
from explorer.lab.types.experiment import Experiment


@wire("masking/edit")
@dataclass(frozen=True)
class Edit:
    """`token_id` stands at `position` instead of what the reader wrote ([MASK], or any other token)."""

    position: int
    token_id: int


@wire("masking/fill-inputs")
@dataclass(frozen=True)
class FillInputs:
    """Read the model's prediction at the positions `read` of `text` after `edits`."""

    text: str
    edits: tuple[Edit, ...]
    read: tuple[int, ...]


@wire("masking/fill-result")
@dataclass(frozen=True)
class FillResult:
    """The prediction at every position of `read`, with the two vectors it was made from.

    original[n]          ids the reader wrote there
    hidden[n, d]         the encoder's output vector
    transformed[n, d]    after the head's dense layer, activation and LayerNorm
    logits[n, vocab]     transformed · embeddingᵀ + bias
    """

    tokens: Tokens
    read: tuple[int, ...]
    original: Ints
    hidden: Floats
    transformed: Floats
    logits: Floats
    precision: str


@wire("masking/scan-inputs")
@dataclass(frozen=True)
class ScanInputs:
    """Cover every token of `text` in turn, one at a time, all in one batch.

    precision "auto": bf16 where the engine's CPU is faster in it and the answer stays true, else fp32;
    "fp32" and "bf16" force one of them.
    """

    text: str
    precision: str = "auto"


@wire("masking/scan-result")
@dataclass(frozen=True)
class ScanResult:
    """What the model gives the covered token at each position (special tokens are left out).

    positions[n], original[n], p_original[n], rank[n] (1 = first), surprisal[n] = −ln p_original,
    top_ids[n, 5], top_p[n, 5]. `precision` is "fp32", or "bf16" where the engine found it faster and true.
    """

    tokens: Tokens
    positions: Ints
    original: Ints
    p_original: Floats
    rank: Ints
    surprisal: Floats
    top_ids: Ints
    top_p: Floats
    precision: str


@wire("masking/treat-inputs")
@dataclass(frozen=True)
class TreatInputs:
    """One position, three ways to leave it: visible, [MASK], a random other token (`n_random` draws)."""

    text: str
    position: int
    n_random: int = 16
    seed: int = 0


@wire("masking/treat-result")
@dataclass(frozen=True)
class TreatResult:
    """logits[2 + n_random, vocab]: row 0 visible, row 1 [MASK], then one row a random token of `random_ids`."""

    tokens: Tokens
    position: int
    original: int
    random_ids: Ints
    logits: Floats


@wire("masking/average-inputs")
@dataclass(frozen=True)
class AverageInputs:
    """The three treatments averaged: `per_text` positions of each text, drawn with `seed`, one random token each."""

    texts: tuple[str, ...]
    per_text: int = 6
    seed: int = 0


@wire("masking/average-result")
@dataclass(frozen=True)
class AverageResult:
    """P(original) of every drawn position under the three treatments (arrays of one length)."""

    n_texts: int
    visible: Floats
    masked: Floats
    random: Floats
    random_top1_is_original: Floats


@wire("masking/joint-inputs")
@dataclass(frozen=True)
class JointInputs:
    """Fill all `masks` of `text` in three orders: independent, left to right, best first."""

    text: str
    masks: tuple[int, ...]


@wire("masking/joint-order")
@dataclass(frozen=True)
class JointOrder:
    """One way to fill: `positions` in the order filled, the token `ids` chosen, and P of each when chosen.

    `log_p` adds the log-probabilities of the steps. For "independent" the steps do not see each other,
    so `log_p_chain` (the same tokens scored left to right, each seeing those before) is the fair comparison;
    every order carries it.
    """

    name: str
    positions: tuple[int, ...]
    ids: tuple[int, ...]
    p: tuple[float, ...]
    log_p: float
    log_p_chain: float


@wire("masking/joint-result")
@dataclass(frozen=True)
class JointResult:
    tokens: Tokens
    masks: tuple[int, ...]
    orders: tuple[JointOrder, ...]


@wire("masking/lens-inputs")
@dataclass(frozen=True)
class LensInputs:
    """Read the head at every layer for one position of `text` after `edits` (logit lens; nostalgebraist 2020)."""

    text: str
    edits: tuple[Edit, ...]
    position: int


@wire("masking/lens-result")
@dataclass(frozen=True)
class LensResult:
    """logits[layers + 1, vocab]; row 0 reads the input embeddings, the last row is the model's own answer."""

    tokens: Tokens
    position: int
    original: int
    logits: Floats


@wire("masking/word-inputs")
@dataclass(frozen=True)
class WordInputs:
    """Score `word`, which may be several pieces, in place of the token at `position` of `text` after `edits`."""

    text: str
    edits: tuple[Edit, ...]
    position: int
    word: str


@wire("masking/word-result")
@dataclass(frozen=True)
class WordResult:
    """The word's pieces, each scored by the chain rule: as many [MASK]s as pieces, filled left to right.

    `rank` (1 = first) is given for a single piece only; 0 otherwise. `unknown` is True when a piece is [UNK].
    """

    word: str
    pieces: tuple[str, ...]
    ids: tuple[int, ...]
    p: tuple[float, ...]
    log_p: float
    rank: int
    unknown: bool


FILL = Experiment[FillInputs, FillResult]("masking/fill", version=1, kind="batched")
SCAN = Experiment[ScanInputs, ScanResult]("masking/scan", version=2, kind="stream")
TREAT = Experiment[TreatInputs, TreatResult]("masking/treat", version=1)
AVERAGE = Experiment[AverageInputs, AverageResult]("masking/average", version=1, kind="stream")
JOINT = Experiment[JointInputs, JointResult]("masking/joint", version=1)
LENS = Experiment[LensInputs, LensResult]("masking/lens", version=1)
WORD = Experiment[WordInputs, WordResult]("masking/word", version=1)
