"""Chapter 1, 输入: what a BERT's first layer gets, number by number, and what becomes of texts that are too long.

Knows tokens, the tables of embeddings, and windows. Of the network it asks hidden states and scores.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from explorer.content.sentences import sentences
from explorer.errors import Told
from explorer.lab.experiment import implements
from explorer.lab.types.arrays import Floats
from explorer.lab.types.core import Progress, Tokens
from explorer.lab.types.inputs import (
    ADD_UP,
    LOOKUP,
    MAX_CHARACTERS,
    MAX_TOKENS,
    POSITIONS,
    READ_LONG,
    LongInputs,
    LongResult,
    LookupInputs,
    LookupResult,
    PositionInputs,
    PositionResult,
    SumInputs,
    SumResult,
    Window,
)
from explorer.models.network import embeddings as tables

if TYPE_CHECKING:
    from explorer.models.network.model import Model

AROUND = 2
SPAN_LAYER = 8  # words of like meaning lie close above the middle of this model
HEAD_SHARE = 0.25  # Sun et al. 2019: the first 128 and the last 382 of 510


@implements(ADD_UP)
def add_up(model: Model, inputs: SumInputs) -> SumResult:
    """token + segment + position → LayerNorm, computed here from the tables, and compared with the model's own.

    Raises Told: text_empty, second_empty, too_long; ModelUnavailable: inputs_elsewhere.
    """
    import torch

    gain, bias = (tables.table(model.info, name) for name in ("gain", "bias"))  # a model without them is refused here
    tokens = _encode(model, inputs)
    ids, mask = model.tensor_inputs([tokens.ids])
    types = torch.tensor([tokens.type_ids], device=model.device)
    own = model.hidden_states(ids, mask, types)[0, 0].cpu().numpy()
    token = tables.token_rows(model.info, tokens.ids)
    segment = tables.table(model.info, "segment")[list(tokens.type_ids)]
    position = tables.table(model.info, "position")[: len(tokens)]
    total = token + segment + position
    normed = layer_norm(total, gain, bias)
    return SumResult(tokens, token, segment, position, total, normed, gain, bias, float(np.abs(normed - own).max()))


@implements(LOOKUP)
def lookup(model: Model, inputs: LookupInputs) -> LookupResult:
    """One-hot row × embedding matrix, really multiplied out. Raises Told("token_outside")."""
    size = model.vocab_size
    if not 0 <= inputs.token_id < size:
        raise Told("token_outside", token_id=inputs.token_id, count=size)
    matrix = tables.token_table(model.info)
    onehot = np.zeros(size, dtype=np.float32)
    onehot[inputs.token_id] = 1
    product = onehot @ matrix
    first = min(max(inputs.token_id - AROUND, 0), size - 2 * AROUND - 1)
    around = tuple(range(first, first + 2 * AROUND + 1))
    difference = float(np.abs(product - matrix[inputs.token_id]).max())
    return LookupResult(
        inputs.token_id, around, matrix[list(around)].copy(), product, difference, (size, matrix.shape[1])
    )


@implements(POSITIONS)
def positions(model: Model, inputs: PositionInputs) -> PositionResult:
    """Cosines of all pairs of position vectors, in per cent."""
    vectors = tables.table(model.info, "position")
    if inputs.centred:
        vectors = vectors - vectors.mean(axis=0)
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return PositionResult(np.rint(100 * unit @ unit.T).astype(np.int8))


@implements(READ_LONG)
def read_long(model: Model, inputs: LongInputs) -> Iterator[Progress | LongResult]:
    """A long text in three ways: cut, head + tail, sliding windows; yields Progress (a step is a window).

    Two answers are asked of each window. A class: at the [MASK] of the template behind it, the odds of `good`
    against `bad`, divided by the odds of the template alone. A span: each token of the question finds the token of a
    sentence nearest to it (cosine at layer SPAN_LAYER, minus the window's mean); the sentence with the best mean wins.

    Raises Told: no_separators, text_empty, text_too_long, question_empty, template_bad, overlap_bad.
    """
    job = _prepare(model, inputs)
    n, step = len(job.ids), job.room - inputs.overlap
    starts = [0]
    while starts[-1] + job.room < n:
        starts.append(starts[-1] + step)
    windows: list[Window] = []
    whole = len(starts) + 1
    for start in starts:
        windows.append(_answer(model, job, list(range(start, min(start + job.room, n)))))
        yield Progress(len(windows), whole)
    head = round(HEAD_SHARE * job.room) if n > job.room else n
    tail = job.room - head if n > job.room else 0
    both = _answer(model, job, [*range(head), *range(n - tail, n)])
    yield Progress(whole, whole)
    yield LongResult(n, job.room, head, windows[0], both, tuple(windows))


def layer_norm(x: Floats, gain: Floats, bias: Floats, epsilon: float = 1e-12) -> Floats:
    """(x − mean) / √(variance + ε) · gain + bias, along the last axis; in double precision, rounded at the end."""
    wide = x.astype(np.float64)
    centred = wide - wide.mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + epsilon)
    return np.asarray(scaled * gain + bias, dtype=np.float32)


def _encode(model: Model, inputs: SumInputs) -> Tokens:
    if not inputs.text.strip():
        raise Told("text_empty")
    if inputs.pair is not None and not inputs.pair.strip():
        raise Told("second_empty")
    tokens = model.tokenizer.encode(inputs.text, inputs.pair)
    if all(tokens.special):
        raise Told("text_empty")
    if len(tokens) > min(MAX_TOKENS, model.max_positions):
        raise Told("too_long", limit=min(MAX_TOKENS, model.max_positions), used=len(tokens))
    return tokens


@dataclass(frozen=True)
class _Long:
    """A long text made ready: ids without special tokens, sentence spans (tokens and characters), the template."""

    ids: tuple[int, ...]
    spans: tuple[tuple[int, int, int, int], ...]
    template: tuple[int, ...]
    blank: int
    good: int
    bad: int
    prior: float
    question: Floats
    room: int


def _prepare(model: Model, inputs: LongInputs) -> _Long:
    tokenizer = model.tokenizer
    if tokenizer.cls_id is None or tokenizer.sep_id is None:
        raise Told("no_separators", model=model.info.name)
    if not inputs.text.strip():
        raise Told("text_empty")
    if len(inputs.text) > MAX_CHARACTERS:
        raise Told("text_too_long", limit=MAX_CHARACTERS, used=len(inputs.text))
    if not inputs.question.strip():
        raise Told("question_empty")
    tokens = tokenizer.encode(inputs.text)
    inner = [i for i, special in enumerate(tokens.special) if not special]
    if not inner:
        raise Told("text_empty")
    template = tokenizer.pieces_of(inputs.template)[1]
    words = [tokenizer.pieces_of(word)[1] for word in (inputs.good, inputs.bad)]
    if template.count(tokenizer.mask_id or -1) != 1 or any(len(word) != 1 for word in words):
        raise Told("template_bad")
    room = min(inputs.size, model.max_positions) - 2 - len(template)
    if not 0 <= inputs.overlap < room:
        raise Told("overlap_bad", limit=room - 1)
    blank = template.index(tokenizer.mask_id or -1)
    (good,), (bad,) = words
    standard = template, blank, good, bad, inputs.question
    prior, question = model.once(("standards", *standard), lambda: _standards(model, *standard))
    spans = _sentence_spans(tokens, inner)
    return _Long(tuple(tokens.ids[i] for i in inner), spans, template, blank, good, bad, prior, question, room)


def _standards(
    model: Model, template: tuple[int, ...], blank: int, good: int, bad: int, question: str
) -> tuple[float, Floats]:
    """Log odds of good against bad for the template alone, and the question's vectors [tokens, d]."""
    states = _states(model, list(template))
    prior = _log_odds(model, states[-1][1 + blank], good, bad)
    asked = _states(model, list(model.tokenizer.pieces_of(question)[1])[:64])[SPAN_LAYER][1:-1]
    return prior, asked.copy()


def _sentence_spans(tokens: Tokens, inner: list[int]) -> tuple[tuple[int, int, int, int], ...]:
    """(first, last, start, end) of every sentence: tokens among `inner`, half-open, and characters."""
    ends = np.array([tokens.offsets[i][1] for i in inner])
    found, at, first = [], 0, 0
    for sentence in sentences(tokens.text):
        start = tokens.text.index(sentence.split(" ")[0], at)
        at = start + len(sentence)
        last = int(np.searchsorted(ends, at, side="right"))
        if last > first:
            found.append((first, last, start, int(ends[last - 1])))
        first = max(first, last)
    return tuple(found)


def _answer(model: Model, job: _Long, chosen: list[int]) -> Window:
    """Both answers of one window, whose tokens are `chosen` (two runs of neighbours at most)."""
    states = _states(model, [*(job.ids[i] for i in chosen), *job.template])
    odds = _log_odds(model, states[-1][1 + len(chosen) + job.blank], job.good, job.bad) - job.prior
    place = {token: n for n, token in enumerate(chosen)}
    vectors = states[SPAN_LAYER][1 : 1 + len(chosen)]
    mean = vectors.mean(axis=0)
    cosines = _unit(job.question - mean) @ _unit(vectors - mean).T
    best = (-1.0, 0, 0)
    for first, last, start, end in job.spans:
        inside = [place[i] for i in range(first, last) if i in place]
        if 2 * len(inside) < last - first or not inside:
            continue  # a sentence that this window hardly sees is another window's to judge
        best = max(best, (float(cosines[:, inside].max(axis=1).mean()), start, end))
    score, start, end = best
    return Window(chosen[0], chosen[-1] + 1, float(1 / (1 + np.exp(-odds))), start, end, score)


def _states(model: Model, ids: list[int]) -> Floats:
    """states[layers + 1, L, d] of one row of ids with [CLS] and [SEP] put round it."""
    tokenizer = model.tokenizer
    assert tokenizer.cls_id is not None and tokenizer.sep_id is not None, "asked in _prepare"
    rows, mask = model.tensor_inputs([[tokenizer.cls_id, *ids, tokenizer.sep_id]])
    found: Floats = model.hidden_states(rows, mask)[:, 0].float().cpu().numpy()
    return found


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9), dtype=np.float32)


def _log_odds(model: Model, hidden: Floats, good: int, bad: int) -> float:
    import torch

    with torch.inference_mode():
        scores = model.decode(model.transform(torch.from_numpy(hidden.copy()).to(model.device)))
    return float(scores[good] - scores[bad])
