"""A head that was taught is asked about a text: what it says, and what it says with each word covered.

Takes what `finetuning.tune` left on the session's shelf, or learns it anew. Torch is imported when an experiment runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from explorer import numerics
from explorer.errors import Told
from explorer.lab.decoding import Shelf
from explorer.lab.experiment import implements
from explorer.lab.finetuning import MAX_TOKENS, ROWS, Learning, kept_as, read
from explorer.lab.reading import mask_id_of
from explorer.lab.types.core import Progress
from explorer.lab.types.finetuning import USE, TuneStep, UseInputs, UseResult, checked

if TYPE_CHECKING:
    from explorer.learning.trainable import Trainable
    from explorer.models.network.model import Model


@implements(USE)
def use(model: Model, inputs: UseInputs, shelf: Shelf | None = None) -> Iterator[TuneStep | Progress | UseResult]:
    """The labels' probabilities for a text, whole and with one token after the other covered (occlusion: Zeiler &
    Fergus 2014, with the mask token in place of the grey square).

    Where the shelf has lost the head, a `TuneStep` comes for each step by which it is learnt again.
    Raises Told("text_empty") and what `tune` raises.
    """
    import torch

    tokens = model.tokenizer.encode(inputs.text)
    ordinary = [at for at, special in enumerate(tokens.special) if not special]
    if not ordinary:
        raise Told("text_empty")
    most = min(MAX_TOKENS, model.max_positions)
    ordinary = ordinary[: most - 2]
    learner: Trainable | None = None if shelf is None else shelf.get(kept_as(model, inputs.tune))
    if learner is None:
        checked(inputs.tune)
        learning = Learning(model, inputs.tune, inputs.tune.starts[0], read(model, inputs.tune.train))
        yield from learning.read_below()
        for number in range(1, learning.steps + 1):
            step = learning.step()
            yield TuneStep(0, number, learning.steps, step.loss, step.seconds)
        learner = learning.learner
        if shelf is not None:
            learning.keep(shelf)
    whole = [tokens.ids[0], *(tokens.ids[at] for at in ordinary), tokens.ids[-1]]
    mask = mask_id_of(model)
    rows = [whole, *([*whole[:at], mask, *whole[at + 1 :]] for at in range(1, len(whole) - 1))]
    said = []
    for first in range(0, len(rows), ROWS):
        part = model.tensor_inputs(rows[first : first + ROWS])
        with torch.inference_mode():
            said.append(learner(*part).float().cpu().numpy())
        yield Progress(min(first + ROWS, len(rows)), len(rows))
    p = numerics.softmax(np.concatenate(said)).astype(np.float32)
    spans = np.array([tokens.offsets[at] for at in ordinary], dtype=np.int64).reshape(-1, 2)
    yield UseResult(tokens.text, p[0], spans[:, 0], spans[:, 1], p[1:])
