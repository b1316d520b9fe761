"""How likely a causal model finds texts: several at once, shorter ones beside shorter ones. Takes a `Model` handle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from explorer.errors import Told
from explorer.lab import shots
from explorer.lab.decoding import limit_of
from explorer.lab.experiment import implements
from explorer.lab.types.arrays import Floats
from explorer.lab.types.core import Progress
from explorer.lab.types.likelihood import LIKELIHOOD, MOST_TOKENS, LikelihoodInputs, LikelihoodResult

if TYPE_CHECKING:
    from explorer.models.network.model import Model

BATCH = 16


@implements(LIKELIHOOD)
def likelihood(model: Model, inputs: LikelihoodInputs) -> Iterator[Progress | LikelihoodResult]:
    """Yields Progress (a step is a text), then −ln p of every token of every text.

    Raises Told: text_empty, too_long, scores_broken.
    """
    rows = [shots.ids_of(model, text) for text in inputs.texts]
    limit = min(MOST_TOKENS, limit_of(model))
    for text, row in zip(inputs.texts, rows, strict=True):
        if not text.strip() or len(row) < 2:
            raise Told("text_empty")
        if len(row) > limit:
            raise Told("too_long", limit=limit, used=len(row))
    found: list[Floats] = [np.zeros(0, dtype=np.float32)] * len(rows)
    order = sorted(range(len(rows)), key=lambda n: len(rows[n]))
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        yield Progress(start, len(order))
        ids, seen = model.tensor_inputs([rows[n] for n in batch])
        hidden = model.hidden_states(ids, seen)[-1]
        for place, n in enumerate(batch):
            long = len(rows[n])
            log_p = model.decode(model.transform(hidden[place, : long - 1])).float().log_softmax(-1)
            nats = -log_p.gather(1, ids[place, 1:long, None])[:, 0].cpu().numpy()
            if not np.isfinite(nats).all():
                raise Told("scores_broken")
            found[n] = nats.astype(np.float32)
    yield LikelihoodResult(tuple(found))
