"""Inputs and results of chapter 2, 填空 (masked-language modelling).

Positions count tokens from 0, special tokens included. `logits[n, vocab]` are float32 scores before the
softmax. Probabilities are plain floats in 0…1; surprisal and cross-entropy are in nats.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.lab.types.arrays import Doubles, Floats, Ids, Ints
from explorer.lab.types.codec import wire
from explorer.lab.types.core import Tokens
from explorer.lab.types.experiment import Experiment, Ref
from explorer.lab.types.head import Head, Known


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


@wire("masking/heads-inputs")
@dataclass(frozen=True)
class HeadsInputs:
    """Cover every token of `text` in turn, one at a time, all in one batch, and keep what a figure can show."""

    text: str


@wire("masking/heads-result")
@dataclass(frozen=True)
class HeadsResult:
    """The prediction at each position that can be covered (special tokens and typed blanks are left out), in fp32.

    positions[n], original[n], original_logit[n], p_original[n], rank[n] (1 = first), surprisal[n] = −ln p_original
    ids[n, k], logits[n, k], tails[n, NODES]   a `Head` a position
    hidden[n, d]         the encoder's output vectors
    transformed[n, d]    after the head's dense layer, activation and LayerNorm: whatever else is asked of these
                         positions is computed from here, without another forward pass
    """

    tokens: Tokens
    positions: Ids
    original: Ids
    original_logit: Floats
    p_original: Floats
    rank: Ids
    surprisal: Floats
    ids: Ids
    logits: Floats
    tails: Doubles
    hidden: Floats
    transformed: Floats
    vocab_size: int

    def row(self, position: int) -> int | None:
        """Where `position` stands in the arrays; None for one that was not covered."""
        found = np.flatnonzero(self.positions == position)
        return int(found[0]) if found.size else None

    def head(self, row: int) -> Head:
        return Head(self.ids[row], self.logits[row], self.tails[row], self.vocab_size)

    def known(self, row: int) -> Known:
        """The token that the reader wrote there."""
        return Known(int(self.original[row]), float(self.original_logit[row]), int(self.rank[row]))


@wire("masking/words-inputs")
@dataclass(frozen=True)
class WordsInputs:
    """Score and rank of the tokens `ids` at every covered position of `heads`."""

    heads: Ref[HeadsResult]
    ids: tuple[int, ...]


@wire("masking/words-result")
@dataclass(frozen=True)
class WordsResult:
    """logits[n, w] and rank[n, w] (1 = first) of w tokens at the n positions of the heads."""

    ids: tuple[int, ...]
    logits: Floats
    rank: Ids

    def known(self, row: int) -> tuple[Known, ...]:
        scores, ranks = self.logits[row].tolist(), self.rank[row].tolist()
        return tuple(Known(*each) for each in zip(self.ids, scores, ranks, strict=True))


@wire("masking/whole-inputs")
@dataclass(frozen=True)
class WholeInputs:
    """All scores at one covered `position` of `heads`."""

    heads: Ref[HeadsResult]
    position: int


@wire("masking/whole-result")
@dataclass(frozen=True)
class WholeResult:
    """logits[vocab], of which the position's head is the beginning."""

    position: int
    logits: Floats


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
HEADS = Experiment[HeadsInputs, HeadsResult]("masking/heads", version=1, kind="stream")
WORDS = Experiment[WordsInputs, WordsResult]("masking/words", version=1, uses_results=True)
WHOLE = Experiment[WholeInputs, WholeResult]("masking/whole", version=1, uses_results=True)
TREAT = Experiment[TreatInputs, TreatResult]("masking/treat", version=1)
AVERAGE = Experiment[AverageInputs, AverageResult]("masking/average", version=1, kind="stream")
JOINT = Experiment[JointInputs, JointResult]("masking/joint", version=2)
LENS = Experiment[LensInputs, LensResult]("masking/lens", version=1)
WORD = Experiment[WordInputs, WordResult]("masking/word", version=2)
