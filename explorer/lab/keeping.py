"""In which language a blank is filled: the likeliest words at a covered place, counted by what they are written in.

Knows blanks and kinds of tokens (lab/types/languages.py). Knows no shift. A token is covered if it has a letter, also
one that several languages share.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.errors import Told
from explorer.lab.experiment import implements
from explorer.lab.reading import edited, encode, mask_id_of
from explorer.lab.types.core import Progress
from explorer.lab.types.experiment import Results
from explorer.lab.types.languages import KEEP, KINDS, KeepInputs, KeepResult

if TYPE_CHECKING:
    from explorer.models.network.model import Model

SHOWN = 8


@implements(KEEP)
def keep(model: Model, inputs: KeepInputs, results: Results) -> Iterator[Progress | KeepResult]:
    """One blank at a time, in the running text of all `texts`; tokens that are no letters are not covered.

    Yields Progress (a step is a text), then the result. Raises Told: text_empty, too_long.
    """
    import torch

    kinds_of = results[inputs.survey].kinds
    running = 0
    columns: list[tuple[Any, ...]] = []
    for number, text in enumerate(inputs.texts):
        tokens = encode(model, text)
        places = []
        for at in range(1, len(tokens) - 1):
            if any(letter.isalpha() for letter in tokens.surface(at)):
                running += 1
                if running % inputs.every == 0:
                    places.append(at)
        if places:
            rows = [edited(tokens.ids, {at: mask_id_of(model)}) for at in places]
            ids, mask = model.tensor_inputs(rows)
            hidden = model.last_hidden_at(ids, torch.tensor(places, device=model.device), mask)
            p = model.decode(model.transform(hidden)).softmax(dim=-1).topk(inputs.top, dim=-1)
            best, chance = p.indices.cpu().numpy(), p.values.cpu().numpy()
            kinds = kinds_of[best]
            shares = np.stack([(kinds == kind).mean(axis=1) for kind in range(len(KINDS))], axis=1)
            own = kinds_of[[tokens.ids[at] for at in places]]
            columns.append((np.full(len(places), number), places, own, shares, best[:, :SHOWN], chance[:, :SHOWN]))
        yield Progress(number + 1, len(inputs.texts))
    if not columns:
        raise Told("text_empty")
    text_of, position, own, shares, ids_of, p_of = (np.concatenate(column) for column in zip(*columns, strict=True))
    yield KeepResult(
        text_of.astype(np.int64), position.astype(np.int64), own.astype(np.int64), shares.astype(np.float32),
        ids_of.astype(np.int64), p_of.astype(np.float32),
    )  # fmt: skip
