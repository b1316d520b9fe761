"""Inputs and results of where the norm sits and of two losses at once; both on the small language (chapter 12, 家族).

A network is one of `learning.policy`.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.lab.types.arrays import Floats
from explorer.lab.types.codec import wire
from explorer.lab.types.experiment import Experiment, Ref
from explorer.lab.types.rlhf import SftResult

SIZES = (4, 8)  # layers
RATES = (1e-3, 3e-3, 1e-2)
LAMBDAS = (0.0, 0.1, 0.5, 1.0, 2.0)


@wire("family/norms-inputs")
@dataclass(frozen=True)
class NormsInputs:
    """Two networks of `layers` layers, one with the norm in front of each part, one behind; trained at one rate."""

    layers: int = 8
    rate: float = 3e-3
    steps: int = 60
    seed: int = 0


@wire("family/norms-step")
@dataclass(frozen=True)
class NormsStep:
    """Losses after `step` of `total` steps, both networks."""

    step: int
    total: int
    pre: float
    post: float


@wire("family/norms-result")
@dataclass(frozen=True)
class NormsResult:
    """pre, post: gradient norm of each layer's weights before the first step [layers]; the losses of every step.

    A loss that is no number any more is kept as the last one that was.
    """

    pre: Floats
    post: Floats
    pre_losses: Floats
    post_losses: Floats


@wire("family/losses-inputs")
@dataclass(frozen=True)
class LossesInputs:
    """Learn a task with λ times the language-model loss beside it, from the network that has learnt the demonstrations.

    examples  how many labelled sentences there are to learn the task from
    """

    sft: Ref[SftResult]
    weight: float = 0.5
    examples: int = 800
    steps: int = 150
    seed: int = 0


@wire("family/losses-step")
@dataclass(frozen=True)
class LossesStep:
    """After `step` of `total` steps: the task's loss L2 and the language model's L1 on the batch, unweighted."""

    step: int
    total: int
    task: float
    language: float


@wire("family/losses-result")
@dataclass(frozen=True)
class LossesResult:
    """task, language[step]: L2 and L1 while training; on new sentences: accuracy, majority, L1 before and after."""

    task: Floats
    language: Floats
    accuracy: float
    majority: float
    before: float
    after: float


NORMS = Experiment[NormsInputs, NormsResult, NormsStep](
    "family/norms", version=1, kind="stream", runs="here", trains=True
)
LOSSES = Experiment[LossesInputs, LossesResult, LossesStep](
    "family/losses", version=1, kind="stream", runs="here", trains=True, uses_results=True
)
