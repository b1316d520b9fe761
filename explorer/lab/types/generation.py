"""Inputs and results of chapter 7, 接龙 (causal language modelling, one token at a time).

A text is given as token ids, special tokens included, so that what was generated is read exactly as it was written.
`logits[vocab]` are float32 scores before the softmax. Probabilities are plain floats in 0…1; surprisal, entropy,
cross-entropy and log-probabilities are in nats. `ms` are milliseconds of wall clock on the machine that computed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.lab.types.arrays import Floats, Ints
from explorer.lab.types.codec import wire
from explorer.lab.types.experiment import Experiment


@wire("generation/settings")
@dataclass(frozen=True)
class Settings:
    """How scores become an offer: repetition penalty, then temperature, then top-k, top-p and min-p, in this order.

    temperature  0: the likeliest token alone
    top_k        0: all; more than the vocabulary has is all
    top_p        the fewest tokens that hold this share of what top-k left
    min_p        tokens with at least this share of the best one's probability
    repetition   scores of tokens already in the text are divided by it if positive, else multiplied (1: none)
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0
    repetition: float = 1.0


def chance_at(seed: int, place: int) -> float:
    """The number in [0, 1) that decides the token at `place` of a text (places count its tokens from 0)."""
    return float(np.random.default_rng((seed, place)).random())


@wire("generation/follow-inputs")
@dataclass(frozen=True)
class FollowInputs:
    """What may follow `ids`? Empty ids stand for the model's own beginning of a text."""

    ids: tuple[int, ...]


@wire("generation/follow-result")
@dataclass(frozen=True)
class FollowResult:
    """logits[vocab] of the next token, and what it took to get them.

    kept      tokens whose keys and values were there already; new: tokens read for this answer
    dropped   tokens at the beginning that the model no longer sees, because the text is longer than its limit
    n_bytes   what keys and values of the tokens seen take
    """

    logits: Floats
    kept: int
    new: int
    dropped: int
    limit: int
    n_bytes: int
    ms: float


@wire("generation/scan-inputs")
@dataclass(frozen=True)
class ScanInputs:
    """Every token of several texts predicted from those before it, as in training."""

    rows: tuple[tuple[int, ...], ...]


@wire("generation/scanned-row")
@dataclass(frozen=True)
class ScannedRow:
    """One text: target[n] is the token that position n should predict, so n counts predictions, from the first token.

    p[n], rank[n] (1 = first), nats[n] = −ln p, entropy[n] of the distribution, top_ids[n, 5] and top_p[n, 5].
    `dropped` tokens at the beginning were more than the model can see and are left out.
    """

    target: Ints
    p: Floats
    rank: Ints
    nats: Floats
    entropy: Floats
    top_ids: Ints
    top_p: Floats
    dropped: int


@wire("generation/scan-result")
@dataclass(frozen=True)
class ScanResult:
    rows: tuple[ScannedRow, ...]


@wire("generation/write-inputs")
@dataclass(frozen=True)
class WriteInputs:
    """`n` more tokens after `ids`, each drawn with the number that `seed` gives for its place."""

    ids: tuple[int, ...]
    n: int
    settings: Settings
    seed: int


@wire("generation/written")
@dataclass(frozen=True)
class Written:
    """One token of a streamed text: its probability in the offer it was drawn from (`p`) and in the model's own
    distribution (`p_model`), its rank there, surprisal and entropy of that; the five likeliest; where chance fell."""

    token_id: int
    p: float
    p_model: float
    rank: int
    nats: float
    entropy: float
    top_ids: tuple[int, ...]
    top_p: tuple[float, ...]
    chance: float


@wire("generation/write-result")
@dataclass(frozen=True)
class WriteResult:
    """All that was written; `ended` is True when the model itself closed its text, `dropped` as in FollowResult."""

    written: tuple[Written, ...]
    ended: bool
    dropped: int
    ms: float


@wire("generation/ways-inputs")
@dataclass(frozen=True)
class WaysInputs:
    """`n` tokens after `ids` in three ways: greedy, sampled (once for each seed), beam search with `beams` beams."""

    ids: tuple[int, ...]
    n: int
    beams: int
    length_penalty: float
    settings: Settings
    seeds: tuple[int, ...]


@wire("generation/node")
@dataclass(frozen=True)
class Node:
    """A token in a tree of continuations. `parent` is another node's place in the tuple, −1 for the root's children.

    log_p adds up from the root; `p` is the token's own probability there. `kept`: the search went on from here, or
    ended here. `score` is what the search ranks by.
    """

    parent: int
    depth: int
    token_id: int
    p: float
    log_p: float
    score: float
    kept: bool


@wire("generation/way")
@dataclass(frozen=True)
class Way:
    """One continuation; log_p under the model's own distribution, whatever the settings it was drawn with."""

    name: str
    seed: int
    ids: tuple[int, ...]
    log_p: float
    score: float


@wire("generation/ways-result")
@dataclass(frozen=True)
class WaysResult:
    ways: tuple[Way, ...]
    tree: tuple[Node, ...]


@wire("generation/tree-inputs")
@dataclass(frozen=True)
class TreeInputs:
    """The `width` likeliest tokens after `ids`, the `width` likeliest after each of these, to `depth`."""

    ids: tuple[int, ...]
    width: int
    depth: int


@wire("generation/tree-result")
@dataclass(frozen=True)
class TreeResult:
    tree: tuple[Node, ...]


@wire("generation/context-inputs")
@dataclass(frozen=True)
class ContextInputs:
    """The same text when only the last k tokens may be seen."""

    ids: tuple[int, ...]
    windows: tuple[int, ...]


@wire("generation/context-result")
@dataclass(frozen=True)
class ContextResult:
    """nats[window, n]: cross-entropy of each predicted token; windows[window]: tokens seen, at last all of them."""

    windows: Ints
    nats: Floats


@wire("generation/ngram-inputs")
@dataclass(frozen=True)
class NgramInputs:
    """A text, and another on which an n-gram model is counted."""

    ids: tuple[int, ...]
    corpus: tuple[int, ...]


@wire("generation/ngram-result")
@dataclass(frozen=True)
class NgramResult:
    """nats[order, n] of the same tokens as in ContextResult, for n-gram models of order 1, 2, 3, 4."""

    nats: Floats
    corpus_tokens: int


@wire("generation/cache-inputs")
@dataclass(frozen=True)
class CacheInputs:
    """`n` greedy steps after `ids`, each made twice: with keys and values kept, and reading all again."""

    ids: tuple[int, ...]
    n: int


@wire("generation/cache-result")
@dataclass(frozen=True)
class CacheResult:
    """One entry a step: the token chosen, how many tokens were kept, bytes held after the step, milliseconds of both
    ways, and the largest difference of any of their scores."""

    token_ids: Ints
    kept: Ints
    n_bytes: Ints
    ms_with: Floats
    ms_without: Floats
    difference: Floats


@wire("generation/inside-inputs")
@dataclass(frozen=True)
class InsideInputs:
    """One step looked into: what every layer would say, and what one head of one layer takes from the text."""

    ids: tuple[int, ...]
    layer: int
    head: int


@wire("generation/inside-result")
@dataclass(frozen=True)
class InsideResult:
    """lens[layer + 1, vocab] scores read at every layer, entry 0 the embeddings; weights[layer, head, token] how much
    the last token takes from each; and of the chosen head: query[d], keys[token, d], scale, bias[token].

    weights[layer, head] = softmax(scale · keys · query + bias). `sees` counts the tokens the chosen layer may look at.
    """

    lens: Floats
    weights: Floats
    query: Floats
    keys: Floats
    scale: float
    bias: Floats
    n_kv_heads: int
    dropped: int


@wire("generation/left-inputs")
@dataclass(frozen=True)
class LeftInputs:
    """How likely is each piece text[start:end] when only what stands left of it is known?"""

    text: str
    spans: tuple[tuple[int, int], ...]
    look: int


@wire("generation/left-result")
@dataclass(frozen=True)
class LeftResult:
    """p[span]: that the text goes on with these characters; logits[vocab] of the next token at span `look`.

    Several tokens that spell a piece are multiplied; of the last one all tokens that begin with what is left count.
    """

    p: Floats
    logits: Floats
    answer: int


FOLLOW = Experiment[FollowInputs, FollowResult]("generation/follow", version=1, kind="batched", uses_session_cache=True)
SCAN = Experiment[ScanInputs, ScanResult]("generation/scan", version=1)
WRITE = Experiment[WriteInputs, WriteResult, Written](
    "generation/write", version=1, kind="stream", uses_session_cache=True
)
WAYS = Experiment[WaysInputs, WaysResult]("generation/ways", version=1, kind="stream")
TREE = Experiment[TreeInputs, TreeResult]("generation/tree", version=1)
CONTEXT = Experiment[ContextInputs, ContextResult]("generation/context", version=1, kind="stream")
NGRAM = Experiment[NgramInputs, NgramResult]("generation/ngram", version=1)
CACHED = Experiment[CacheInputs, CacheResult]("generation/cached", version=1, kind="stream")
INSIDE = Experiment[InsideInputs, InsideResult]("generation/inside", version=1)
LEFT = Experiment[LeftInputs, LeftResult]("generation/left", version=1)
