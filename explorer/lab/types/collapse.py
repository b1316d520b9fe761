"""Inputs and results of collapse in two dimensions: points on a ring with a gap, one small encoder (chapter 11)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from explorer.lab.types.arrays import Floats, Ints
from explorer.lab.types.codec import wire
from explorer.lab.types.experiment import Experiment

POINTS = 200
SPREAD = 1 / math.sqrt(2)  # standard deviation a coordinate of points that lie all round the unit circle
COLLAPSED, KEPT = 0.05, 0.5  # below and above: what is called collapsed, and spread


@wire("beyond/collapse-inputs")
@dataclass(frozen=True)
class CollapseInputs:
    """Give two jittered views of a point the same vector, with or without what keeps all points from becoming the same.

    stop_gradient  the second view's vector is a target: no gradient goes through it
    predictor      a second small network on the first view's vector
    average        the target comes from a moving average of the encoder (it never has a gradient)
    negatives      the other points' targets push away (a softmax over all of them)
    """

    stop_gradient: bool = True
    predictor: bool = True
    average: bool = False
    negatives: bool = False
    steps: int = 300
    seed: int = 0


@wire("beyond/collapse-step")
@dataclass(frozen=True)
class CollapseStep:
    """After `step` of `total` steps: the loss before the last of them, and the points[N, 2] on the unit circle."""

    step: int
    total: int
    loss: float
    points: Floats


@wire("beyond/collapse-result")
@dataclass(frozen=True)
class CollapseResult:
    """losses[steps]; points[K, N, 2] on the unit circle after at[K] steps; seconds of the whole run."""

    losses: Floats
    at: Ints
    points: Floats
    seconds: float


COLLAPSE = Experiment[CollapseInputs, CollapseResult, CollapseStep](
    "beyond/collapse", version=1, kind="stream", runs="here", trains=True
)


def spread(points: Floats) -> float:
    """The standard deviation a coordinate, the mean of both: 0 where all points are one, at most 1/√2."""
    return float(points.std(axis=0).mean())
