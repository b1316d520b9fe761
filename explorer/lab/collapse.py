"""Collapse in two dimensions: a small encoder that is to give two views of a point the same vector. Chapter 11.

After SimSiam (Chen & He 2021): batch normalisation in the encoder, a predictor, a stop-gradient; BYOL's moving average
and SimCLR's negatives as switches beside them. The ring has a gap: a whole one, once it lies around the origin, can't
be drawn together without being cut, whatever the switches say. Nor is the output normalised over the batch: in two
dimensions that alone keeps points apart. Torch comes when one is run.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import numpy as np

from explorer.errors import Told
from explorer.lab.experiment import implements
from explorer.lab.types.arrays import Floats
from explorer.lab.types.collapse import COLLAPSE, POINTS, CollapseInputs, CollapseResult, CollapseStep

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    Net = dict[str, Tensor]

WIDTH = 32
RATE, PREDICTOR_RATE = 0.01, 0.05
WARM_UP = 50  # steps in which the encoder's rate rises: the predictor is new and goes ahead
ARC = math.radians(300)
TURN, NOISE = 0.4, 0.1  # of a view: radians along the ring, and a shift of either coordinate
EVERY = 10
MOMENTUM = 0.95
TEMPERATURE = 0.2
MOST_STEPS = 1000


@implements(COLLAPSE)
def collapse(_: None, inputs: CollapseInputs) -> Iterator[CollapseStep | CollapseResult]:
    """Train, and show every few steps where the points lie. Raises Told: collapse_outside, training_diverged."""
    from explorer.learning import policy

    if not 1 <= inputs.steps <= MOST_STEPS:
        raise Told("collapse_outside", steps=MOST_STEPS)
    return policy.in_one_thread(_collapse(inputs))


def _collapse(inputs: CollapseInputs) -> Generator[CollapseStep | CollapseResult]:
    import torch

    from explorer.learning.loop import Group, fit

    begun = time.perf_counter()
    generator = torch.Generator().manual_seed(inputs.seed)
    angles = torch.linspace(0, ARC, POINTS)
    with torch.inference_mode(False):
        encoder, predictor = drawn(generator), drawn(generator, normed=False)
        with torch.no_grad():
            encoder["last_shift"].sub_(encoded(encoder, _ring(angles)).mean(0))  # it begins around the origin
        target = {name: one.detach().clone() for name, one in encoder.items()}

    def view() -> Tensor:
        turned = (angles + TURN * torch.randn(POINTS, generator=generator)).abs()
        turned = ARC - (ARC - turned).abs()  # thrown back at either end: no view lies in the gap
        return _ring(turned) + NOISE * torch.randn(POINTS, 2, generator=generator)

    def loss(views: tuple[Tensor, Tensor]) -> Tensor:
        sides = [(encoded(encoder, one), encoded(target, one) if inputs.average else None) for one in views]
        terms = []
        for (own, _), (other, averaged) in (sides, sides[::-1]):
            aim = other if averaged is None else averaged
            aim = aim.detach() if inputs.stop_gradient or inputs.average else aim
            terms.append(apart(predicted(predictor, own) if inputs.predictor else own, aim, inputs.negatives))
        return (terms[0] + terms[1]) / 2

    def look() -> Floats:
        with torch.no_grad():
            points: Floats = torch.nn.functional.normalize(encoded(encoder, _ring(angles)), dim=-1).numpy()
        return points

    groups = [Group(list(encoder.values()), lambda step: RATE * min(1, step / WARM_UP))]
    if inputs.predictor:
        groups.append(Group(list(predictor.values()), PREDICTOR_RATE))
    losses: list[float] = []
    at, points = [0], [look()]
    yield CollapseStep(0, inputs.steps, math.nan, points[0])
    for step in fit(groups, ((view(), view()) for _ in range(inputs.steps)), loss):
        losses.append(step.loss)
        with torch.no_grad():
            for name, one in target.items():
                one.mul_(MOMENTUM).add_(encoder[name], alpha=1 - MOMENTUM)
        if step.step % EVERY == 0 or step.step == inputs.steps:
            at.append(step.step)
            points.append(look())
            yield CollapseStep(step.step, inputs.steps, step.loss, points[-1])
    yield CollapseResult(
        np.array(losses, dtype=np.float32), np.array(at), np.stack(points), time.perf_counter() - begun
    )


def apart(own: Tensor, aim: Tensor, negatives: bool) -> Tensor:
    """−cos, the mean over points; with negatives the cross-entropy of finding the own one among all aims."""
    import torch
    from torch.nn.functional import cross_entropy, normalize

    own, aim = normalize(own, dim=-1), normalize(aim, dim=-1)
    if negatives:
        return cross_entropy(own @ aim.T / TEMPERATURE, torch.arange(len(own)))
    return -(own * aim).sum(-1).mean()


def encoded(net: Net, x: Tensor) -> Tensor:
    """Two layers; what the first gives is normalised over the batch, then scaled and shifted by learnt numbers."""
    from torch.nn.functional import batch_norm, relu

    hidden = relu(batch_norm(x @ net["in"], None, None, net["scale"], net["shift"], training=True))
    return hidden @ net["out"] + net["last_shift"]


def predicted(net: Net, z: Tensor) -> Tensor:
    """Two layers on the vector's direction."""
    from torch.nn.functional import normalize, relu

    return relu(normalize(z, dim=-1) @ net["in"] + net["shift"]) @ net["out"] + net["last_shift"]


def _ring(angles: Tensor) -> Tensor:
    import torch

    return torch.stack([angles.cos(), angles.sin()], dim=-1)


def drawn(generator: torch.Generator, *, normed: bool = True) -> Net:
    """A network's first weights."""
    import torch

    net = {
        "in": torch.randn(2, WIDTH, generator=generator) / math.sqrt(2),
        "out": torch.randn(WIDTH, 2, generator=generator) / math.sqrt(WIDTH),
        "shift": torch.zeros(WIDTH),
        "last_shift": torch.zeros(2),
    }
    if normed:
        net["scale"] = torch.ones(WIDTH)
    return {name: one.requires_grad_() for name, one in net.items()}
