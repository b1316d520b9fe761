"""Inputs and results of part-of-speech heads on a frozen body: learnt in some languages, tested in others.

K languages in the order of `content.corpora.LANGUAGES`, width d; tags are numbers of `content.corpora.TAGS`.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.lab.types.arrays import Floats, Ints
from explorer.lab.types.codec import wire
from explorer.lab.types.experiment import Experiment


@wire("languages/pos-inputs")
@dataclass(frozen=True)
class PosInputs:
    """Train a part-of-speech head on tagged sentences of the languages `train`, the body as it is at `layer`.

    centred: each language's mean vector (of its training sentences, untagged) is taken away first.
    """

    digest: str
    train: tuple[str, ...]
    layer: int
    centred: bool
    seed: int
    steps: int


@wire("languages/pos-result")
@dataclass(frozen=True)
class PosResult:
    """A head after `step` of `steps` steps of training.

    losses[step]         cross-entropy on the training words (nats)
    accuracy[K]          on the test sentences of every language; majority[K]: always the commonest training tag
    words[K]             how many test words; trained: how many training words
    weights[d + 1, tags] the head, its bias in the last row; centres[K, d] what is taken away first
    """

    step: int
    steps: int
    losses: Floats
    accuracy: Floats
    majority: Floats
    words: Ints
    trained: int
    weights: Floats
    centres: Floats


@wire("languages/tag-inputs")
@dataclass(frozen=True)
class TagInputs:
    """Tag `text` with a trained head: weights[d + 1, tags] on vectors of `layer` minus centre[d]."""

    text: str
    layer: int
    weights: Floats
    centre: Floats


@wire("languages/tag-result")
@dataclass(frozen=True)
class TagResult:
    """start, end[n] of every word in `text`; tag[n] numbers of content.corpora.TAGS, p[n] their probability."""

    text: str
    start: Ints
    end: Ints
    tag: Ints
    p: Floats


@wire("languages/learn-inputs")
@dataclass(frozen=True)
class LearnInputs:
    """Train a head on any tagged sentences ((word, universal tag), …) in `lang`, and test it on others."""

    train: tuple[tuple[tuple[str, str], ...], ...]
    lang: str
    test: tuple[tuple[tuple[str, str], ...], ...]
    test_lang: str
    layer: int
    seed: int
    steps: int


@wire("languages/learn-result")
@dataclass(frozen=True)
class LearnResult:
    """accuracy on `words` test words; majority: always the commonest training tag."""

    accuracy: float
    majority: float
    words: int


TRAIN_POS = Experiment[PosInputs, PosResult](
    "languages/train-pos", version=1, kind="stream", uses_session_cache=True, trains=True
)
TAG = Experiment[TagInputs, TagResult]("languages/tag", version=1)
LEARN = Experiment[LearnInputs, LearnResult]("languages/learn", version=1)
