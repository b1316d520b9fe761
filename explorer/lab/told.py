"""Raw text, demonstrations, dialogues: one small model taught with each in turn, and what it makes of a question.

In raw text a question mostly stands among other questions, as in an exercise book; so that is how it is continued.
Needs no model. Torch is imported when it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from explorer.lab.experiment import implements
from explorer.lab.norms import language_loss
from explorer.lab.types import toy_language as toy
from explorer.lab.types.told import STAGES, TOLD, ToldInputs, ToldResult, ToldStep

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from explorer.learning.policy import Parameters, Shape

ROW = 2 * (toy.LONGEST + 1)  # two questions, each with its answer
TEXTS, BATCH, RATE, TRIED, SHOWN = 1500, 64, 3e-3, 128, 8
LISTS, PAIRS = 0.6, 0.1  # of raw text: lists of questions, questions that are answered; the rest are statements
FIRST = 3  # words of the first answer in the dialogues that are tried: thing, degree, adjective


@implements(TOLD)
def told(_: None, inputs: ToldInputs) -> Iterator[ToldStep | ToldResult]:
    """One model through three stages; after each it is asked the same questions."""
    from explorer.learning import policy

    return policy.in_one_thread(_told(inputs))


def _told(inputs: ToldInputs) -> Generator[ToldStep | ToldResult]:
    import torch

    from explorer.learning import policy
    from explorer.learning.loop import Group, fit

    size = policy.Shape(toy.SIZE, ROW)
    generator, random = torch.Generator().manual_seed(inputs.seed), Random(inputs.seed)
    parameters = {name: one.requires_grad_() for name, one in policy.fresh(size, generator).items()}
    total = inputs.steps + (STAGES - 1) * inputs.taught
    losses: list[float] = []

    def loss(batch: Tensor) -> Tensor:
        return language_loss(parameters, size, batch)

    asks, answers, second, alone, talk = [], [], [], [], []
    for stage, write in enumerate((raw, demonstration, dialogue)):
        rows = _rows([write(random) for _ in range(TEXTS)])
        steps = inputs.taught if stage else inputs.steps
        batches = (rows[torch.randint(TEXTS, (BATCH,), generator=generator)] for _ in range(steps))
        rate = _rising(steps)
        for step in fit([Group(list(parameters.values()), rate)], batches, loss, clip=1.0):
            losses.append(step.loss)
            yield ToldStep(len(losses), total, stage, step.loss)
        same = torch.Generator().manual_seed(inputs.seed)
        after = _go_on(parameters, size, [(question,) for question in _questions(TRIED)], same)
        then = _go_on(parameters, size, [_opened(n) for n in range(TRIED)], same)
        asks.append(np.mean([toy.WORDS[row[1]].kind == "prompt" for row in after]))
        answers.append(np.mean([answered(row) for row in after]))
        second.append(np.mean([answered(row[FIRST + 1 :]) for row in then]))
        alone.append(after[:SHOWN])
        talk.append(then[:SHOWN])
    yield ToldResult(
        losses=np.array(losses, dtype=np.float32),
        asks=np.array(asks, dtype=np.float32),
        answers=np.array(answers, dtype=np.float32),
        second=np.array(second, dtype=np.float32),
        tried=TRIED,
        alone=np.array(alone, dtype=np.int32),
        talk=np.array(talk, dtype=np.int32),
    )


def raw(random: Random) -> tuple[int, ...]:
    """A text as it might be found: a list of questions, statements, or (seldom) a question with its answer."""
    every = toy.prompts(random.choice(toy.LANGUAGES))
    kind = random.random()
    if kind < LISTS:
        return (*(random.choice(every) for _ in range(random.randint(3, 8))), toy.END)
    if kind < LISTS + PAIRS:
        return demonstration(random)
    return (*_said(random.choice(every), random), *_said(random.choice(every), random), toy.END)


def demonstration(random: Random) -> tuple[int, ...]:
    """A question and its answer, as labellers write them."""
    question = random.choice(toy.prompts(random.choice(toy.LANGUAGES)))
    return (question, *toy.demonstration(question, random))


def dialogue(random: Random) -> tuple[int, ...]:
    """Two questions, each with its answer, in one row."""
    first, second = random.sample(toy.prompts(random.choice(toy.LANGUAGES)), 2)
    return (first, *_said(first, random), second, *toy.demonstration(second, random))


def answered(row: Sequence[int]) -> bool:
    """Whether what follows the question row[0] is an answer without a fault; where it asks on, the answer is over."""
    at = next((n for n, word in enumerate(row[1:], 1) if toy.WORDS[word].kind == "prompt"), len(row))
    return toy.faults(row[0], (*row[1:at], toy.END)) == 0


def _said(question: int, random: Random) -> tuple[int, ...]:
    return toy.demonstration(question, random)[:-1]


def _opened(n: int) -> tuple[int, ...]:
    """The n-th dialogue that is tried: a question, a short answer to it, a second question; no two words by chance."""
    random = Random(n)
    first, second = random.sample(toy.prompts(toy.LANGUAGES[n % 2]), 2)
    while len(answer := _said(first, random)) != FIRST:
        pass
    return (first, *answer, second)


def _questions(count: int) -> list[int]:
    every = [one for pair in zip(*(toy.prompts(lang) for lang in toy.LANGUAGES), strict=True) for one in pair]
    return [every[n % len(every)] for n in range(count)]


def _go_on(
    parameters: Parameters, size: Shape, starts: list[tuple[int, ...]], generator: torch.Generator
) -> list[list[int]]:
    """Each beginning with what the model draws after it; all beginnings are equally long."""
    import torch

    from explorer.learning import policy

    rows: list[list[int]] = policy.sample(parameters, size, torch.tensor(starts), toy.END, generator).tolist()
    return rows


def _rows(texts: list[tuple[int, ...]]) -> Tensor:
    import torch

    return torch.tensor([[*row[:ROW], *[toy.END] * (ROW - len(row))] for row in texts])


def _rising(steps: int) -> Callable[[int], float]:
    """The rate of a stage: up over 20 steps, then down to a twentieth."""
    return lambda step: RATE * min(step / 20, 1.0, 1.05 - step / steps)
