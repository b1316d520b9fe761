"""Inputs and results of chapter 4, 注意力 (attention).

Positions count tokens from 0, special tokens included. Rows look, columns are looked at: weights[…, i, j] is how much
token i takes from token j, and a row adds up to 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.lab.types.arrays import Floats, Ints
from explorer.lab.types.codec import wire
from explorer.lab.types.core import Tokens
from explorer.lab.types.experiment import Experiment

MAX_TOKENS = 512  # of what is read, special tokens included

Bytes = NDArray[np.uint8]


@wire("attention/sight")
@dataclass(frozen=True)
class Sight:
    """What is read, and which of a model's attentions is meant.

    pair     the second text of a pair ("": there is none)
    part     "self": the encoder's, or a causal model's only one; "decoder" and "cross": a seq2seq model's other two
    target   what the decoder has written so far (for "decoder" and "cross")
    """

    text: str
    pair: str = ""
    part: str = "self"
    target: str = ""


@wire("attention/look-inputs")
@dataclass(frozen=True)
class LookInputs:
    """Every head's weights of every layer; of one `layer` alone where it is not −1 (long texts)."""

    sight: Sight
    layer: int = -1


@wire("attention/look-result")
@dataclass(frozen=True)
class LookResult:
    """weights[layers, heads, L, S] of all layers (or of `layer` alone); thumbs[layers, heads, l, s] are 0…255.

    `looking` are the L tokens that look, `seen` the S they look at: other ones in cross attention only.
    `thumbs` holds all layers always, at most 64 × 64 each: the largest weight of every block of tokens.
    n_kv_heads < heads means that several query heads share one key and value. window[layers]: how many tokens back
    (or to either side) a layer may look; 0: all of them. `causal`: nobody sees the future.
    """

    looking: Tokens
    seen: Tokens
    weights: Floats
    thumbs: Bytes
    layer: int
    n_kv_heads: int
    causal: bool
    window: tuple[int, ...]


@wire("attention/cell-inputs")
@dataclass(frozen=True)
class CellInputs:
    """One query token in one head."""

    sight: Sight
    layer: int
    head: int
    query: int


@wire("attention/cell-result")
@dataclass(frozen=True)
class CellResult:
    """q · k → × scale → + bias → softmax → weighted v, as the model computed it.

    query[d], key[S, d] and value[S, d] as they met: after rotary positions and normalisation where there are any.
    bias[S]: relative positions, very negative where the token may not look. output[d] = weights·value.
    kv_head: which key/value head this query head uses, of n_kv_heads. `rotary`: q and k were turned by position.
    """

    looking: Tokens
    seen: Tokens
    query: Floats
    key: Floats
    value: Floats
    scale: float
    bias: Floats
    weights: Floats
    output: Floats
    n_heads: int
    n_kv_heads: int
    kv_head: int
    rotary: bool
    window: int


@wire("attention/cells-result")
@dataclass(frozen=True)
class CellsResult:
    """Everything `CellResult` has, of all cells of a text of up to 128 tokens, from one run.

    query[layers, heads, L, d], key and value[layers, heads, S, d], weights[layers, heads, L, S], scale[layers];
    bias[layers, heads or 1, L, S]: one for all heads where they share it.
    """

    looking: Tokens
    seen: Tokens
    query: Floats
    key: Floats
    value: Floats
    scale: Floats
    bias: Floats
    weights: Floats
    n_kv_heads: int
    rotary: bool
    window: tuple[int, ...]

    def one(self, layer: int, head: int, query: int) -> CellResult:
        """The row of one query token in one head."""
        n_heads = self.query.shape[1]
        weights, value = self.weights[layer, head, query], self.value[layer, head]
        return CellResult(
            looking=self.looking,
            seen=self.seen,
            query=self.query[layer, head, query],
            key=self.key[layer, head],
            value=value,
            scale=float(self.scale[layer]),
            bias=self.bias[layer, head % self.bias.shape[1], query],
            weights=weights,
            output=weights @ value,
            n_heads=n_heads,
            n_kv_heads=self.n_kv_heads,
            kv_head=head * self.n_kv_heads // n_heads,
            rotary=self.rotary,
            window=self.window[layer],
        )


@wire("attention/atlas-result")
@dataclass(frozen=True)
class AtlasResult:
    """Measures of every head, [layers, heads] each, means over the tokens that look; and attention rollout.

    entropy in bits, distance in tokens, the rest shares 0…1: of the weight that goes to the token itself, to the one
    before, the one after, the first special token, the other special tokens, and to other tokens of the same word.
    rollout[layers, L, L] (Abnar & Zuidema 2020): heads averaged, half of every step stays in place, layers multiplied.
    """

    looking: Tokens
    entropy: Floats
    distance: Floats
    itself: Floats
    previous: Floats
    following: Floats
    first: Floats
    separators: Floats
    same: Floats
    rollout: Floats


@wire("attention/off-inputs")
@dataclass(frozen=True)
class OffInputs:
    """The prediction with some heads switched off: `off` are (layer, head).

    A masked model reads position `position` with [MASK] put there; a causal one what follows the text (position −1).
    """

    text: str
    position: int
    off: tuple[tuple[int, int], ...] = ()


@wire("attention/off-result")
@dataclass(frozen=True)
class OffResult:
    """logits[2, vocab]: the untouched model, and the one with its heads off. original is −1 where there is none."""

    tokens: Tokens
    position: int
    original: int
    logits: Floats


@wire("attention/influence-result")
@dataclass(frozen=True)
class InfluenceResult:
    """Each head off alone. kl[layers, heads] = KL(untouched ‖ head off) in nats; top[layers, heads] the first guess."""

    tokens: Tokens
    position: int
    untouched: int
    kl: Floats
    top: Ints
    p_top: Floats


@wire("attention/padding-inputs")
@dataclass(frozen=True)
class PaddingInputs:
    """A text padded with `count` padding tokens, as it would be in a batch beside a longer one."""

    text: str
    count: int = 6


@wire("attention/padding-result")
@dataclass(frozen=True)
class PaddingResult:
    """Mean over heads of one row a token, at every layer: masked[layers, L, L + count] and the same without the mask.

    moved[L]: distance between the last layer's vectors of the padded text and those of the text alone, without the
    padding mask; moved_masked[L]: with it (zero but for rounding).
    """

    tokens: Tokens
    count: int
    masked: Floats
    unmasked: Floats
    moved: Floats
    moved_masked: Floats


@wire("attention/window-inputs")
@dataclass(frozen=True)
class WindowInputs:
    """Masked loss of the texts when a position sees `widths` tokens at most: width // 2 to each side; 0: all."""

    texts: tuple[str, ...]
    widths: tuple[int, ...] = (4, 8, 16, 0)
    every: int = 1


@wire("attention/window-result")
@dataclass(frozen=True)
class WindowResult:
    """loss[widths, n] in nats: −ln P(original) of every covered position, one covered at a time."""

    widths: tuple[int, ...]
    loss: Floats


@wire("attention/dense-inputs")
@dataclass(frozen=True)
class DenseInputs:
    """Dense attention of `heads` heads of `d_head` numbers, for each length."""

    lengths: tuple[int, ...] = (64, 128, 256, 512, 1024, 2048)
    heads: int = 12
    d_head: int = 32


@wire("attention/dense-result")
@dataclass(frozen=True)
class DenseResult:
    """seconds[n] the fastest of a few runs, and bytes[n] of the tensors one run makes, for each length that is safe."""

    lengths: tuple[int, ...]
    seconds: Floats
    bytes: Ints


LOOK = Experiment[LookInputs, LookResult]("attention/look", version=1)
CELL = Experiment[CellInputs, CellResult]("attention/cell", version=1)
CELLS = Experiment[LookInputs, CellsResult]("attention/cells", version=1)
ATLAS = Experiment[LookInputs, AtlasResult]("attention/atlas", version=1)
OFF = Experiment[OffInputs, OffResult]("attention/off", version=1)
INFLUENCE = Experiment[OffInputs, InfluenceResult]("attention/influence", version=1, kind="stream")
PADDING = Experiment[PaddingInputs, PaddingResult]("attention/padding", version=1)
WINDOW = Experiment[WindowInputs, WindowResult]("attention/window", version=1, kind="stream")
DENSE = Experiment[DenseInputs, DenseResult]("attention/dense", version=1, kind="stream")
