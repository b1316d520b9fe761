"""The loss on the straight way from where a training began to where it ended, and beyond, for every start.

Takes what `finetuning.tune` left on the session's shelf, or learns it anew. One batch serves for all of the way
(Goodfellow et al. 2015; Hao et al. 2019): a new one at every stop would be taken for ruggedness.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from explorer.lab.decoding import Shelf
from explorer.lab.experiment import implements
from explorer.lab.finetuned import learnt
from explorer.lab.finetuning import ROWS, beginning, of_units, read, segments
from explorer.lab.types.core import Progress
from explorer.lab.types.finetuning import LINE, STOPS, LineInputs, LineResult, TuneStep

if TYPE_CHECKING:
    from explorer.models.network.model import Model


@implements(LINE)
def line(model: Model, inputs: LineInputs, shelf: Shelf | None = None) -> Iterator[TuneStep | Progress | LineResult]:
    """Where the shelf has lost a start, a `TuneStep` comes for each step by which it is learnt again; a `Progress` for
    every stop. Raises what `tune` raises."""
    import torch

    tune = inputs.tune
    found = []
    for number, start in enumerate(tune.starts):
        learner = yield from learnt(model, tune, shelf, number)
        begun = dict(beginning(model, tune, start).named_parameters())
        rows = read(model, tune.train[:ROWS], tune.shape)
        ids, mask = model.tensor_inputs([list(row.ids) for row in rows])
        types = segments(rows, ids) if tune.shape == "pair" else None
        labels = torch.tensor([label for row in rows for label in row.labels], device=model.device)
        pairs = [
            (now, begun[name].detach(), now.detach().clone())
            for name, now in learner.named_parameters()
            if begun[name].requires_grad
        ]
        losses = []
        for at in STOPS:
            with torch.no_grad():
                for now, first, last in pairs:
                    now.copy_(first + at * (last - first))
                scores = of_units(learner(ids, mask, types), rows)
                losses.append(float(torch.nn.functional.cross_entropy(scores, labels)))
            yield Progress(number * len(STOPS) + len(losses), len(tune.starts) * len(STOPS))
        found.append(losses)
    yield LineResult(np.array(found, dtype=np.float32))
