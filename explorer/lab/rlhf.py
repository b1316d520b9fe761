"""RLHF in three steps on a small language: supervised examples, a reward model from comparisons, PPO or RLOO.

Stiennon et al. 2020 and Ouyang et al. 2022 (arXiv 2203.02155, § 3) in little: everything runs, nothing is looked up.
Needs no model. Torch is imported when an experiment runs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from explorer.errors import Told
from explorer.lab.experiment import implements
from explorer.lab.learner import GROUP, Learner
from explorer.lab.types import toy_language as toy
from explorer.lab.types.experiment import Results
from explorer.lab.types.rlhf import (
    EPISODES,
    HELD_OUT,
    JUDGED,
    MOST_N,
    REWARD,
    SFT,
    SHOWN,
    TUNE,
    RewardInputs,
    RewardResult,
    RewardStep,
    SftInputs,
    SftResult,
    SftStep,
    TuneInputs,
    TuneResult,
    TuneStep,
)

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from explorer.learning.policy import Parameters, Shape

ROW = toy.LONGEST + 1  # a question and its answer
DEMONSTRATIONS, SFT_BATCH, SFT_RATE = 2000, 64, 3e-3
EPOCHS, PAIR_BATCH, REWARD_RATE = 8, 50, 5e-4
FAR = 60.0  # nats: a policy farther from π_ref than this writes nothing else any more
WATCHED = 256  # answers by which the end is judged


def shape() -> Shape:
    """The size of policy and reward model."""
    from explorer.learning.policy import Shape

    return Shape(toy.SIZE, ROW)


@implements(SFT)
def sft(_: None, inputs: SftInputs) -> Iterator[SftStep | SftResult]:
    """Cross-entropy on the answers' words, the questions given. Yields a SftStep a step."""
    from explorer.learning import policy

    return policy.in_one_thread(_sft(inputs))


def _sft(inputs: SftInputs) -> Generator[SftStep | SftResult]:
    import torch

    from explorer.learning import policy
    from explorer.learning.loop import Group, fit

    generator = torch.Generator().manual_seed(inputs.seed)
    size = shape()
    parameters = {name: one.requires_grad_() for name, one in policy.fresh(size, generator).items()}
    rows = padded(toy.demonstrations(DEMONSTRATIONS, inputs.seed))

    def loss(batch: Tensor) -> Tensor:
        chosen, _, _ = policy.log_probabilities(parameters, size, batch)
        mask = policy.counted(batch, toy.END)
        return -(chosen * mask).sum() / mask.sum()

    def batches() -> Iterator[Tensor]:
        for _ in range(inputs.steps):
            yield rows[torch.randint(len(rows), (SFT_BATCH,), generator=generator)]

    def rate(step: int) -> float:
        return SFT_RATE * min(step / 20, 1.0, 1.05 - step / inputs.steps)

    losses = []
    asked = _questions(1, inputs.seed)
    for step in fit([Group(list(parameters.values()), rate)], batches(), loss, clip=1.0):
        losses.append(step.loss)
        written: tuple[int, ...] = ()
        if step.step % 20 == 0:
            written = tuple(policy.sample(parameters, size, asked[:1], toy.END, generator)[0].tolist())
        yield SftStep(step.step, inputs.steps, step.loss, written)
    samples = policy.sample(parameters, size, _questions(32, inputs.seed), toy.END, generator)
    yield SftResult(np.array(losses, dtype=np.float32), policy.flat(parameters), samples.int().numpy())


@implements(REWARD)
def reward(_: None, inputs: RewardInputs, results: Results) -> Iterator[RewardStep | RewardResult]:
    """Bradley–Terry on pairs of the policy's own answers. Raises Told("panel_without_taste") for weights all 0."""
    from explorer.learning import policy

    return policy.in_one_thread(_reward(inputs, results))


def _reward(inputs: RewardInputs, results: Results) -> Generator[RewardStep | RewardResult]:
    import torch
    from torch.nn.functional import logsigmoid

    from explorer.learning import policy
    from explorer.learning.loop import Group, fit, shuffled

    if not any(inputs.weights):
        raise Told("panel_without_taste")
    size = shape()
    start = policy.unflat(results[inputs.sft].weights, policy.names(size))
    generator = torch.Generator().manual_seed(1000 + inputs.seed)
    pairs, clean = judged_pairs(start, inputs.weights, generator)
    own = [(_one(c.prompt, c.better), _one(c.prompt, c.worse)) for c in inputs.own]
    learnt = torch.stack([torch.stack(pair) for pair in own] + list(pairs[:JUDGED]))
    held, held_clean = pairs[JUDGED:], clean[JUDGED:]

    parameters = {name: one.requires_grad_() for name, one in _with_head(start).items()}

    def loss(numbers: Tensor) -> Tensor:
        pair = learnt[numbers]
        return -logsigmoid(scores(parameters, size, pair[:, 0]) - scores(parameters, size, pair[:, 1])).mean()

    def accuracy() -> tuple[float, float]:
        with torch.no_grad():
            right = scores(parameters, size, held[:, 0]) > scores(parameters, size, held[:, 1])
        return float(right.float().mean()), float((right == held_clean).float().mean())

    losses, accuracies, told = [], [], []
    batches = shuffled(len(learnt), PAIR_BATCH, EPOCHS, generator)
    for step in fit([Group(list(parameters.values()), REWARD_RATE, decay=0.01)], batches, loss, clip=1.0):
        told.append(step.loss)
        if step.step % math.ceil(len(learnt) / PAIR_BATCH) == 0:
            losses.append(float(np.mean(told)))
            told.clear()
            accuracies.append(accuracy()[0])
            yield RewardStep(len(losses), EPOCHS, losses[-1], accuracies[-1])
    with torch.no_grad():
        measured = scores(parameters, size, pairs.flatten(0, 1))
    yield RewardResult(
        policy.flat(parameters), float(measured.mean()), float(measured.std()) or 1.0,
        np.array(losses, dtype=np.float32), np.array(accuracies, dtype=np.float32), accuracy()[1],
        float(held_clean.float().mean()),
    )  # fmt: skip


def judged_pairs(start: Parameters, weights: tuple[float, ...], generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """(pairs[n, 2, tokens], clean[n]): answers of π_ref, the one that the panel chose first; whether its rule agrees.

    A pair on which the rule is of no opinion is drawn again; a judge errs with `toy.NOISE`.
    """
    import torch

    from explorer.learning import policy

    size, random = shape(), Random(int(torch.randint(2**31, (1,), generator=generator)))
    pairs: list[Tensor] = []
    clean: list[bool] = []
    while len(pairs) < JUDGED + HELD_OUT:
        asked = _questions(256, 0).repeat_interleave(2)
        rows = policy.sample(start, size, asked, toy.END, generator)
        ruled = rule(weights, rows)
        for a, b, first, second in zip(rows[::2], rows[1::2], ruled[::2], ruled[1::2], strict=True):
            if first == second or len(pairs) == JUDGED + HELD_OUT:
                continue
            better, worse = (a, b) if first > second else (b, a)
            errs = random.random() < toy.NOISE
            pairs.append(torch.stack([worse, better] if errs else [better, worse]))
            clean.append(not errs)
    return torch.stack(pairs), torch.tensor(clean)


@implements(TUNE)
def tune(_: None, inputs: TuneInputs, results: Results) -> Iterator[TuneStep | TuneResult]:
    """Policy-gradient updates against the reward model; yields a TuneStep an update.

    Numbers that are no longer finite end it; the result is that of the last policy that was.
    """
    from explorer.learning import policy

    return policy.in_one_thread(_tune(inputs, results))


def _tune(inputs: TuneInputs, results: Results) -> Generator[TuneStep | TuneResult]:
    import torch

    from explorer.learning import policy

    size = shape()
    reference = policy.unflat(results[inputs.sft].weights, policy.names(size))
    judge = results[inputs.reward]
    judged_by = policy.unflat(judge.weights, _head_sizes(size))
    generator = torch.Generator().manual_seed(2000 + inputs.seed)
    learner = Learner(reference, size, inputs)
    asked = _questions(SHOWN, inputs.seed)

    curves, moved, ratios, shown = [], [], [], []
    good, diverged, far = learner.copy(), 0, False

    def rated(rows: Tensor) -> Tensor:
        with torch.no_grad():
            return (scores(judged_by, size, rows) - judge.mean) / judge.scale

    for update in range(inputs.updates + 1):
        try:
            rows = policy.sample(
                learner.parameters, size, _questions(EPISODES // GROUP, update).repeat_interleave(GROUP), toy.END,
                generator,
            )  # fmt: skip
            seen = learner.look(rows)
        except RuntimeError:  # probabilities that are none: torch refuses to draw
            diverged = update
            break
        if not seen.finite:
            diverged = update
            break
        good = learner.copy()
        rewards = rated(rows)
        same = torch.Generator().manual_seed(inputs.seed)
        answers = policy.sample(learner.parameters, size, asked, toy.END, same)
        step = TuneStep(
            update, inputs.updates, float(rewards.mean()), float(np.mean(rule(inputs.weights, rows))),
            seen.kl, seen.entropy, seen.length, seen.moved, seen.ratio, _tuples(answers),
        )  # fmt: skip
        curves.append((step.reward, step.rule, step.kl, step.entropy, step.length))
        moved.append(step.moved)
        ratios.append(step.ratio)
        shown.append(answers.int().numpy())
        yield step
        if far := step.kl > FAR:
            break
        if update < inputs.updates:
            learner.update(rows, rewards, seen, generator)

    after = torch.Generator().manual_seed(3000 + inputs.seed)
    questions = _questions(WATCHED, 0)
    answers = policy.sample(good, size, questions, toy.END, after)
    before = policy.sample(reference, size, questions, toy.END, after)
    last = torch.from_numpy(shown[-1]).long()
    with torch.no_grad():
        new, old = (policy.log_probabilities(one, size, last)[0] for one in (good, reference))
    yield TuneResult(
        np.array(curves), np.array(moved, dtype=np.int32), np.array(ratios, dtype=np.float32), np.stack(shown),
        answers.int().numpy(), before.int().numpy(),
        ((new - old) * policy.counted(last, toy.END)).float().numpy(),
        _best_of(reference, size, rated, inputs.weights, after), diverged, far,
    )  # fmt: skip


def scores(parameters: Parameters, size: Shape, rows: Tensor) -> Tensor:
    """[rows]: the reward model's score: the mean of the hidden states over question, answer and END, times its head."""
    import torch

    from explorer.learning import policy

    hidden = policy.states(parameters, size, rows)
    seen = torch.cat([torch.ones(len(rows), 1), policy.counted(rows, toy.END)], 1)[..., None]
    return (hidden * seen).sum(1) / seen.sum(1) @ parameters["score"]


def rule(weights: tuple[float, ...], rows: Tensor) -> list[float]:
    """The true rule's score of every row."""
    return [toy.score(weights, row[0], row[1:]) for row in rows.tolist()]


def _best_of(
    reference: Parameters,
    size: Shape,
    rated: Callable[[Tensor], Tensor],
    weights: tuple[float, ...],
    generator: torch.Generator,
) -> np.ndarray:
    """[n, 3]: for n = 1, 2, 4, …: ln n − (n − 1) / n, and what the answer that the model likes best of n is worth."""
    from explorer.learning import policy

    asked = _questions(32, 0).repeat_interleave(MOST_N)
    rows = policy.sample(reference, size, asked, toy.END, generator)
    by_model = rated(rows).view(-1, MOST_N)
    by_rule = np.array(rule(weights, rows)).reshape(-1, MOST_N)
    out = []
    n = 1
    while n <= MOST_N:
        blocks = by_model.view(len(by_model), -1, n).numpy()
        best = blocks.argmax(-1)[..., None]
        ruled = np.take_along_axis(by_rule.reshape(blocks.shape), best, -1)
        out.append((math.log(n) - (n - 1) / n, blocks.max(-1).mean(), ruled.mean()))
        n *= 2
    return np.array(out, dtype=np.float64)


def _questions(count: int, start: int) -> Tensor:
    """`count` questions, all of them in turn."""
    import torch

    every = [one for pair in zip(*(toy.prompts(lang) for lang in toy.LANGUAGES), strict=True) for one in pair]
    return torch.tensor([every[(start + n) % len(every)] for n in range(count)])


def padded(rows: list[tuple[int, ...]]) -> Tensor:
    """[rows, ROW]: questions with their answers, END up to the full length."""
    import torch

    return torch.tensor([[*row, *[toy.END] * (ROW - len(row))] for row in rows])


def _one(prompt: int, answer: tuple[int, ...]) -> Tensor:
    return padded([(prompt, *answer)])[0]


def _tuples(rows: Tensor) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(row) for row in rows.tolist())


def _head_sizes(size: Shape) -> dict[str, tuple[int, ...]]:
    from explorer.learning import policy

    return {**policy.names(size), "score": (size.width,)}


def _with_head(start: Parameters) -> Parameters:
    import torch

    return {**{name: one.clone() for name, one in start.items()}, "score": torch.zeros(len(start["embed"][0]))}
