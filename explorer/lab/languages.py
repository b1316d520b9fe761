"""Chapter 6, 跨语言: the arrow from one language to another, added between two layers, and what the head then reads.

Experiments take a `Model` handle and frozen inputs (lab/types/languages.py). The chapter's other experiments are found
under this name too: what the model makes of parallel sentences (surveying.py), word translation (translating.py), and
part-of-speech heads (tagging.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.content import corpora
from explorer.errors import Told
from explorer.lab.converting import right_ids
from explorer.lab.experiment import implements
from explorer.lab.keeping import keep
from explorer.lab.mapping import place, point
from explorer.lab.surveying import align, survey
from explorer.lab.tagging import learn, tag, train_pos
from explorer.lab.translating import words
from explorer.lab.types.arrays import Floats, Ints
from explorer.lab.types.core import Progress, Tokens
from explorer.lab.types.experiment import Results
from explorer.lab.types.languages import (
    AVERAGE,
    BOTH,
    MAX_TOKENS,
    SHIFT,
    SHIFT_ALL,
    AverageInputs,
    AverageResult,
    Bytes,
    Halves,
    ShiftInputs,
    ShiftResult,
    SurveyResult,
    kinds_of,
)

if TYPE_CHECKING:
    from torch import Tensor

    from explorer.models.network.model import Model

__all__ = [
    "align",
    "average",
    "keep",
    "learn",
    "place",
    "point",
    "shift",
    "shift_all",
    "survey",
    "tag",
    "train_pos",
    "words",
]

POSITIONS = 2048  # tokens of one forward pass
SENTENCES = 16  # of one batch of the average


@dataclass(frozen=True)
class Shift:
    """A sentence to be moved, with what the survey says of its two languages.

    arrow[L + 1, d]   mean of the target language minus mean of the source language
    kinds[V], meaning_layer   as in SurveyResult; pool[N, d] the source language's sentences there, not centred
    centres[2, d]     mean vectors of the source and the target language at that layer
    """

    asked: ShiftInputs
    arrow: Floats
    kinds: Bytes
    meaning_layer: int
    pool: Halves
    centres: Floats

    @classmethod
    def of(cls, inputs: ShiftInputs, survey: SurveyResult) -> Shift:
        source, target = (corpora.LANGUAGES.index(lang) for lang in (inputs.source, inputs.target))
        return cls(
            inputs,
            arrow=survey.means[BOTH, target] - survey.means[BOTH, source],
            kinds=survey.kinds,
            meaning_layer=survey.meaning_layer,
            pool=survey.pool[source],
            centres=survey.means[BOTH, [source, target], survey.meaning_layer],
        )


@implements(SHIFT)
def shift(model: Model, inputs: ShiftInputs, results: Results) -> ShiftResult:
    """The asked layers of one sentence, all alphas in one batch a layer (Liu et al. 2020, 2004.09205; 2010.10041).

    "Means the same": the fill-ins are read as a sentence of their own, its mean vector at the meaning layer is centred
    by the two languages in the proportion in which they stand in it, and the reader's sentence is looked for among the
    project's by cosine.

    Raises Told: text_empty, too_long, layer_outside (layer, count).
    """
    *_, result = shift_all(model, inputs, results)
    assert isinstance(result, ShiftResult)
    return result


@implements(SHIFT_ALL)
def shift_all(model: Model, inputs: ShiftInputs, results: Results) -> Iterator[Progress | ShiftResult]:
    """The same as `shift`, layer by layer: Progress (a step is a layer), then the result."""
    yield from shifted(model, Shift.of(inputs, results[inputs.survey]))


def shifted(model: Model, way: Shift) -> Iterator[Progress | ShiftResult]:
    """The same with any arrow."""
    inputs = way.asked
    tokens = _encode(model, inputs.text)
    for layer in inputs.layers:
        if not 0 <= layer <= model.n_layers:
            raise Told("layer_outside", layer=layer, count=model.n_layers)
    ids, _ = model.tensor_inputs([tokens.ids])
    states = model.hidden_states(ids)[:, 0]
    right = right_ids(model.tokenizer, tokens, inputs.source, inputs.target)
    judge = _Judge(model, way, tokens, states, right)
    found = []
    for done, layer in enumerate(inputs.layers, start=1):
        arrow = way.arrow[layer]
        steps = np.concatenate(
            [
                np.outer(inputs.alphas, arrow),
                np.outer(inputs.random_alphas, random_direction(arrow, inputs.seed)),
            ]
        )
        best, p = _filled(model, states[layer], steps, layer)
        found.append((best, p, *judge.of(best)))
        yield Progress(done, len(inputs.layers))
    best, p, kinds, hit, curves = (np.stack(column) for column in zip(*found, strict=True))
    own = len(inputs.alphas)
    yield ShiftResult(
        tokens=tokens,
        layers=inputs.layers,
        ids=best[:, :own],
        p=p[:, :own],
        kinds=kinds[:, :own],
        right=hit[:, :own],
        known=np.array([bool(ids) for ids in right], dtype=np.uint8),
        curves=curves[:, :, :own].transpose(1, 0, 2).copy(),
        random_curves=curves[:, :, own:].transpose(1, 0, 2).copy(),
    )


@implements(AVERAGE)
def average(model: Model, inputs: AverageInputs, results: Results) -> Iterator[Progress | AverageResult]:
    """Conversion, right conversions and meaning over the project's sentences; a step is a batch of them.

    Raises Told: corpus_changed, layer_outside.
    """
    if inputs.digest != corpora.digest():
        raise Told("corpus_changed")
    survey = results[inputs.survey]
    languages = corpora.LANGUAGES
    source, target = languages.index(inputs.source), languages.index(inputs.target)
    arrows = survey.means[:, target] - survey.means[:, source]
    halves = corpora.halves()
    texts = [(n, text) for n, text in enumerate(corpora.sentences(inputs.source)) if inputs.half in ("", halves[n])]
    tally = np.zeros((4, len(inputs.layers), len(inputs.alphas)))
    n_tokens = known = 0
    texts.sort(key=lambda pair: len(pair[1]))
    for start in range(0, len(texts), SENTENCES):
        batch = texts[start : start + SENTENCES]
        tokens = [model.tokenizer.encode(text) for _, text in batch]
        steps = np.stack([_steps(inputs, arrows[1 - corpora.HALVES.index(halves[n])], n) for n, _ in batch])
        filled = _filled_everywhere(model, [one.ids for one in tokens], steps, inputs.layers)
        for (number, _), one, best in zip(batch, tokens, filled, strict=True):
            right = right_ids(model.tokenizer, one, inputs.source, inputs.target)
            n_tokens += len(right)
            known += sum(map(bool, right))
            rows = best.reshape(-1, best.shape[-1])
            converted = np.isin(survey.kinds[rows], kinds_of(inputs.target, inputs.source))
            hits = _hits(rows, right, converted)
            rank = _ranks(model, inputs, survey, one, rows, converted.mean(axis=1), number)
            copied = rows == np.array(one.ids[1:-1])
            found = [converted.sum(axis=1), hits.sum(axis=1), 1 / rank, copied.sum(axis=1)]
            tally += np.stack(found).reshape(tally.shape)
        yield Progress(min(start + SENTENCES, len(texts)), len(texts))
    tally[[0, 1, 3]] /= max(n_tokens, 1)
    tally[2] /= max(len(texts), 1)
    yield AverageResult(
        inputs.layers, inputs.alphas, tally.astype(np.float32), len(texts), n_tokens, known / max(n_tokens, 1)
    )


def _steps(inputs: AverageInputs, arrow: Floats, number: int) -> Floats:
    """What is added to sentence `number`: [layers, alphas, d]."""
    ways = [arrow[layer] for layer in inputs.layers]
    if inputs.random:
        ways = [random_direction(way, inputs.seed * 10_000 + number) for way in ways]
    return np.stack([np.outer(inputs.alphas, way) for way in ways]).astype(np.float32)


def _filled_everywhere(model: Model, rows: Sequence[Sequence[int]], steps: Floats, layers: Sequence[int]) -> list[Ints]:
    """The likeliest tokens [layers, alphas, T − 2] of each sentence; steps[sentences, layers, alphas, d] are added.

    All go up together: at every layer those that begin there join the ones that began below.
    """
    import torch

    ids, mask = model.tensor_inputs(rows)
    states = model.hidden_states(ids, mask)
    added = torch.from_numpy(steps).to(model.device)
    alphas = steps.shape[2]
    going: Tensor | None = None
    order = sorted(range(len(layers)), key=lambda at: layers[at])
    with torch.inference_mode():
        for place, at in enumerate(order):
            begun = (states[layers[at]][:, None] + added[:, at, :, None]).flatten(0, 1)
            going = begun if going is None else torch.cat([going, begun])
            next_stop = layers[order[place + 1]] if place + 1 < len(order) else None
            seen = mask.repeat_interleave(alphas, dim=0).repeat(place + 1, 1)
            going = model.carry_on(going, seen, first=layers[at], last=next_stop)
        assert going is not None
        best = torch.cat(
            [
                model.decode(model.transform(part)).argmax(dim=-1)
                for part in (going[chunk] for chunk in _chunks(len(going), ids.shape[1]))
            ]
        )
    found = best.cpu().numpy().reshape(len(layers), len(rows), alphas, -1)[np.argsort(order)]
    return [found[:, n, :, 1 : len(row) - 1] for n, row in enumerate(rows)]


def random_direction(arrow: Floats, seed: int) -> Floats:
    """A random vector of the arrow's length."""
    drawn = np.random.default_rng(seed).standard_normal(len(arrow))
    return np.asarray(drawn * (np.linalg.norm(arrow) / np.linalg.norm(drawn)), dtype=np.float32)


class _Judge:
    """Tells of fill-ins of one reader's sentence what they are; the meaning of the original is computed once."""

    def __init__(
        self, model: Model, way: Shift, tokens: Tokens, states: Tensor, right: Sequence[frozenset[int]]
    ) -> None:
        self.model, self.way, self.tokens, self.right = model, way, tokens, right
        own = states[way.meaning_layer, 1:-1].mean(dim=0).cpu().numpy() - way.centres[0]
        self.own = own / max(np.linalg.norm(own), 1e-12)
        pool = way.pool.astype(np.float32) - way.centres[0]
        self.pool = pool / np.maximum(np.linalg.norm(pool, axis=1, keepdims=True), 1e-12)

    def of(self, best: Ints) -> tuple[Any, Any, Any]:
        """kinds, right[rows, T − 2], curves[3, rows] of fill-ins best[rows, T − 2]."""
        way = self.way
        kinds = way.kinds[best]
        converted = np.isin(kinds, kinds_of(way.asked.target, way.asked.source))
        hits = _hits(best, self.right, converted)
        share = converted.mean(axis=1)
        queries = _meanings(self.model, way.meaning_layer, self.tokens, best) - _mixed(way.centres, share)
        rank = 1 + (queries @ self.pool.T > (queries @ self.own)[:, None]).sum(axis=1)
        return kinds, hits.astype(np.uint8), np.stack([share, hits.mean(axis=1), 1 / rank]).astype(np.float32)


def _hits(best: Ints, right: Sequence[frozenset[int]], converted: Any) -> Any:
    """Where a fill-in is one of the right ids and of the target language: [rows, T − 2]."""
    hits = np.array([[token in ids for token, ids in zip(row, right, strict=True)] for row in best.tolist()])
    return hits & converted


def _ranks(
    model: Model, inputs: AverageInputs, survey: SurveyResult, tokens: Tokens, best: Ints, share: Any, number: int
) -> Any:
    """The rank of sentence `number` among all of its language, for the fill-ins of every row."""
    k = [corpora.LANGUAGES.index(lang) for lang in (inputs.source, inputs.target)]
    pool = survey.pool[k[0]].astype(np.float32)
    centres = survey.means[BOTH, k, survey.meaning_layer]
    candidates = pool - centres[0]
    candidates = candidates / np.maximum(np.linalg.norm(candidates, axis=1, keepdims=True), 1e-12)
    queries = _meanings(model, survey.meaning_layer, tokens, best) - _mixed(centres, share)
    likeness = queries @ candidates.T
    return 1 + (likeness > likeness[:, [number]]).sum(axis=1)


def _mixed(centres: Floats, share: Any) -> Floats:
    """The mean vectors of two languages, mixed as they stand in each row."""
    return np.asarray((1 - share[:, None]) * centres[0] + share[:, None] * centres[1], dtype=np.float32)


def _meanings(model: Model, layer: int, tokens: Tokens, best: Ints) -> Floats:
    """Mean vectors [rows, d] at `layer` of the fill-ins, read as sentences of their own; each different one once."""
    distinct, back = np.unique(best, axis=0, return_inverse=True)
    rows = [[tokens.ids[0], *row, tokens.ids[-1]] for row in distinct.tolist()]
    out = []
    for chunk in _chunks(len(rows), len(tokens)):
        ids, _ = model.tensor_inputs(rows[chunk])
        states = model.carry_on(model.embed(ids), last=layer)
        out.append(states[:, 1:-1].mean(dim=1).cpu().numpy())
    return np.concatenate(out)[back.reshape(-1)]


def _filled(model: Model, hidden: Tensor, steps: Floats, layer: int) -> tuple[Ints, Floats]:
    """The likeliest token at every ordinary position, and its P: [rows, T − 2]; steps[rows, d] go onto hidden[T, d]."""
    import torch

    ids, ps = [], []
    with torch.inference_mode():
        for chunk in _chunks(len(steps), len(hidden)):
            added = torch.from_numpy(steps[chunk].astype(np.float32)).to(model.device)
            out = model.carry_on(hidden[None] + added[:, None], first=layer)[:, 1:-1]
            logits = model.decode(model.transform(out))
            best = logits.max(dim=-1)
            ids.append(best.indices.cpu().numpy())
            ps.append((best.values - logits.logsumexp(dim=-1)).exp().cpu().numpy())
    return np.concatenate(ids), np.concatenate(ps)


def _chunks(rows: int, length: int) -> Iterator[slice]:
    size = max(1, POSITIONS // length)
    for start in range(0, rows, size):
        yield slice(start, start + size)


def _encode(model: Model, text: str) -> Tokens:
    tokens = model.tokenizer.encode(text)
    if all(tokens.special):
        raise Told("text_empty")
    if len(tokens) > MAX_TOKENS:
        raise Told("too_long", limit=MAX_TOKENS, used=len(tokens))
    return tokens
