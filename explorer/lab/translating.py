"""Words translated without a dictionary: the nearest word of the other language, once the language is taken out.

Knows the project's word list and cosines. A word stands alone between [CLS] and [SEP]; its vector is the mean of its
pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.content import corpora
from explorer.errors import Told
from explorer.lab.experiment import implements
from explorer.lab.types.arrays import Floats
from explorer.lab.types.languages import WORDS, WordsInputs, WordsResult

if TYPE_CHECKING:
    from explorer.models.network.model import Model

NEAREST = 5
MOST_WORDS = 40
LONGEST = 24  # pieces of one word
ROWS = 64


@implements(WORDS)
def words(model: Model, inputs: WordsInputs) -> WordsResult:
    """The nearest words, raw and shifted; precision over the whole list. Candidates are its nouns, verbs, adjectives.

    The shift takes away the mean of the source words and adds that of the target words, two lists nobody has paired;
    cosines are then taken from the target's mean. Nothing of the pairing is used but to judge.

    Raises Told: word_empty, too_many_words (limit, used), word_too_long, corpus_changed.
    """
    if inputs.digest != corpora.digest():
        raise Told("corpus_changed")
    asked = [word.strip() for word in inputs.words if word.strip()]
    if not asked:
        raise Told("word_empty")
    if len(asked) > MOST_WORDS:
        raise Told("too_many_words", limit=MOST_WORDS, used=len(asked))
    lines = [n for n, kind in enumerate(corpora.classes()) if kind != "function"]
    ours = [corpora.forms(inputs.source)[n] for n in lines]
    theirs = [corpora.forms(inputs.target)[n] for n in lines]
    mine, listed, candidates = (
        _vectors(model, texts) for texts in (asked, [forms[0] for forms in ours], [forms[0] for forms in theirs])
    )
    middle, there = listed.mean(axis=1, keepdims=True), candidates.mean(axis=1, keepdims=True)
    nearest: list[Any] = []
    cos: list[Any] = []
    precision: list[Any] = []
    for query, known, target in ((mine, listed, candidates), (mine - middle, listed - middle, candidates - there)):
        order, likeness = _nearest(query, target)
        nearest.append(order)
        cos.append(likeness)
        precision.append(_precision(_nearest(known, target)[0], theirs))
    return WordsResult(
        tuple(asked),
        np.array(lines)[np.stack(nearest)].transpose(2, 0, 1, 3).copy(),
        np.stack(cos).transpose(2, 0, 1, 3).astype(np.float32),
        np.stack(precision).astype(np.float32),
        len(lines),
    )


def _vectors(model: Model, texts: Sequence[str]) -> Floats:
    """[L + 1, words, d]."""
    ids = [list(model.tokenizer.encode(text).ids) for text in texts]
    for row in ids:
        if len(row) - 2 > LONGEST:
            raise Told("word_too_long", limit=LONGEST, used=len(row) - 2)
        if len(row) < 3:
            raise Told("word_empty")
    out = np.zeros((model.n_layers + 1, len(ids), model.d_model), dtype=np.float32)
    for start in range(0, len(ids), ROWS):
        rows = ids[start : start + ROWS]
        states = model.hidden_states(*model.tensor_inputs(rows)).cpu().numpy()
        for n, row in enumerate(rows):
            out[:, start + n] = states[:, n, 1 : len(row) - 1].mean(axis=1)
    return out


def _nearest(queries: Floats, candidates: Floats) -> tuple[Any, Floats]:
    """Numbers of the nearest candidates and their cosines [L + 1, queries, 5]."""
    a, b = (x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-12) for x in (queries, candidates))
    cos = a @ b.transpose(0, 2, 1)
    order = np.argsort(-cos, axis=-1, kind="stable")[..., :NEAREST]
    return order, np.take_along_axis(cos, order, axis=-1)


def _precision(order: Any, theirs: Sequence[tuple[str, ...]]) -> Floats:
    """Share of words whose translation is first, and among five: [2, L + 1]. Any form of the right line is right."""
    right = np.array(
        [
            [[theirs[number][0] in theirs[n] for number in row] for n, row in enumerate(layer)]
            for layer in order.tolist()
        ]
    )
    return np.stack([right[..., 0].mean(axis=1), right.any(axis=-1).mean(axis=1)])
