"""Inputs and results of chapter 5, 语境 (words in context).

Layers count from 0. Row 0 of every array over layers is the input *without its position*: token embedding (and
segment) after the embeddings' own LayerNorm, so the same word is the same vector in every sentence. Row l ≥ 1 is
the output of layer l. Cosines and shares are plain floats.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.lab.types.arrays import Floats, Ints
from explorer.lab.types.codec import wire
from explorer.lab.types.core import Tokens
from explorer.lab.types.experiment import Experiment

Doubles = NDArray[np.float64]

LEAST_TOKENS = 60  # words of a text that CBOW is trained on
MOST_BYTES = 60_000
LEAST_POINTS = 4  # below these a neighbourhood graph says nothing


@wire("context/occurrence")
@dataclass(frozen=True)
class Occurrence:
    """The characters start…end (half-open) of `text`: one word in one sentence."""

    text: str
    start: int
    end: int


@wire("context/embed-inputs")
@dataclass(frozen=True)
class EmbedInputs:
    """The vectors of `items` at every layer; a word of several pieces is their mean. `seed` draws the token sample.

    `sort` False runs the sentences one by one in their own order (what sorting and batching save is measured so).
    """

    items: tuple[Occurrence, ...]
    seed: int = 0
    sort: bool = True


@wire("context/embed-result")
@dataclass(frozen=True)
class EmbedResult:
    """vectors[layers + 1, n, d] and what the same pass says of all tokens of these sentences.

    pieces[n]                how many tokens each item is made of
    common[layers + 1, d]    mean vector of the sampled tokens
    top[layers + 1, 3, d]    directions in which they differ most, after `common` is taken away (unit length)
    anisotropy[layers + 1]   mean cosine of two random tokens (Ethayarajh 2019, §3.4)
    self_similarity[…]       mean cosine of two occurrences of one token, over `n_words` tokens (§3.3.1); NaN if none
    intra_sentence[…]        mean cosine of a token and its sentence's mean vector (§3.3.2)
    """

    vectors: Floats
    pieces: Ints
    common: Floats
    top: Floats
    anisotropy: Floats
    self_similarity: Floats
    intra_sentence: Floats
    n_tokens: int
    n_words: int


@wire("context/cbow-inputs")
@dataclass(frozen=True)
class CbowInputs:
    """Train CBOW on `text`: a word from the mean of `window` neighbours on each side, two linear maps, full softmax."""

    text: str
    dims: int = 100
    window: int = 3
    epochs: int = 6
    seed: int = 0


@wire("context/cbow-step")
@dataclass(frozen=True)
class CbowStep:
    """Cross-entropy in nats after so many of all steps; `guess` is ln of the vocabulary."""

    done: int
    total: int
    loss: float
    guess: float


@wire("context/cbow-result")
@dataclass(frozen=True)
class CbowResult:
    """vectors[words, dims], one a word; `losses` are means over equal stretches of the training."""

    words: tuple[str, ...]
    counts: Ints
    vectors: Floats
    losses: Floats
    n_tokens: int
    guess: float


@wire("context/read")
@dataclass(frozen=True)
class Read:
    """How the model reads one occurrence: its tokens and the positions the word takes."""

    tokens: Tokens
    positions: tuple[int, ...]


@wire("context/project-inputs")
@dataclass(frozen=True)
class ProjectInputs:
    """Maps of the vectors of `embedded` at every layer, treated one way, by "umap" or "tsne"."""

    embedded: EmbedResult
    treatment: str
    method: str


@wire("context/project-result")
@dataclass(frozen=True)
class ProjectResult:
    """flat[layers + 1, n, 2] and deep[layers + 1, n, 3], fitted apart."""

    flat: Doubles
    deep: Doubles


@wire("context/land-inputs")
@dataclass(frozen=True)
class LandInputs:
    """rows[layers + 1, m, d], treated like the vectors of `embedded`, to be placed on their UMAPs."""

    embedded: EmbedResult
    treatment: str
    rows: Doubles


@wire("context/land-result")
@dataclass(frozen=True)
class LandResult:
    """placed[layers + 1, m, 2]: where the new rows land on the flat maps, which stay as they are."""

    placed: Doubles


EMBED = Experiment[EmbedInputs, EmbedResult]("context/embed", version=1, kind="stream")
CBOW = Experiment[CbowInputs, CbowResult, CbowStep]("context/cbow", version=1, kind="stream", trains=True)
PROJECT = Experiment[ProjectInputs, ProjectResult]("context/project", version=2, kind="stream", runs="apart")
LAND = Experiment[LandInputs, LandResult]("context/land", version=3, runs="apart")
