"""Inputs and results of teaching a small model to answer: raw text, then demonstrations, then dialogues (chapter 12).

Rows of tokens are numbers of `toy_language.WORDS`. Stages count from 0: raw text alone, demonstrations, dialogues.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.lab.types.arrays import Floats, Ids
from explorer.lab.types.codec import wire
from explorer.lab.types.experiment import Experiment

STAGES = 3


@wire("family/told-inputs")
@dataclass(frozen=True)
class ToldInputs:
    """Read raw text for `steps` steps, then `taught` steps of demonstrations, then as many of dialogues."""

    steps: int = 300
    taught: int = 150
    seed: int = 0


@wire("family/told-step")
@dataclass(frozen=True)
class ToldStep:
    """After `step` of `total` steps, in this stage: the loss on the batch, nats a word."""

    step: int
    total: int
    stage: int
    loss: float


@wire("family/told-result")
@dataclass(frozen=True)
class ToldResult:
    """At the end of each stage, over `tried` drawn texts: asks[stage], how many go on with another question;
    answers[stage], how many answer without a fault; second[stage], how many answer the second question of a dialogue.

    losses[step]; alone[stage, n, tokens]: what follows a question; talk[stage, n, tokens]: what follows a question, its
    answer and a second question.
    """

    losses: Floats
    asks: Floats
    answers: Floats
    second: Floats
    tried: int
    alone: Ids
    talk: Ids


TOLD = Experiment[ToldInputs, ToldResult, ToldStep]("family/told", version=1, kind="stream", runs="here", trains=True)
