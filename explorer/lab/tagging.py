"""A part-of-speech head on a frozen body: learnt in some languages, tested in all, then used on a reader's sentence.

Knows words, tags and a linear map; of the model it takes the hidden states of one layer (Pires et al. 2019 tune the
whole body instead). A word's vector is the mean of its pieces.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from explorer import numerics
from explorer.content import corpora
from explorer.errors import Told
from explorer.lab.decoding import Shelf
from explorer.lab.experiment import implements
from explorer.lab.lottery import word_numbers
from explorer.lab.reading import encode, pieces_in
from explorer.lab.types.arrays import Floats, Ints
from explorer.lab.types.core import Progress, Tokens
from explorer.lab.types.tagging import (
    LEARN,
    TAG,
    TRAIN_POS,
    LearnInputs,
    LearnResult,
    PosInputs,
    PosResult,
    TagInputs,
    TagResult,
)
from explorer.learning.loop import Group, fit

if TYPE_CHECKING:
    from explorer.models.network.model import Model

Sentence = Sequence[tuple[str, str]]
ROWS = 32
RATE, DECAY = 1e-2, 1e-3
SHOWN_EVERY = 10
NO_SPACES = ("zh", "ja")


@implements(TRAIN_POS)
def train_pos(model: Model, inputs: PosInputs, cache: Shelf | None = None) -> Iterator[Progress | PosResult]:
    """Progress while the sentences are read (a step is a language), then the head every few steps of training.

    The first `parallel.TRAIN_LINES` lines train, the others test; a test sentence translates no training sentence.

    Raises Told: corpus_changed, no_language, layer_outside (layer, count).
    """
    if inputs.digest != corpora.digest():
        raise Told("corpus_changed")
    train = [corpora.LANGUAGES.index(lang) for lang in inputs.train if lang in corpora.LANGUAGES]
    if not train:
        raise Told("no_language")
    if not 0 <= inputs.layer <= model.n_layers:
        raise Told("layer_outside", layer=inputs.layer, count=model.n_layers)
    name = f"pos-features/{model.revision}/{inputs.digest}/{inputs.layer}"
    sets: list[tuple[Floats, Ints]] | None = None if cache is None else cache.get(name)
    if sets is None:
        sets = []
        for n, lang in enumerate(corpora.LANGUAGES):
            lines = corpora.tagged(lang)
            for part in (lines[: corpora.TRAIN_LINES], lines[corpora.TRAIN_LINES :]):
                sets.append(features(model, part, lang, inputs.layer))
            yield Progress(n + 1, len(corpora.LANGUAGES))
        if cache is not None:
            cache.put(name, sets, sum(x.nbytes + y.nbytes for x, y in sets))
    lessons, tests = sets[0::2], sets[1::2]
    centres = np.stack([x.mean(axis=0) if inputs.centred else np.zeros(model.d_model, np.float32) for x, _ in lessons])
    x = np.concatenate([lessons[k][0] - centres[k] for k in train])
    y = np.concatenate([lessons[k][1] for k in train])
    tested = [(rows - centres[k], tags) for k, (rows, tags) in enumerate(tests)]
    for step, losses, weights in fitted(x, y, inputs.steps, inputs.seed):
        yield PosResult(
            step=step,
            steps=inputs.steps,
            losses=losses,
            accuracy=np.array([accuracy(weights, rows, tags) for rows, tags in tested], dtype=np.float32),
            majority=np.array([(tags == np.bincount(y).argmax()).mean() for _, tags in tested], dtype=np.float32),
            words=np.array([len(tags) for _, tags in tested], dtype=np.int64),
            trained=len(y),
            weights=weights,
            centres=centres.astype(np.float32),
        )


@implements(LEARN)
def learn(model: Model, inputs: LearnInputs) -> LearnResult:
    """The same on sentences from elsewhere: what a head learns from `train`, tested on `test`."""
    x, y = features(model, inputs.train, inputs.lang, inputs.layer)
    rows, tags = features(model, inputs.test, inputs.test_lang, inputs.layer)
    *_, (_, _, weights) = fitted(x, y, inputs.steps, inputs.seed)
    majority = float((tags == np.bincount(y).argmax()).mean())
    return LearnResult(accuracy(weights, rows, tags), majority, len(tags))


@implements(TAG)
def tag(model: Model, inputs: TagInputs) -> TagResult:
    """The tag of every word of a text: Chinese words as jieba cuts them, Japanese token by token, else between blanks.

    Raises Told: text_empty, too_long.
    """
    tokens = encode(model, inputs.text)
    spans = word_spans(tokens)
    states = model.hidden_states(*model.tensor_inputs([tokens.ids]))[inputs.layer, 0].cpu().numpy()
    x = np.stack([states[pieces].mean(axis=0) for pieces, _, _ in spans]) - inputs.centre
    scores = x @ inputs.weights[:-1] + inputs.weights[-1]
    best = scores.argmax(axis=1)
    p = numerics.softmax(scores)[np.arange(len(best)), best]
    return TagResult(
        tokens.text, np.array([start for _, start, _ in spans]), np.array([end for _, _, end in spans]),
        best.astype(np.int64), p.astype(np.float32),
    )  # fmt: skip


def features(model: Model, sentences: Sequence[Sentence], lang: str, layer: int) -> tuple[Floats, Ints]:
    """x[words, d] and numbers of tags y[words] of tagged sentences; words that reach beyond the model are left out."""
    prepared = []
    for sentence in sentences:
        text, spans = written(sentence, lang)
        tokens = model.tokenizer.encode(text)
        length = min(len(tokens), model.max_positions)
        pieces = []
        for (start, end), (_, name) in zip(spans, sentence, strict=True):
            inside = [at for at in pieces_in(tokens.offsets, start, end) if 0 < at < length - 1]
            if inside:
                pieces.append((inside, corpora.TAGS.index(name)))
        prepared.append((list(tokens.ids[:length]), pieces))
    prepared.sort(key=lambda pair: len(pair[0]))
    x: list[Floats] = []
    y: list[int] = []
    for start in range(0, len(prepared), ROWS):
        part = prepared[start : start + ROWS]
        ids, mask = model.tensor_inputs([row for row, _ in part])
        states = model.carry_on(model.embed(ids), mask, last=layer).cpu().numpy()
        for n, (_, pieces) in enumerate(part):
            x += [states[n, inside].mean(axis=0) for inside, _ in pieces]
            y += [number for _, number in pieces]
    return np.stack(x).astype(np.float32), np.array(y, dtype=np.int64)


def written(sentence: Sentence, lang: str) -> tuple[str, list[tuple[int, int]]]:
    """Words as a text, between blanks where the language has them, and where each stands in it."""
    text, spans = "", []
    for word, _ in sentence:
        text += "" if not text or lang in NO_SPACES else " "
        spans.append((len(text), len(text) + len(word)))
        text += word
    return text, spans


def fitted(x: Floats, y: Ints, steps: int, seed: int) -> Iterator[tuple[int, Floats, Floats]]:
    """(step, losses so far, weights[d + 1, tags]) every few steps of Adam on the cross-entropy of all words at once."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    scale = float(np.abs(x).mean()) or 1.0
    rows = torch.from_numpy(np.hstack([x / scale, np.ones((len(x), 1), dtype=np.float32)]))
    tags = torch.from_numpy(y)
    with torch.inference_mode(False), torch.enable_grad():
        weights = (torch.randn(rows.shape[1], len(corpora.TAGS), generator=generator) * 0.01).requires_grad_()
    losses: list[float] = []
    loss = torch.nn.functional.cross_entropy
    training = fit(
        [Group([weights], RATE)], range(steps), lambda _: loss(rows @ weights, tags),
        penalty=lambda: DECAY * weights.square().sum(),
    )  # fmt: skip
    for at in training:
        losses.append(at.loss)
        if at.step % SHOWN_EVERY == 0 or at.step == steps:
            plain = weights.detach().numpy().copy()
            plain[:-1] /= scale
            yield at.step, np.array(losses, dtype=np.float32), plain.astype(np.float32)


def accuracy(weights: Floats, x: Floats, y: Ints) -> float:
    return float(((x @ weights[:-1] + weights[-1]).argmax(axis=1) == y).mean())


def word_spans(tokens: Tokens) -> list[tuple[list[int], int, int]]:
    """(positions of its tokens, start, end in the text) of every word."""
    japanese = any("\u3041" <= char <= "\u30ff" for char in tokens.text)
    numbers = list(range(len(tokens))) if japanese else word_numbers(tokens).tolist()
    words: dict[int, list[int]] = {}
    for at in range(1, len(tokens) - 1):
        words.setdefault(numbers[at], []).append(at)
    return [
        (inside, min(tokens.offsets[at][0] for at in inside), max(tokens.offsets[at][1] for at in inside))
        for inside in words.values()
    ]
