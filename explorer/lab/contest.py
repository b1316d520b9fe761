"""Which breakage teaches best? One small encoder-decoder, taught each of BART's five ways at one budget, then tested.

After Lewis et al. 2020, table 1, in little: the same weights to begin with, the same sentences in the same order, as
many updates for each; then the same three tasks (lab/contest_tasks.py), beside the network that was taught nothing.
Needs no model. Torch is imported when it runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from explorer.lab import contest_tasks
from explorer.lab.breaking import break_up
from explorer.lab.contest_tasks import Task, Words
from explorer.lab.experiment import implements
from explorer.lab.types import toy_language as toy
from explorer.lab.types.breaking import Breakage
from explorer.lab.types.contest import (
    CONTEST,
    ENTRANTS,
    EVERY,
    KINDS,
    TASKS,
    ContestInputs,
    ContestResult,
    ContestStep,
    checked,
)

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from explorer.learning.policy import Shape

MASK, START = toy.SIZE, toy.SIZE + 1
LONGEST = 2 * toy.LONGEST  # tokens; where nothing was taken a [MASK] is put in, so what is read may be longer
SENTENCES, BATCH = 4000, 32
SHARE, SPAN, PIECES = 0.3, 3.0, 3  # of the words taken away; of a run or a piece; that are exchanged
RATE, WARM = 6e-3, 30
TUNES, TUNE_BATCH, TUNE_RATE = 60, 16, 3e-3  # of each task
TIMED = 3  # updates of each way alone, of which the fastest is told
Pairs = Sequence[tuple[Words, Words]]  # (what the encoder reads, what the decoder is to say)
Lesson = Sequence[Pairs]  # an update's, for each net


@implements(CONTEST)
def contest(_: None, inputs: ContestInputs) -> Iterator[ContestStep | ContestResult]:
    """All five a step at a time, then the tasks. Raises Told: contest_outside, training_diverged."""
    from explorer.learning import policy

    checked(inputs)
    return policy.in_one_thread(_contest(inputs))


def shape() -> Shape:
    from explorer.learning.policy import Shape

    return Shape(words=toy.SIZE + 2, longest=LONGEST, layers=2, width=32, heads=4)


def broken(row: Words, kind: str, seed: int) -> tuple[Words, Words]:
    """One sentence: what the encoder reads, what the decoder is to say."""
    found = break_up(row, (True,) * len(row), Breakage(kind, SHARE, SPAN, PIECES, seed), MASK)
    return found.shown, found.target


def _contest(inputs: ContestInputs) -> Generator[ContestStep | ContestResult]:
    import torch

    from explorer.learning import seq2seq

    begun = time.perf_counter()
    total = inputs.updates + len(TASKS) * TUNES
    yield ContestStep(0, total, 0)
    rows = contest_tasks.text(SENTENCES, inputs.seed, contest_tasks.tested(inputs.test_seed))
    drawn = seq2seq.fresh(shape(), len(KINDS), _seeded(inputs.seed))
    weights = drawn.clone().requires_grad_()
    told: list[list[float]] = []
    sizes = np.zeros((2, len(KINDS)))
    for found in _fitted([weights], _lessons(rows, inputs, sizes), partial(losses, weights), inputs.updates, RATE):
        told.append(found)
        yield ContestStep(len(told), total, len(told), tuple(found))
    everyone = torch.cat([weights.detach(), drawn[:1]])
    majority = np.zeros(len(TASKS), dtype=np.float32)
    right = np.zeros((len(TASKS), len(ENTRANTS), contest_tasks.TESTED), dtype=bool)
    done = inputs.updates
    for number, name in enumerate(TASKS):
        task = contest_tasks.task(name, inputs.test_seed)
        majority[number] = _commonest(task)
        for one in _tested(everyone, task, inputs.seed):
            done += 1
            right[number] = one
            yield ContestStep(done, total, inputs.updates, (), number)
    example = max(rows[:20], key=len)
    curves = np.array(told[: inputs.updates // EVERY * EVERY], dtype=np.float32)
    read, said = (sizes / (inputs.updates * BATCH)).astype(np.float32)
    yield ContestResult(
        losses=curves.reshape(-1, EVERY, len(KINDS)).mean(1).T,
        seconds=_alone(drawn[:1], rows[:BATCH]),
        read=read,
        said=said,
        right=right,
        majority=majority,
        example=example,
        shown=tuple(broken(example, kind, inputs.seed)[0] for kind in KINDS),
        took=time.perf_counter() - begun,
    )


def _lessons(rows: list[Words], inputs: ContestInputs, sizes: np.ndarray) -> Iterator[Lesson]:
    """The same sentences for all, broken anew each time; `sizes` counts words read and words to be said."""
    from explorer.learning.loop import shuffled

    order = shuffled(len(rows), BATCH, inputs.updates * BATCH // len(rows) + 1, _seeded(inputs.seed))
    for update in range(inputs.updates):
        seeds = np.random.default_rng((inputs.seed, update)).integers(0, 2**31, BATCH).tolist()
        at = next(order).tolist()
        lesson = [[broken(rows[n], kind, seed) for n, seed in zip(at, seeds, strict=True)] for kind in KINDS]
        sizes += [[sum(len(pair[side]) for pair in pairs) for pairs in lesson] for side in (0, 1)]
        yield lesson


def _fitted(
    weights: Sequence[Tensor], lessons: Iterator[Lesson], each: Callable[[Lesson], Tensor], updates: int, rate: float
) -> Iterator[list[float]]:
    """The loss of every net, update by update; the rate grows to `rate` and falls to nothing."""
    from explorer.learning.loop import Group, fit

    told: list[list[float]] = []
    warm = min(WARM, updates / 5)

    def loss(lesson: Lesson) -> Tensor:
        found = each(lesson)
        told.append(found.tolist())
        return found.sum()

    def at(step: int) -> float:
        return float(rate * min(step / warm, 1.0) * (updates + 1 - step) / updates)

    for _ in fit([Group(list(weights), at)], lessons, loss):
        yield told.pop()


def losses(weights: Tensor, lesson: Lesson) -> Tensor:
    """[nets]: cross-entropy of the words that are to be said, END included; nats a word."""
    import torch

    from explorer.learning import seq2seq

    net = seq2seq.parted(weights, shape())
    rows, seen = padded([[shown for shown, _ in pairs] for pairs in lesson])
    aims, counted = padded([[target for _, target in pairs] for pairs in lesson])
    said = torch.cat([torch.full((*aims.shape[:2], 1), START), aims[..., :-1]], -1)
    memory = seq2seq.encoded(net, shape(), rows, seen)
    every = seq2seq.scores(net, shape(), memory, seen, said).log_softmax(-1)
    found = every.gather(-1, aims[..., None])[..., 0] * counted
    return -found.sum((1, 2)) / counted.sum((1, 2))


def padded(rows: Sequence[Sequence[Words]]) -> tuple[Tensor, Tensor]:
    """(rows, seen) [nets, rows, tokens]: END behind each row and to the end; seen is True up to the first."""
    import torch

    longest = max(len(row) for some in rows for row in some) + 1
    filled = torch.tensor([[[*row, *[toy.END] * (longest - len(row))] for row in some] for some in rows])
    lengths = torch.tensor([[len(row) for row in some] for some in rows])
    return filled, torch.arange(longest) <= lengths[..., None]


def _alone(drawn: Tensor, rows: list[Words]) -> np.ndarray:
    """[5]: seconds of one update of one net for each way, broken sentences and all; what comes of it is dropped."""
    found = []
    for kind in KINDS:
        took = []
        for seed in range(TIMED):
            start = time.perf_counter()
            pairs = [broken(row, kind, seed) for row in rows]
            own = drawn.clone().requires_grad_()
            for _ in _fitted([own], iter([[pairs]]), partial(losses, own), 1, RATE):
                took.append(time.perf_counter() - start)
        found.append(min(took))
    return np.array(found, dtype=np.float32)


def _tested(weights: Tensor, task: Task, seed: int) -> Iterator[np.ndarray]:
    """Whole nets tuned on what the task teaches, then asked: right[nets, tests] after each update, all False until the
    last."""
    import torch

    from explorer.learning.loop import shuffled

    own = weights.clone().requires_grad_()
    head = torch.zeros(len(own), shape().width + 1, requires_grad=True)
    order = shuffled(len(task.taught), TUNE_BATCH, TUNES * TUNE_BATCH // len(task.taught) + 1, _seeded(seed))
    lessons = ([[task.taught[n] for n in next(order).tolist()]] * len(own) for _ in range(TUNES))
    learn, each = ([own], partial(losses, own)) if task.name == "sum" else ([own, head], partial(_misses, own, head))
    right = np.zeros((len(own), len(task.tested)), dtype=bool)
    for update, _ in enumerate(_fitted(learn, lessons, each, TUNES, TUNE_RATE), start=1):
        if update == TUNES:
            with torch.no_grad():
                right = _wrote(own.detach(), task) if task.name == "sum" else _chose(own, head, task)
        yield right


def _judged(weights: Tensor, head: Tensor, lesson: Lesson) -> Tensor:
    """[nets, rows]: the score of "yes". The sentence goes into encoder and decoder, and what the decoder makes of its
    END is judged, as in BART (Lewis et al. 2020)."""
    import torch

    from explorer.learning import seq2seq

    net = seq2seq.parted(weights, shape())
    rows, seen = padded([[row for row, _ in pairs] for pairs in lesson])
    memory = seq2seq.encoded(net, shape(), rows, seen)
    states = seq2seq.decoded(net, shape(), memory, seen, rows)
    ends = (seen.sum(2) - 1)[..., None, None].expand(-1, -1, 1, states.shape[-1])
    last = states.gather(2, ends)[:, :, 0]
    return torch.bmm(last, head[:, 1:, None])[..., 0] + head[:, :1]


def _misses(weights: Tensor, head: Tensor, lesson: Lesson) -> Tensor:
    """[nets]: cross-entropy of yes and no."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    labels = torch.tensor([[float(label) for _, (label,) in pairs] for pairs in lesson])
    return binary_cross_entropy_with_logits(_judged(weights, head, lesson), labels, reduction="none").mean(1)


def _chose(weights: Tensor, head: Tensor, task: Task) -> np.ndarray:
    truth = np.array([label for _, (label,) in task.tested], dtype=bool)
    said: np.ndarray = _judged(weights, head, [task.tested] * len(weights)).numpy() > 0
    return np.asarray(said == truth)


def _wrote(weights: Tensor, task: Task) -> np.ndarray:
    from explorer.learning import seq2seq

    rows, seen = padded([[row for row, _ in task.tested]] * len(weights))
    net = seq2seq.parted(weights, shape())
    said = seq2seq.written(net, shape(), rows, seen, START, toy.END, toy.LONGEST).tolist()
    answers = [answer for _, answer in task.tested]
    return np.array([[tuple(toy.body(row)) == answers[n] for n, row in enumerate(some)] for some in said])


def _commonest(task: Task) -> float:
    """The share of the tests that the commonest answer of them gets right."""
    answers = [answer for _, answer in task.tested]
    return max(map(answers.count, set(answers))) / len(answers)


def _seeded(seed: int) -> torch.Generator:
    import torch

    return torch.Generator().manual_seed(seed)
