"""Scaling before one's eyes: small causal models of several sizes, each trained on several amounts of text.

After Kaplan et al. 2020 (loss against size and against text, training stopped where unread text is read best). The text
is an invented language (lab/types/invented.py), so the lowest loss there can be is known. Needs no model; torch is
imported when it runs.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from explorer.lab.experiment import implements
from explorer.lab.types import invented
from explorer.lab.types.arrays import Ints
from explorer.lab.types.scaling import SCALING, ScalingInputs, ScalingResult, ScalingStep, checked

if TYPE_CHECKING:
    from torch import Tensor

BATCH = 64
EVERY = 25  # steps between two looks
PATIENCE = 4  # looks without a lower loss, after which a run ends
LAYERS, HEADS = 2, 4
RATE = 0.03  # divided by the square root of the width
CLIP = 1.0


@implements(SCALING)
def scaling(_: None, inputs: ScalingInputs) -> Iterator[ScalingStep | ScalingResult]:
    """One run after the other, the smallest first. Raises Told: scaling_outside, training_diverged."""
    checked(inputs)
    start = time.perf_counter()
    judged = invented.sentences(inputs.unread, inputs.unread_seed)
    unread = _rows(judged)
    shape = (len(inputs.widths), len(inputs.sentences))
    loss, at = np.full(shape, np.inf, dtype=np.float32), np.zeros(shape, dtype=np.int64)
    sizes = np.zeros(len(inputs.widths), dtype=np.int64)
    total = len(inputs.widths) * len(inputs.sentences) * inputs.steps
    for text, count in enumerate(inputs.sentences):
        rows = _rows(invented.sentences(count, inputs.seed))
        for width, wide in enumerate(inputs.widths):
            begun = (text * len(inputs.widths) + width) * inputs.steps
            for step, value, size in _run(wide, rows, unread, inputs):
                sizes[width] = size
                if value < loss[width, text]:
                    loss[width, text], at[width, text] = value, step
                yield ScalingStep(width, text, size, step, value, begun + step, total)
    yield ScalingResult(
        loss=loss,
        at=at,
        sizes=sizes,
        words=np.array(inputs.sentences, dtype=np.int64) * invented.LENGTH,
        best=invented.best(judged),
        blind=_blind(judged, inputs),
        seconds=time.perf_counter() - start,
    )


def _rows(words: Ints) -> Tensor:
    """ids[sentences, 1 + LENGTH], with the token that begins each."""
    import torch

    begin = np.full((len(words), 1), invented.START, dtype=np.int64)
    return torch.from_numpy(np.concatenate([begin, words], axis=1))


def _run(width: int, rows: Tensor, unread: Tensor, inputs: ScalingInputs) -> Iterator[tuple[int, float, int]]:
    """(step, loss of the unread sentences, number of weights) every few steps, until it no longer falls."""
    import torch

    from explorer.learning import policy
    from explorer.learning.loop import Group, fit, shuffled

    generator = torch.Generator().manual_seed(inputs.seed)
    shape = policy.Shape(invented.WORDS + 1, invented.LENGTH, LAYERS, width, HEADS)
    weights = {name: one.requires_grad_() for name, one in policy.fresh(shape, generator).items()}
    size = sum(one.numel() for one in weights.values())
    epochs = -(-inputs.steps * BATCH // len(rows)) + 1
    order = shuffled(len(rows), BATCH, epochs, generator)
    batches = (rows[next(order)] for _ in range(inputs.steps))

    def nats(batch: Tensor) -> Tensor:
        return -policy.log_probabilities(weights, shape, batch)[0].mean()

    def rate(step: int) -> float:
        return float(RATE / width**0.5 * min(step / EVERY, (inputs.steps + 1 - step) / inputs.steps))

    lowest, waited = np.inf, 0
    for step in fit([Group(list(weights.values()), rate)], batches, nats, clip=CLIP):
        if step.step % EVERY and step.step != inputs.steps:
            continue
        with torch.no_grad():
            value = float(nats(unread))
        yield step.step, value, size
        lowest, waited = (value, 0) if value < lowest else (lowest, waited + 1)
        if waited == PATIENCE:
            return


def _blind(words: Ints, inputs: ScalingInputs) -> float:
    """The loss of who knows only how often each word comes, counted on a text of its own."""
    many = invented.sentences(20_000, inputs.unread_seed + 1)
    counts = np.bincount(many.ravel(), minlength=invented.WORDS) + 1.0
    return float(np.mean(-np.log(counts / counts.sum())[words]))
