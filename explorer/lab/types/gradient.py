"""Inputs and results of chapter 8's other way: the same examples taught by gradient, to a copy of the model.

The examples come as they do in a prompt (lab/types/in_context.py); `log_p` is in nats.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.errors import Told
from explorer.lab.types.arrays import Floats
from explorer.lab.types.codec import wire
from explorer.lab.types.core import Progress
from explorer.lab.types.experiment import Experiment
from explorer.lab.types.in_context import MOST_SHOTS, Prompt

MOST_EPOCHS = 20


@wire("in-context/gradient-inputs")
@dataclass(frozen=True)
class GradientInputs:
    """Teach a copy the prompt's examples, one a step, `epochs` times over; ask it the query, with no example before it.

    layers  the top so many layers learn, at the rate `rate`; everything below, and the word vectors, stand still
    """

    prompt: Prompt
    answer: str
    layers: int = 4
    rate: float = 3e-5
    epochs: int = 3
    seed: int = 0


@wire("in-context/gradient-step")
@dataclass(frozen=True)
class GradientStep:
    """After `done` of `total` steps: the loss of its example before the step (nats a token)."""

    done: int
    total: int
    loss: float


@wire("in-context/gradient-result")
@dataclass(frozen=True)
class GradientResult:
    """log_p[epochs + 1]: of the answer after the bare query, before the first epoch and after each; losses[steps].

    before, after  SHA-256 of the copy's weights before the first step and after the last
    shared         the same of the model that others read, when all was done
    n_tuned        how many weights could change; n_weights: how many there are
    """

    losses: Floats
    log_p: Floats
    before: str
    after: str
    shared: str
    n_tuned: int
    n_weights: int
    seconds: float


def checked(inputs: GradientInputs) -> None:
    """Raises Told: no_examples, gradient_outside (rows, epochs)."""
    if not inputs.prompt.rows:
        raise Told("no_examples")
    if not (len(inputs.prompt.rows) <= MOST_SHOTS and 1 <= inputs.epochs <= MOST_EPOCHS):
        raise Told("gradient_outside", rows=MOST_SHOTS, epochs=MOST_EPOCHS)


GRADIENT = Experiment[GradientInputs, GradientResult, GradientStep | Progress](
    "in-context/gradient", version=1, kind="stream", trains=True
)
