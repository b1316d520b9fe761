"""Chapter 5, 语境: the vector of one word in many sentences, at every layer, from one pass a batch.

Knows a model's hidden states and how to take a word's out of them; what is drawn from them is geometry.py's business.
Torch is imported when an experiment runs. CBOW lives beside this file and is found under this name too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.errors import Told
from explorer.lab.cbow import cbow
from explorer.lab.experiment import implements
from explorer.lab.reading import encode
from explorer.lab.types.arrays import Floats
from explorer.lab.types.context import EMBED, EmbedInputs, EmbedResult, Occurrence, Read
from explorer.lab.types.core import Progress
from explorer.models.network import positions

if TYPE_CHECKING:
    from explorer.models.network.model import Model

__all__ = ["cbow", "embed"]

ROWS = 16  # sentences of one forward pass
MOST = 512  # sentences of one request
SAMPLE = 1500  # tokens that stand for all of them
REMOVED = 3  # directions that all-but-the-top removes (Mu & Viswanath 2018: about d / 100)


@implements(EMBED)
def embed(model: Model, inputs: EmbedInputs) -> Iterator[Progress | EmbedResult]:
    """The vectors of all items at all layers. Yields Progress (a step is a sentence), then the result.

    Raises Told: text_empty, too_long, too_many_lines, position_outside, not_finite.
    """
    if not inputs.items:
        raise Told("text_empty")
    if len(inputs.items) > MOST:
        raise Told("too_many_lines", limit=MOST, used=len(inputs.items))
    read = [_read(model, item) for item in inputs.items]
    places = [(n, at) for n, one in enumerate(read) for at, special in enumerate(one.tokens.special) if not special]
    drawn = np.random.default_rng(inputs.seed).permutation(len(places))[:SAMPLE]
    sampled: dict[int, list[int]] = {}
    for n, at in (places[i] for i in sorted(drawn.tolist())):
        sampled.setdefault(n, []).append(at)

    shape = (model.n_layers + 1, len(read), model.d_model)
    vectors, samples, ids = np.zeros(shape, np.float32), [], []
    intra = np.zeros((model.n_layers + 1, len(read)), np.float32)
    order = sorted(range(len(read)), key=lambda n: len(read[n].tokens)) if inputs.sort else list(range(len(read)))
    rows = ROWS if inputs.sort else 1
    table = _static(model, sorted({i for one in read for i in one.tokens.ids}))
    for start in range(0, len(order), rows):
        batch = order[start : start + rows]
        states = _states(model, [read[n] for n in batch], table)
        for row, n in enumerate(batch):
            own, one = states[:, row], read[n]
            vectors[:, n] = own[:, list(one.positions)].mean(axis=1)
            if n in sampled:
                samples.append(own[:, sampled[n]])
                ids += [one.tokens.ids[at] for at in sampled[n]]
            intra[:, n] = _to_the_mean(own[:, [at for at, special in enumerate(one.tokens.special) if not special]])
        yield Progress(min(start + rows, len(order)), len(order))
    if not np.isfinite(vectors).all():
        raise Told("not_finite")
    common, top, anisotropy, alike, n_words = _all_tokens(np.concatenate(samples, axis=1), np.array(ids))
    yield EmbedResult(
        vectors=vectors,
        pieces=np.array([len(one.positions) for one in read], dtype=np.int64),
        common=common,
        top=top,
        anisotropy=anisotropy,
        self_similarity=alike,
        intra_sentence=intra.mean(axis=1),
        n_tokens=len(ids),
        n_words=n_words,
    )


def _read(model: Model, item: Occurrence) -> Read:
    tokens = encode(model, item.text)
    touched = tuple(
        at
        for at, (start, end) in enumerate(tokens.offsets)
        if not tokens.special[at] and start < item.end and end > item.start
    )
    if not touched:
        raise Told("position_outside", position=item.start, count=len(item.text))
    return Read(tokens, touched)


def _states(model: Model, batch: Sequence[Read], table: dict[int, Floats]) -> Floats:
    """states[layers + 1, B, L, d]; row 0 holds the input vectors without their positions."""
    ids, mask = model.tensor_inputs([one.tokens.ids for one in batch])
    states = model.hidden_states(ids, mask).float().cpu().numpy()
    for row, one in enumerate(batch):
        states[0, row, : len(one.tokens)] = [table[i] for i in one.tokens.ids]
    return np.asarray(states, dtype=np.float32)


def _static(model: Model, ids: Sequence[int]) -> dict[int, Floats]:
    """The input vector of each id with its position left out before the LayerNorm.

    Each id is read alone while the table of positions answers zero; models with rotary positions have no such table.
    """
    import torch

    found = []
    with positions.without(model):
        for start in range(0, len(ids), 512):
            alone = torch.tensor([[i] for i in ids[start : start + 512]], device=model.device)
            found.append(model.hidden_states(alone)[0, :, 0].float().cpu().numpy())
    return dict(zip(ids, np.concatenate(found), strict=True))


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12), dtype=np.float32)


def _to_the_mean(own: Floats) -> Floats:
    """own[layers + 1, L, d] → mean cosine of the tokens with their mean, per layer."""
    mean = _unit(own.mean(axis=1, keepdims=True))
    return np.asarray((_unit(own) * mean).sum(axis=-1).mean(axis=-1), dtype=np.float32)


def _all_tokens(sample: Floats, ids: Any) -> tuple[Floats, Floats, Floats, Floats, int]:
    """What the sampled tokens have in common: mean, main directions, mean cosines of any two and of the same word's."""
    common = sample.mean(axis=1)
    top = np.zeros((len(sample), REMOVED, sample.shape[2]), np.float32)
    unit = _unit(sample)
    n = sample.shape[1]
    pairs = max(1, n * (n - 1))
    anisotropy = ((unit.sum(axis=1) ** 2).sum(axis=-1) - n) / pairs
    groups = [np.flatnonzero(ids == i) for i in np.unique(ids) if (ids == i).sum() > 1]
    alike = np.full(len(sample), np.nan, np.float32)
    if groups:
        each = [((unit[:, g].sum(axis=1) ** 2).sum(axis=-1) - len(g)) / (len(g) * (len(g) - 1)) for g in groups]
        alike = np.mean(each, axis=0).astype(np.float32)
    for layer, rows in enumerate(sample):
        spread = rows - common[layer]
        _, directions = np.linalg.eigh(spread.T @ spread)
        top[layer] = directions[:, ::-1][:, :REMOVED].T
    return common, top, anisotropy.astype(np.float32), alike, len(groups)
