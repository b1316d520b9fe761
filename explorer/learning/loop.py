"""The training loop: forward, loss, backward, step, once a batch; whoever iterates decides whether there is a next one.

Knows parameters, batches and a loss function. Knows nothing of models or of what is learnt. Torch is imported inside
the function, so that what imports this stays light.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from explorer.errors import Told

if TYPE_CHECKING:
    from torch import Tensor

Batch = TypeVar("Batch")


@dataclass(frozen=True)
class Step:
    """The `step`-th step (from 1): its loss before the step, without the penalty, and how long it took in seconds."""

    step: int
    loss: float
    seconds: float


def fit(
    parameters: Sequence[Tensor],
    batches: Iterable[Batch],
    loss: Callable[[Batch], Tensor],
    *,
    rate: float,
    penalty: Callable[[], Tensor] | None = None,
) -> Iterator[Step]:
    """A step of Adam (Kingma & Ba 2015) a batch; between two steps no gradient mode and nothing else is left set.

    `parameters` are changed in place: they must share nothing with a model that others read. `penalty` is added to the
    loss that is minimised (weight decay as L2), not to the one that is told.

    Raises Told("training_diverged", step) when the loss is no finite number; the parameters are then as before it.
    """
    import torch

    optimiser = torch.optim.Adam(list(parameters), lr=rate)
    for step, batch in enumerate(batches, start=1):
        start = time.perf_counter()
        with torch.inference_mode(False), torch.enable_grad():
            value = loss(batch)
            told = float(value.detach())
            if not math.isfinite(told):
                raise Told("training_diverged", step=step)
            optimiser.zero_grad()
            (value if penalty is None else value + penalty()).backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        yield Step(step, told, time.perf_counter() - start)
