"""Where the norm sits, and two losses at once: small trainings on the small language. Torch comes when one is run.

Xiong et al. 2020 (arXiv 2002.04745): at the start, post-LN's gradients are large behind and small in front, and without
warm-up it fails where pre-LN does not. Radford et al. 2018, § 3.2: L3 = L2 + λ · L1.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from explorer.lab import rlhf
from explorer.lab.experiment import implements
from explorer.lab.types import toy_language as toy
from explorer.lab.types.experiment import Results
from explorer.lab.types.norms import (
    LOSSES,
    NORMS,
    LossesInputs,
    LossesResult,
    LossesStep,
    NormsInputs,
    NormsResult,
    NormsStep,
)

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from explorer.learning.policy import Norm, Parameters, Shape

BATCH, SENTENCES = 32, 1000
TASK_BATCH, TASK_RATE, HELD = 16, 1e-3, 400


@implements(NORMS)
def norms(_: None, inputs: NormsInputs) -> Iterator[NormsStep | NormsResult]:
    """Both networks from the same random weights, on the same batches, at one constant rate (Adam, no warm-up)."""
    from explorer.learning import policy

    return policy.in_one_thread(_norms(inputs))


def _norms(inputs: NormsInputs) -> Generator[NormsStep | NormsResult]:
    import torch

    from explorer.learning import policy

    size = policy.Shape(toy.SIZE, rlhf.ROW, layers=inputs.layers)
    rows = rlhf.padded(toy.demonstrations(SENTENCES, inputs.seed))
    generator = torch.Generator().manual_seed(inputs.seed)
    nets = {kind: {name: one.requires_grad_() for name, one in net.items()} for kind, net in started(size, generator)}
    optimisers = {kind: torch.optim.Adam(list(net.values()), lr=inputs.rate) for kind, net in nets.items()}
    first: dict[str, np.ndarray] = {}
    told: dict[str, list[float]] = {"pre": [], "post": []}
    for step in range(1, inputs.steps + 1):
        batch = rows[torch.randint(len(rows), (BATCH,), generator=generator)]
        for kind in ("pre", "post"):
            with torch.enable_grad():
                loss = language_loss(nets[kind], size, batch, "pre" if kind == "pre" else "post")
                optimisers[kind].zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
            if step == 1:
                first[kind] = _by_layer(nets[kind], size)
            value = float(loss.detach())
            if math.isfinite(value):
                optimisers[kind].step()
            told[kind].append(value if math.isfinite(value) else (told[kind] or [math.log(toy.SIZE)])[-1])
        yield NormsStep(step, inputs.steps, told["pre"][-1], told["post"][-1])
    losses = {kind: np.array(values, dtype=np.float32) for kind, values in told.items()}
    yield NormsResult(first["pre"], first["post"], losses["pre"], losses["post"])


def started(size: Shape, generator: torch.Generator) -> Iterator[tuple[str, Parameters]]:
    """("pre", …) and ("post", …) with the same random weights."""
    from explorer.learning import policy

    drawn = policy.fresh(size, generator)
    for kind in ("pre", "post"):
        yield kind, {name: one.clone() for name, one in drawn.items()}


def language_loss(parameters: Parameters, size: Shape, rows: Tensor, norm: Norm = "pre") -> Tensor:
    """Cross-entropy of the answers' words, nats a word."""
    from explorer.learning import policy

    hidden = policy.states(parameters, size, rows[:, :-1], norm)
    every = (hidden @ parameters["embed"].T).log_softmax(-1)
    mask = policy.counted(rows, toy.END)
    return -(every.gather(-1, rows[:, 1:, None])[..., 0] * mask).sum() / mask.sum()


def _by_layer(parameters: Parameters, size: Shape) -> np.ndarray:
    """[layers]: the norm of all gradients of each layer's matrices, float32."""
    out = []
    for n in range(size.layers):
        grads = [parameters[f"{n}.{name}"].grad for name in ("qkv", "out", "up", "down")]
        out.append(math.sqrt(sum(float((grad**2).sum()) for grad in grads if grad is not None)))
    return np.array(out, dtype=np.float32)


@implements(LOSSES)
def losses(_: None, inputs: LossesInputs, results: Results) -> Iterator[LossesStep | LossesResult]:
    """Fine-tune on L2 + λ · L1; the task: does what is said fit what it is said of (a sweet train does not)?"""
    from explorer.learning import policy

    return policy.in_one_thread(_losses(inputs, results))


def _losses(inputs: LossesInputs, results: Results) -> Generator[LossesStep | LossesResult]:
    import torch
    from torch.nn.functional import cross_entropy

    from explorer.learning import policy
    from explorer.learning.loop import Group, fit

    size = rlhf.shape()
    parameters = policy.unflat(results[inputs.sft].weights, policy.names(size))
    generator = torch.Generator().manual_seed(inputs.seed)
    parameters["head"] = torch.randn(size.width, 2, generator=generator) * size.width**-0.5
    parameters = {name: one.requires_grad_() for name, one in parameters.items()}
    learn_rows, learn_labels = _labelled(inputs.examples, 100 + inputs.seed)
    test_rows, test_labels = _labelled(HELD, 10_000 + inputs.seed)
    told: list[tuple[float, float]] = []

    def both(rows: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        hidden = policy.states(parameters, size, rows)
        last = hidden[torch.arange(len(rows)), (rows[:, 1:] == toy.END).int().argmax(1) + 1]
        return cross_entropy(last @ parameters["head"], labels), language_loss(parameters, size, rows)

    def loss(at: Tensor) -> Tensor:
        task, language = both(learn_rows[at], learn_labels[at])
        told.append((float(task.detach()), float(language.detach())))
        return task + inputs.weight * language

    def measured() -> tuple[float, float]:
        with torch.no_grad():
            hidden = policy.states(parameters, size, test_rows)
            last = hidden[torch.arange(HELD), (test_rows[:, 1:] == toy.END).int().argmax(1) + 1]
            right = ((last @ parameters["head"]).argmax(-1) == test_labels).float().mean()
            return float(right), float(language_loss(parameters, size, test_rows[test_labels == 1]))

    _, before = measured()
    batches = (torch.randint(inputs.examples, (TASK_BATCH,), generator=generator) for _ in range(inputs.steps))
    for step in fit([Group(list(parameters.values()), TASK_RATE)], batches, loss, clip=1.0):
        yield LossesStep(step.step, inputs.steps, *told[-1])
    accuracy, after = measured()
    task, language = (np.array(column, dtype=np.float32) for column in zip(*told, strict=True))
    majority = float(test_labels.float().mean())
    yield LossesResult(task, language, accuracy, max(majority, 1 - majority), before, after)


def _labelled(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """(rows, labels): demonstrations, half of them with an adjective that does not fit (0), in both languages."""
    import torch

    random, rows, labels = Random(seed), [], []
    for n, row in enumerate(toy.demonstrations(count, seed)):
        fits = n % 4 < 2
        rows.append(row if fits else toy.misfit(row, random))
        labels.append(int(fits))
    return rlhf.padded(rows), torch.tensor(labels)
