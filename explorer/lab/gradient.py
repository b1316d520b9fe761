"""The other way to use examples: a copy of the model is taught them by gradient, one a step, and is asked without them.

What is taught and what is asked are cut as in a prompt without examples (shots.py); the learning itself is
`explorer/learning`. Devlin et al. 2019, §3.2 (all of it tuned together, at a small rate); Brown et al. 2020, Figure 2.1
(one example, one step).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from explorer.lab import shots
from explorer.lab.experiment import implements
from explorer.lab.in_context import checksum, digest
from explorer.lab.types.core import Progress
from explorer.lab.types.gradient import GRADIENT, GradientInputs, GradientResult, GradientStep, checked
from explorer.lab.types.in_context import Prompt

if TYPE_CHECKING:
    from torch import Tensor

    from explorer.models.network.model import Model

CLIP = 1.0


@implements(GRADIENT)
def gradient(model: Model, inputs: GradientInputs) -> Iterator[Progress | GradientStep | GradientResult]:
    """Copy, look at every weight, teach, look again. Nothing of the model that others read is touched.

    Raises Told: no_examples, gradient_outside, answer_empty, answer_unknown, text_empty, too_long, layer_outside,
    training_diverged.
    """
    import torch

    from explorer.learning.heads import NextTokenHead
    from explorer.learning.loop import Group, fit, shuffled
    from explorer.learning.trainable import trainable

    checked(inputs)
    start = time.perf_counter()
    bare = replace(inputs.prompt, rows=())
    asked = _text(model, bare, inputs.answer)
    lessons = [_text(model, replace(bare, query=query), answer, "\n") for query, answer in inputs.prompt.rows]
    total = len(lessons) * inputs.epochs
    yield Progress(0, total)
    copy = trainable(model, lambda: NextTokenHead(model.output_matrix()), tune=inputs.layers, seed=inputs.seed)
    before, _, n_weights = digest(copy.body.state_dict())

    def nats(text: shots.Text) -> Tensor:
        ids, mask = model.tensor_inputs([[*text.prompt, *text.answer]])
        scores = copy(ids[:, :-1], mask[:, :-1])[:, len(text.prompt) - 1 :]
        return copy.head.loss(scores, ids[:, len(text.prompt) :])

    def found() -> float:
        with torch.no_grad():
            return -float(nats(asked)) * len(asked.answer)

    log_p, losses = [found()], []
    tuned = [weights for weights in copy.parameters() if weights.requires_grad]
    order = shuffled(len(lessons), 1, inputs.epochs, torch.Generator().manual_seed(inputs.seed))
    batches = (lessons[int(number)] for number in order)
    for step in fit([Group(tuned, inputs.rate)], batches, nats, clip=CLIP):
        losses.append(step.loss)
        yield GradientStep(step.step, total, step.loss)
        if step.step % len(lessons) == 0:
            log_p.append(found())
    yield GradientResult(
        losses=np.array(losses, dtype=np.float32),
        log_p=np.array(log_p, dtype=np.float32),
        before=before,
        after=digest(copy.body.state_dict())[0],
        shared=checksum(model)[0],
        n_tuned=sum(weights.numel() for weights in tuned),
        n_weights=n_weights,
        seconds=time.perf_counter() - start,
    )


def _text(model: Model, prompt: Prompt, answer: str, end: str = "") -> shots.Text:
    shots.fitting(model, prompt, (answer,))
    return shots.text(model, prompt, answer, end)
