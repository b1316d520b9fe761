"""A toy that grows an induction head while one looks on: attention alone, one or two layers, a vocabulary of 24.

After Olsson et al. 2022 (attention-only models; two layers grow induction heads, one layer can't). Positions are added
to queries and keys alone, never to what is passed on (Press et al. 2021, Shortformer), which lets a head form within
hundreds of steps. Each sequence repeats with a period of its own, so that no fixed distance helps.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from explorer.errors import Told
from explorer.lab.experiment import implements
from explorer.lab.types.arrays import Floats
from explorer.lab.types.induction import TOY, ToyInputs, ToyResult, ToyStep, stripe
from explorer.learning.loop import Group, fit

if TYPE_CHECKING:
    from torch import Generator, Tensor

VOCABULARY, WIDTH, HEADS = 24, 48, 4
LENGTH, SHORTEST, LONGEST = 40, 4, 20  # tokens of a sequence, and of what repeats in it
BATCH, RATE = 32, 3e-3
PERIOD, WATCHED = 13, 64  # of the sequences that are only looked at
EVERY = 20
MOST_LAYERS, MOST_STEPS = 3, 2000


@dataclass(frozen=True)
class Net:
    """Token and position vectors, and for each layer the matrices of queries, keys, values and output."""

    tokens: Tensor
    places: Tensor
    layers: tuple[tuple[Tensor, Tensor, Tensor, Tensor], ...]
    scores: Tensor

    def weights(self) -> list[Tensor]:
        return [self.tokens, self.places, self.scores, *(one for layer in self.layers for one in layer)]

    def __call__(self, ids: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Scores [B, L, V] of the next token, and each layer's attention weights [B, heads, L, L]."""
        import torch

        hidden, seen = self.tokens[ids], []
        length = ids.shape[1]
        future = torch.full((length, length), -torch.inf).triu(1)
        for query, key, value, output in self.layers:
            placed = hidden + self.places[:length]
            q, k, v = (
                (x @ w).reshape(*ids.shape, HEADS, -1).transpose(1, 2)
                for x, w in ((placed, query), (placed, key), (hidden, value))
            )
            weights = (q @ k.transpose(-1, -2) / math.sqrt(WIDTH // HEADS) + future).softmax(-1)
            hidden = hidden + (weights @ v).transpose(1, 2).flatten(2) @ output
            seen.append(weights)
        return hidden @ self.scores, seen


@implements(TOY)
def toy(_: None, inputs: ToyInputs) -> Iterator[ToyStep | ToyResult]:
    """Train, and say every few steps how far the head has come. Raises Told: toy_outside, training_diverged."""
    import torch

    if not (1 <= inputs.layers <= MOST_LAYERS and 1 <= inputs.steps <= MOST_STEPS):
        raise Told("toy_outside", layers=MOST_LAYERS, steps=MOST_STEPS)
    start = time.perf_counter()
    generator = torch.Generator().manual_seed(inputs.seed)
    net = _net(inputs.layers, generator)
    watched = _sequences(WATCHED, torch.Generator().manual_seed(1_000), PERIOD)[:, : 2 * PERIOD]
    steps: list[ToyStep] = []

    def loss(ids: Tensor) -> Tensor:
        scores, _ = net(ids[:, :-1])
        return torch.nn.functional.cross_entropy(scores.flatten(0, 1), ids[:, 1:].flatten())

    batches = (_sequences(BATCH, generator) for _ in range(inputs.steps))
    for step in fit([Group(net.weights(), RATE)], batches, loss):
        if step.step % EVERY == 0 or step.step == inputs.steps:
            first, second, score = _looked_at(net, watched)[:3]
            steps.append(ToyStep(step.step, inputs.steps, first, second, score))
            yield steps[-1]
    pattern, place = _looked_at(net, watched)[3:]

    def column(name: str) -> Floats:
        return np.array([getattr(one, name) for one in steps], dtype=np.float32)

    yield ToyResult(
        steps=column("done"),
        first=column("first"),
        second=column("second"),
        score=column("score"),
        pattern=pattern,
        place=place,
        seconds=time.perf_counter() - start,
        n_weights=sum(one.numel() for one in net.weights()),
        guess=math.log(VOCABULARY),
    )


def _net(layers: int, generator: Generator) -> Net:
    import torch

    def drawn(rows: int, columns: int, scale: float) -> Tensor:
        return (torch.randn(rows, columns, generator=generator) * scale).requires_grad_()

    inside = WIDTH**-0.5
    return Net(
        drawn(VOCABULARY, WIDTH, 0.5),
        drawn(LENGTH, WIDTH, 0.5),
        tuple(
            (
                drawn(WIDTH, WIDTH, inside), drawn(WIDTH, WIDTH, inside), drawn(WIDTH, WIDTH, inside),
                drawn(WIDTH, WIDTH, inside),
            )
            for _ in range(layers)
        ),
        drawn(WIDTH, VOCABULARY, inside),
    )  # fmt: skip


def _sequences(count: int, generator: Generator, period: int | None = None) -> Tensor:
    """ids[count, LENGTH], each repeating after a period drawn for it."""
    import torch

    periods = torch.randint(SHORTEST, LONGEST + 1, (count, 1), generator=generator)
    if period is not None:
        periods.fill_(period)
    drawn = torch.randint(0, VOCABULARY, (count, LONGEST), generator=generator)
    return drawn.gather(1, torch.arange(LENGTH)[None] % periods)


def _looked_at(net: Net, ids: Tensor) -> tuple[float, float, float, Floats, tuple[int, int]]:
    """Losses of first and second copy, the best head's score, its weights averaged over the sequences, its place."""
    import torch

    with torch.inference_mode():
        scores, seen = net(ids)
        nats = torch.nn.functional.cross_entropy(scores[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none")
        weights = torch.stack(seen).mean(1).numpy()  # [layers, heads, L, L]
    found = stripe(weights, PERIOD, 0)
    layer, head = (int(n) for n in np.unravel_index(int(found.argmax()), found.shape))
    first, second = float(nats[:, : PERIOD - 1].mean()), float(nats[:, PERIOD:].mean())
    return first, second, float(found.max()), weights[layer, head].astype(np.float32), (layer, head)
