"""CBOW, the ancestor: one vector a word, learned by guessing a word from its neighbours with two linear maps.

Mikolov et al. 2013 (arXiv 1301.3781), with the full softmax instead of a hierarchical one: the vocabulary of a short
text is small. Knows a text and NumPy-sized matrices; of the model it takes the tokenizer only.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from explorer.errors import Told
from explorer.lab.experiment import implements
from explorer.lab.types.context import CBOW, LEAST_TOKENS, MOST_BYTES, CbowInputs, CbowResult, CbowStep
from explorer.learning.loop import Group, fit, shuffled

if TYPE_CHECKING:
    from torch import Tensor

    from explorer.models.network.model import Model

BATCH = 256
RATE = 0.01
MOST_WORDS = 3000
POINTS = 60  # of the loss curve


@implements(CBOW)
def cbow(model: Model, inputs: CbowInputs) -> Iterator[CbowStep | CbowResult]:
    """Train and yield a CbowStep a stretch of steps, then the result. Raises Told: text_short, text_long."""
    import torch

    size = len(inputs.text.encode("utf-8", "surrogatepass"))
    if size > MOST_BYTES:
        raise Told("text_long", limit=MOST_BYTES // 1000, used=size // 1000)
    lines = [_words(model, line) for line in inputs.text.splitlines()]
    counts = Counter(word for line in lines for word in line)
    if counts.total() < LEAST_TOKENS:
        raise Told("text_short", limit=LEAST_TOKENS, used=counts.total())
    words = [word for word, _ in counts.most_common(MOST_WORDS)]
    number = {word: n for n, word in enumerate(words)}
    targets, neighbours = _examples(lines, number, inputs.window)

    generator = torch.Generator().manual_seed(inputs.seed)
    into = (torch.randn(len(words) + 1, inputs.dims, generator=generator) * 0.1).requires_grad_()
    out = (torch.randn(len(words), inputs.dims, generator=generator) * 0.1).requires_grad_()
    x, y = torch.from_numpy(neighbours), torch.from_numpy(targets)
    total = inputs.epochs * math.ceil(len(y) / BATCH)
    stretch = max(1, total // POINTS)
    losses: list[float] = []
    recent: list[float] = []
    guess = math.log(len(words))

    def loss(rows: Tensor) -> Tensor:
        there = (x[rows] < len(words)).float().unsqueeze(-1)
        context = (into[x[rows]] * there).sum(1) / there.sum(1).clamp(min=1)
        return torch.nn.functional.cross_entropy(context @ out.T, y[rows])

    batches = shuffled(len(y), BATCH, inputs.epochs, generator)
    for step in fit([Group([into, out], RATE)], batches, loss):
        recent.append(step.loss)
        if len(recent) == stretch:
            losses.append(float(np.mean(recent)))
            recent.clear()
            yield CbowStep(step.step, total, losses[-1], guess)
    if recent:
        losses.append(float(np.mean(recent)))
    yield CbowResult(
        words=tuple(words),
        counts=np.array([counts[word] for word in words], dtype=np.int64),
        vectors=into[: len(words)].detach().numpy().copy(),
        losses=np.array(losses, dtype=np.float32),
        n_tokens=counts.total(),
        guess=guess,
    )


def _words(model: Model, line: str) -> list[str]:
    """The words of one line: pieces joined to words, 汉字 one by one, punctuation left out."""
    tokens = model.tokenizer.encode(line)
    words: dict[int, str] = {}
    for at, word in enumerate(tokens.words):
        if not tokens.special[at]:
            words[word] = words.get(word, "") + tokens.surface(at)
    return [word.lower() for word in words.values() if any(c.isalnum() for c in word)]


def _examples(lines: list[list[str]], number: dict[str, int], window: int) -> tuple[np.ndarray, np.ndarray]:
    """targets[n] and neighbours[n, 2 · window], padded with one number past the last word."""
    nothing = len(number)
    targets, rows = [], []
    for line in lines:
        ids = [number[word] for word in line if word in number]
        for at, target in enumerate(ids):
            around = ids[max(0, at - window) : at] + ids[at + 1 : at + 1 + window]
            if around:
                targets.append(target)
                rows.append(around + [nothing] * (2 * window - len(around)))
    return np.array(targets, dtype=np.int64), np.array(rows, dtype=np.int64).reshape(-1, 2 * window)
