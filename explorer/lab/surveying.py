"""What a model makes of the project's parallel sentences: language vectors, sentence vectors, retrieval at every layer.

Knows the sentences of explorer/content/corpora.py, means and ranks. Knows no shift and no page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from explorer.content import corpora
from explorer.errors import Told
from explorer.lab.converting import token_kinds
from explorer.lab.experiment import implements
from explorer.lab.types.arrays import Floats, Ints
from explorer.lab.types.core import Progress
from explorer.lab.types.languages import ALIGN, SURVEY, AlignInputs, AlignResult, SurveyInputs, SurveyResult

if TYPE_CHECKING:
    from explorer.models.network.model import Model

ROWS = 32  # sentences of one forward pass
POOLINGS = ("mean", "cls")


@implements(SURVEY)
def survey(model: Model, inputs: SurveyInputs) -> Iterator[Progress | SurveyResult]:
    """Everything the chapter needs to know of a model before a reader types; a step is a batch of sentences.

    A language's vector is the mean of its tokens' hidden states without special tokens (Liu et al. 2020, 2004.09205;
    2010.10041). Retrieval is by cosine; "centred" takes away the mean of the searched sentences of each language
    (Libovický et al. 2020).

    Raises Told("corpus_changed") where `digest` is not that of the sentences of today.
    """
    if inputs.digest != corpora.digest():
        raise Told("corpus_changed")
    texts = [corpora.sentences(lang) for lang in corpora.LANGUAGES]
    of_half = np.array([corpora.HALVES.index(half) for half in corpora.halves()])
    total = len(texts) * -(-len(of_half) // ROWS)
    sums = np.zeros((2, len(texts), model.n_layers + 1, model.d_model))
    counts = np.zeros((2, len(texts), 1, 1))
    pooled = np.zeros((2, len(texts), len(of_half), model.n_layers + 1, model.d_model), dtype=np.float32)
    done = 0
    for k, lines in enumerate(texts):
        for rows, states, lengths in _encoded(model, lines):
            ordinary = _sums(states, lengths)
            for row, vector, length in zip(rows, ordinary, lengths, strict=True):
                sums[of_half[row], k] += vector
                counts[of_half[row], k] += length - 2
                pooled[0, k, row] = vector / (length - 2)
            pooled[1, k, rows] = states[:, :, 0].transpose(1, 0, 2)
            done += 1
            yield Progress(done, total)
    means = np.stack([*sums / counts, sums.sum(axis=0) / counts.sum(axis=0)]).astype(np.float32)
    kinds, right, n = token_kinds(model.tokenizer, model.token_rows().cpu().numpy())
    accuracy, mrr = retrieval(pooled)
    meaning = best_layer(retrieval(pooled[:1][:, :, of_half == 0])[0])
    pool = pooled[0, :, :, meaning].astype(np.float16)
    yield SurveyResult(means, kinds, right, n, accuracy, mrr, meaning, pool)


@implements(ALIGN)
def align(model: Model, inputs: AlignInputs) -> Iterator[Progress | AlignResult]:
    """Retrieval among any parallel sentences, as in `survey`; a step is a batch of sentences.

    Raises Told: text_empty, lines_differ (first, other).
    """
    lengths = [len(lines) for lines in inputs.texts]
    if len(lengths) < 2 or not min(lengths):
        raise Told("text_empty")
    if min(lengths) != max(lengths):
        raise Told("lines_differ", first=lengths[0], other=next(n for n in lengths if n != lengths[0]))
    n, done = lengths[0], 0
    pooled = np.zeros((2, len(lengths), n, model.n_layers + 1, model.d_model), dtype=np.float32)
    for k, lines in enumerate(inputs.texts):
        for rows, states, sizes in _encoded(model, lines):
            pooled[0, k, rows] = _sums(states, sizes) / (np.array(sizes) - 2)[:, None, None]
            pooled[1, k, rows] = states[:, :, 0].transpose(1, 0, 2)
            done += 1
            yield Progress(done, len(lengths) * -(-n // ROWS))
    accuracy, mrr = retrieval(pooled)
    yield AlignResult(accuracy, mrr, n)


def retrieval(pooled: Floats) -> tuple[Floats, Floats]:
    """accuracy, mrr[poolings, 2, L + 1, K, K] of pooled[poolings, K, N, L + 1, d]; the second axis is raw, centred."""
    poolings, k, _, layers, _ = pooled.shape
    accuracy = np.zeros((poolings, 2, layers, k, k), dtype=np.float32)
    mrr = np.zeros_like(accuracy)
    for p in range(poolings):
        for layer in range(layers):
            raw = pooled[p, :, :, layer]
            for c, vectors in enumerate((raw, raw - raw.mean(axis=1, keepdims=True))):
                unit = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
                for i in range(k):
                    for j in range(k):
                        ranks = ranks_of_partners(unit[i], unit[j])
                        accuracy[p, c, layer, i, j] = (ranks == 1).mean()
                        mrr[p, c, layer, i, j] = (1 / ranks).mean()
    return accuracy, mrr


def ranks_of_partners(queries: Floats, candidates: Floats) -> Ints:
    """Rank (1 = first) of candidate n for query n among all candidates, by inner product; ties count against it."""
    likeness = queries @ candidates.T
    own = np.diagonal(likeness)[:, None]
    return np.asarray((likeness >= own).sum(axis=1).clip(1), dtype=np.int64)


def best_layer(accuracy: Floats) -> int:
    """The layer with the best centred accuracy of mean vectors, over all pairs of different languages."""
    k = accuracy.shape[-1]
    return int(accuracy[0, 1][:, ~np.eye(k, dtype=bool)].mean(axis=1).argmax())


def _encoded(model: Model, lines: Sequence[str]) -> Iterator[tuple[list[int], Floats, list[int]]]:
    """(line numbers, hidden_states[L + 1, rows, T, d], lengths in tokens), sentences of like length together."""
    ids = [list(model.tokenizer.encode(line).ids)[: model.max_positions] for line in lines]
    order = sorted(range(len(ids)), key=lambda n: len(ids[n]))
    for start in range(0, len(order), ROWS):
        rows = order[start : start + ROWS]
        states = model.hidden_states(*model.tensor_inputs([ids[n] for n in rows]))
        yield rows, states.cpu().numpy(), [len(ids[n]) for n in rows]


def _sums(states: Floats, lengths: Sequence[int]) -> Floats:
    """Sum over ordinary tokens: [rows, L + 1, d]."""
    return np.stack([states[:, row, 1 : length - 1].sum(axis=1) for row, length in enumerate(lengths)])
