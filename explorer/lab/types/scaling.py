"""Inputs and results of chapter 8's scaling: small models of several sizes, each on several amounts of text.

W sizes, T amounts of text. Losses are nats a word, of sentences that no model has read.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.errors import Told
from explorer.lab.types.arrays import Floats, Ints
from explorer.lab.types.codec import wire
from explorer.lab.types.core import Progress
from explorer.lab.types.experiment import Experiment

MOST_WIDTH, MOST_SENTENCES, MOST_STEPS, MOST_RUNS = 128, 40_000, 2000, 16


@wire("in-context/scaling-inputs")
@dataclass(frozen=True)
class ScalingInputs:
    """Train one model for each width and each number of sentences, for at most so many steps.

    unread  so many sentences, drawn by `unread_seed`, judge every run
    """

    widths: tuple[int, ...] = (8, 24, 64)
    sentences: tuple[int, ...] = (300, 2400, 19200)
    steps: int = 400
    seed: int = 0
    unread: int = 500
    unread_seed: int = 1_000_003


@wire("in-context/scaling-step")
@dataclass(frozen=True)
class ScalingStep:
    """One look at one run (`width` and `text` are numbers in the inputs, `size` the model's weights): the loss of
    unread sentences after `step` steps, and how much of everything is done."""

    width: int
    text: int
    size: int
    step: int
    loss: float
    done: int
    total: int


@wire("in-context/scaling-result")
@dataclass(frozen=True)
class ScalingResult:
    """loss[W, T]: the lowest of unread sentences in each run; at[W, T]: after how many steps that was.

    sizes[W]   weights of each model; words[T]: words of each text
    best       the loss of who knows the language: no model is lower in the long run; blind: of who knows only how often
               each word comes
    """

    loss: Floats
    at: Ints
    sizes: Ints
    words: Ints
    best: float
    blind: float
    seconds: float


SCALING = Experiment[ScalingInputs, ScalingResult, ScalingStep | Progress](
    "in-context/scaling", version=1, kind="stream", runs="here", trains=True
)


def checked(inputs: ScalingInputs) -> None:
    """Raises Told("scaling_outside", width, sentences, steps)."""
    inside = (
        1 <= len(inputs.widths) * len(inputs.sentences) <= MOST_RUNS
        and all(4 <= width <= MOST_WIDTH and width % 4 == 0 for width in inputs.widths)
        and all(1 <= count <= MOST_SENTENCES for count in (*inputs.sentences, inputs.unread))
        and 1 <= inputs.steps <= MOST_STEPS
    )
    if not inside:
        raise Told("scaling_outside", width=MOST_WIDTH, sentences=MOST_SENTENCES, steps=MOST_STEPS)


def exponent(x: Ints, excess: Floats) -> float:
    """The slope of ln excess over ln x, by least squares: −α of a power law excess = c · x^−α."""
    return float(np.polyfit(np.log(x.astype(np.float64)), np.log(excess.astype(np.float64)), 1)[0])


# Hoffmann et al. 2022 (Chinchilla, arXiv 2203.15556), their third approach, for real text.
FLOOR, OF_SIZE, OF_TEXT = 1.69, (406.4, 0.34), (410.7, 0.28)


def chinchilla(parameters: float, tokens: float) -> tuple[float, float, float]:
    """(what size leaves, what text leaves, the floor), nats a token; their sum is the loss that the law predicts."""
    return OF_SIZE[0] / parameters ** OF_SIZE[1], OF_TEXT[0] / tokens ** OF_TEXT[1], FLOOR
