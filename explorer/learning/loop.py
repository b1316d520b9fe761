"""The training loop: forward, loss, backward, step, once a batch; whoever iterates decides whether there is a next one.

Knows parameters, batches and a loss function. Knows nothing of models or of what is learnt. Torch is imported inside
the functions, so that what imports this stays light.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from explorer.errors import Told

if TYPE_CHECKING:
    import torch
    from torch import Tensor

Batch = TypeVar("Batch")
Rate = float | Callable[[int], float]


@dataclass(frozen=True)
class Group:
    """Parameters that learn at one rate, a number or a function of the step (from 1); `decay` is AdamW's."""

    parameters: Sequence[Tensor]
    rate: Rate
    decay: float = 0.0


@dataclass(frozen=True)
class Step:
    """The `step`-th step (from 1): its loss before the step, without the penalty, and how long it took in seconds.

    A step over several batches is told after each: `part` of `parts`, with the mean loss so far; the parameters have
    moved after the last.
    """

    step: int
    loss: float
    seconds: float
    part: int = 1
    parts: int = 1

    @property
    def whole(self) -> bool:
        """Whether the parameters have moved."""
        return self.part == self.parts


def fit(
    groups: Sequence[Group],
    batches: Iterable[Batch],
    loss: Callable[[Batch], Tensor],
    *,
    penalty: Callable[[], Tensor] | None = None,
    parts: int = 1,
    clip: float | None = None,
) -> Iterator[Step]:
    """A step of AdamW (Loshchilov & Hutter 2019; Adam where nothing decays) for every `parts` batches.

    Nothing runs ahead: a batch is taken when the next step is asked for, and between two of them no gradient mode and
    nothing else is left set. The parameters are changed in place: they must share nothing with a model that others
    read.

    penalty  is added to the loss that is minimised (weight decay as L2), not to the one that is told
    parts    batches of which one step is made, their gradients averaged; a last step that is short of some is left out
    clip     the most that the norm of all gradients together may be; longer ones are shortened

    Raises Told("training_diverged", step) when the loss, or the gradients' norm where it is clipped, is no finite
    number; the parameters are then as before the step.
    """
    import torch

    everything = [one for group in groups for one in group.parameters]
    optimiser = torch.optim.AdamW(
        [{"params": list(group.parameters), "weight_decay": group.decay} for group in groups], lr=_at(groups[0].rate, 1)
    )
    told: list[float] = []
    seconds = 0.0
    for number, batch in enumerate(batches):
        step, part = number // parts + 1, number % parts + 1
        start = time.perf_counter()
        with torch.inference_mode(False), torch.enable_grad():
            value = loss(batch)
            told.append(float(value.detach()))
            if not math.isfinite(told[-1]):
                raise Told("training_diverged", step=step)
            if part == 1:
                optimiser.zero_grad()
            minimised = value if penalty is None else value + penalty()
            (minimised if parts == 1 else minimised / parts).backward()  # type: ignore[no-untyped-call]
            if part == parts:
                if clip is not None and not math.isfinite(float(torch.nn.utils.clip_grad_norm_(everything, clip))):
                    raise Told("training_diverged", step=step)
                for setting, group in zip(optimiser.param_groups, groups, strict=True):
                    setting["lr"] = _at(group.rate, step)
                optimiser.step()
        seconds += time.perf_counter() - start
        yield Step(step, sum(told) / len(told), seconds, part, parts)
        if part == parts:
            told.clear()
            seconds = 0.0


def shuffled(count: int, size: int, epochs: int, generator: torch.Generator) -> Iterator[Tensor]:
    """Numbers of examples, `size` at a time: every one of `count` once an epoch, each epoch in an order of its own."""
    import torch

    for _ in range(epochs):
        yield from torch.split(torch.randperm(count, generator=generator), size)


def _at(rate: Rate, step: int) -> float:
    return rate(step) if callable(rate) else rate
