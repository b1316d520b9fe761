"""Which learning rate? A short training whose rate grows with every step, until the loss blows up (Smith 2015).

Takes a `Model` handle and what chapter 9 teaches; what is learnt is thrown away.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from explorer.errors import Told
from explorer.lab.experiment import implements
from explorer.lab.finetuning import Learning, read
from explorer.lab.types.arrays import Floats
from explorer.lab.types.core import Progress
from explorer.lab.types.finetuning import FIND, FindInputs, FindResult, TuneStep, checked

if TYPE_CHECKING:
    from explorer.models.network.model import Model

BLOWN = 3.0  # times the lowest running mean
KEPT = 0.8  # of the running mean, a step


@implements(FIND)
def find(model: Model, inputs: FindInputs) -> Iterator[TuneStep | Progress | FindResult]:
    """A `TuneStep` for every step; the head is as much faster than the body as in the training.

    Raises what `finetuning.tune` raises, but for a loss that is no number: that is what it looks for.
    """
    tune = inputs.tune
    checked(tune)
    growth = (inputs.high / inputs.low) ** (1 / (inputs.steps - 1))
    faster = tune.head_rate / tune.rate
    learning = Learning(
        model, tune, tune.starts[0], read(model, tune.train, tune.shape),
        rates=(lambda step: inputs.low * growth ** (step - 1), lambda step: faster * inputs.low * growth ** (step - 1)),
        epochs=-(-inputs.steps * tune.batch // len(tune.train)),
    )  # fmt: skip
    yield from learning.read_below()
    smooth: list[float] = []
    mean, blew_up = 0.0, False
    for number in range(1, inputs.steps + 1):
        try:
            step = learning.step()
        except Told as problem:
            if problem.key != "training_diverged":
                raise
            blew_up = True
            break
        mean = KEPT * mean + (1 - KEPT) * step.loss
        smooth.append(mean / (1 - KEPT**number))
        yield TuneStep(0, number, inputs.steps, step.loss, step.seconds)
        if smooth[-1] > BLOWN * min(smooth):
            blew_up = True
            break
    rates: Floats = (inputs.low * growth ** np.arange(len(smooth))).astype(np.float32)
    fall = np.gradient(np.array(smooth)) if len(smooth) > 1 else np.zeros(len(smooth))
    yield FindResult(
        rates=rates,
        losses=np.array(learning.losses, dtype=np.float32),
        smooth=np.array(smooth, dtype=np.float32),
        steepest=int(fall.argmin()),
        blew_up=blew_up,
    )
