"""Inputs and results of chapter 8's mechanism: induction heads in the model, in a prompt, and in a toy that grows one.

A sequence is x₀ … x_{L−1} twice, after the token that begins a text. An induction head looks from the second x_i at the
token after the first one, x_{i+1} (Olsson et al. 2022). Layers and heads are counted from 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.lab.types.arrays import Floats
from explorer.lab.types.codec import wire
from explorer.lab.types.core import Progress
from explorer.lab.types.experiment import Experiment

Place = tuple[int, int]  # layer, head


def stripe(weights: Floats, length: int, first: int) -> Floats:
    """The induction score of attention weights[..., query, key]: the mean weight from position first + length + i to
    first + i + 1, for i = 0 … length − 2; 1 for a head that does nothing else. `first`: tokens before the sequence."""
    queries = first + length + np.arange(length - 1)
    found: Floats = weights[..., queries, queries - length + 1].mean(axis=-1)
    return found


@wire("in-context/induction-inputs")
@dataclass(frozen=True)
class InductionInputs:
    """Random tokens, `length` of them twice, in `sequences` drawn by `seed`; the `best` heads are switched off, and
    as many others, `draws` times."""

    length: int = 20
    sequences: int = 6
    best: int = 3
    draws: int = 20
    seed: int = 0


@wire("in-context/induction-result")
@dataclass(frozen=True)
class InductionResult:
    """scores[layers, heads]; begin[layers, heads]: the weight that goes to the token that begins the text.

    pattern[L, L]  the best head's weights in the first sequence; ids[L]: that sequence
    loss[L − 1]    mean −ln p of each next token, all heads on; off: with the best heads off; random[draws]: the mean of
                   the second copy with as many other heads off. best: the heads that were switched off.
    first          tokens before the sequence
    """

    scores: Floats
    begin: Floats
    pattern: Floats
    ids: tuple[int, ...]
    loss: Floats
    off: Floats
    random: Floats
    best: tuple[Place, ...]
    first: int
    length: int

    def second(self, loss: Floats) -> float:
        """The mean loss of the second copy's tokens, but for its first, which nothing foretells."""
        return float(loss[self.first + self.length :].mean())


@wire("in-context/in-prompt-inputs")
@dataclass(frozen=True)
class InPromptInputs:
    """What heads do at the end of a prompt, and what the answer gets with and without them."""

    text: str
    answer: str
    heads: tuple[Place, ...]


@wire("in-context/in-prompt-result")
@dataclass(frozen=True)
class InPromptResult:
    """weights[heads, tokens]: from the prompt's last token; ln p of the answer with all heads, and without these."""

    ids: tuple[int, ...]
    weights: Floats
    log_p: float
    off: float


@wire("in-context/toy-inputs")
@dataclass(frozen=True)
class ToyInputs:
    """A transformer of attention alone, with so many layers, trained on sequences that repeat."""

    layers: int = 2
    steps: int = 400
    seed: int = 0


@wire("in-context/toy-step")
@dataclass(frozen=True)
class ToyStep:
    """After `done` of `total` steps: the losses of first and second copy (nats), the best head's induction score."""

    done: int
    total: int
    first: float
    second: float
    score: float


@wire("in-context/toy-result")
@dataclass(frozen=True)
class ToyResult:
    """steps[n], first[n], second[n], score[n]; pattern[2L, 2L] of the best head at the end, `place` where it is."""

    steps: Floats
    first: Floats
    second: Floats
    score: Floats
    pattern: Floats
    place: Place
    seconds: float
    n_weights: int
    guess: float


INDUCTION = Experiment[InductionInputs, InductionResult, Progress](
    "in-context/induction", version=1, kind="stream", persist=True
)
IN_PROMPT = Experiment[InPromptInputs, InPromptResult]("in-context/in-prompt", version=1)
TOY = Experiment[ToyInputs, ToyResult, ToyStep]("in-context/toy", version=1, kind="stream", runs="here", trains=True)
