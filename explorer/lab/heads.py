"""Every position of a text covered in turn, and of each prediction what a figure can show: its head.

A click on another token is answered from here, without the model. Always fp32: these numbers are shown. The vectors
before the decoder are kept, so that a word's rank anywhere, or all scores at one place, cost one matrix product. It is
made of the same rows as the first time, because another shape of it would give other last digits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from explorer import numerics
from explorer.lab.experiment import implements
from explorer.lab.reading import require_position
from explorer.lab.scanning import chunks, each_covered, rows_a_pass
from explorer.lab.types.arrays import Floats
from explorer.lab.types.core import Progress
from explorer.lab.types.experiment import Results
from explorer.lab.types.head import head_of
from explorer.lab.types.masking import (
    HEADS,
    WHOLE,
    WORDS,
    HeadsInputs,
    HeadsResult,
    WholeInputs,
    WholeResult,
    WordsInputs,
    WordsResult,
)

if TYPE_CHECKING:
    from explorer.models.network.model import Model


@implements(HEADS)
def heads(model: Model, inputs: HeadsInputs) -> Iterator[Progress | HeadsResult]:
    """The head of the prediction at each position; the forward passes are those of a scan.

    Yields Progress (a step is a position), then the result. Raises Told: text_empty, too_long.
    """
    tokens, positions, ids, where = each_covered(model, inputs.text)
    original = np.array([tokens.ids[at] for at in positions], dtype=np.int32)
    kept, facts, hidden, transformed = [], [], [], []
    for rows in chunks(range(len(positions)), rows_a_pass(tokens)):
        states = model.last_hidden_at(ids[rows], where[rows])
        vectors = model.transform(states)
        for row, logits in zip(rows, model.decode(vectors).cpu().numpy(), strict=True):
            kept.append(head_of(logits))
            token = int(original[row])
            facts.append((logits[token], numerics.cross_entropy(logits, token), numerics.rank(logits, token)))
        hidden.append(states.cpu().numpy())
        transformed.append(vectors.cpu().numpy())
        yield Progress(rows[-1] + 1, len(positions))
    scores, surprisal, rank = (np.array(column) for column in zip(*facts, strict=True))
    yield HeadsResult(
        tokens=tokens,
        positions=np.array(positions, dtype=np.int32),
        original=original,
        original_logit=scores,
        p_original=np.exp(-surprisal).astype(np.float32),
        rank=rank.astype(np.int32),
        surprisal=surprisal.astype(np.float32),
        ids=np.stack([head.ids for head in kept]),
        logits=np.stack([head.logits for head in kept]),
        tails=np.stack([head.tail for head in kept]),
        hidden=np.concatenate(hidden),
        transformed=np.concatenate(transformed),
        vocab_size=kept[0].size,
    )


@implements(WORDS)
def words(model: Model, inputs: WordsInputs, results: Results) -> WordsResult:
    """Score and rank of some tokens at every position of the heads, without a forward pass."""
    found = results[inputs.heads]
    ids = np.array(inputs.ids, dtype=np.int64)
    scores, ranks = [], []
    for rows in chunks(range(len(found.positions)), rows_a_pass(found.tokens)):
        logits = _decoded(model, found, rows)
        own = logits[:, ids]
        scores.append(own)
        ranks.append((logits[:, :, None] > own[:, None, :]).sum(axis=1) + 1)
    return WordsResult(inputs.ids, np.concatenate(scores), np.concatenate(ranks).astype(np.int32))


@implements(WHOLE)
def whole(model: Model, inputs: WholeInputs, results: Results) -> WholeResult:
    """All scores at one position of the heads, without a forward pass. Raises Told: position_outside."""
    found = results[inputs.heads]
    require_position(found.tokens, inputs.position)
    row = found.row(inputs.position)
    assert row is not None, "a blank that the reader typed has no head"
    rows = next(each for each in chunks(range(len(found.positions)), rows_a_pass(found.tokens)) if row in each)
    return WholeResult(inputs.position, _decoded(model, found, rows)[rows.index(row)])


def _decoded(model: Model, found: HeadsResult, rows: list[int]) -> Floats:
    import torch

    logits: Floats = model.decode(torch.tensor(found.transformed[rows], device=model.device)).cpu().numpy()
    return logits
