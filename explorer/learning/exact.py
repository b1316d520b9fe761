"""Everything that a policy over a tiny language can say, one by one: KL, reward and their gradient without sampling.

Only for languages so small that all answers can be listed (three tokens and answers of three: 15 of them). What is
sampled elsewhere is held against this.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import torch
from torch import Tensor

from explorer.learning import policy
from explorer.learning.policy import Parameters, Shape

Reward = Callable[[Tensor], Tensor]


def every_row(shape: Shape, prompt: int, end: int) -> Tensor:
    """[answers, longest]: the prompt with every answer behind it; after the first END there is nothing but END."""
    found = set()
    for answer in itertools.product(range(shape.words), repeat=shape.longest - 1):
        at = answer.index(end) if end in answer else len(answer)
        found.add((prompt, *answer[:at], *[end] * (len(answer) - at)))
    return torch.tensor(sorted(found))


def log_p(parameters: Parameters, shape: Shape, rows: Tensor, end: int) -> Tensor:
    """[answers]: ln π of each whole answer."""
    chosen, _, _ = policy.log_probabilities(parameters, shape, rows)
    return (chosen * policy.counted(rows, end).to(chosen.dtype)).sum(1)


def kl(parameters: Parameters, reference: Parameters, shape: Shape, rows: Tensor, end: int) -> Tensor:
    """KL(π ‖ π_ref) in nats: Σ π (ln π − ln π_ref) over all answers."""
    new, old = log_p(parameters, shape, rows, end), log_p(reference, shape, rows, end)
    return (new.exp() * (new - old)).sum()


def objective(
    parameters: Parameters, reference: Parameters, shape: Shape, rows: Tensor, end: int, reward: Tensor, beta: float
) -> Tensor:
    """What RLHF maximises: the mean reward minus β · KL (Ouyang et al. 2022, eq. 2, without the pre-training term)."""
    expected = (log_p(parameters, shape, rows, end).exp() * reward).sum()
    return expected - beta * kl(parameters, reference, shape, rows, end)


def policy_gradient(
    parameters: Parameters, reference: Parameters, shape: Shape, rows: Tensor, end: int, reward: Tensor, beta: float
) -> dict[str, Tensor]:
    """The gradient of `objective` as the training takes it: PPO's loss at a ratio of 1 and β times the KL of each word.

    Answers count by their π. A word is credited with the reward of its answer and with the KL of the words behind it;
    that of its own place is in the loss itself.
    """
    chosen, every, _ = policy.log_probabilities(parameters, shape, rows)
    mask = policy.counted(rows, end).to(chosen.dtype)
    with torch.no_grad():
        old = policy.log_probabilities(reference, shape, rows)[1]
        p = (chosen * mask).sum(1, keepdim=True).exp()
        gain = p * (reward[:, None] - beta * policy.to_come(policy.gap(every, old) * mask))
    loss = policy.clipped(chosen, chosen.detach(), gain, mask, 0.2) * mask.sum()
    loss = loss + beta * (p * policy.gap(every, old) * mask).sum()
    found = torch.autograd.grad(-loss, list(parameters.values()), allow_unused=True)
    return {
        name: torch.zeros_like(one) if grad is None else grad
        for (name, one), grad in zip(parameters.items(), found, strict=True)
    }


def best(reference: Tensor, reward: Tensor, beta: float) -> Tensor:
    """ln π* [answers] of the best policy there is: π* ∝ π_ref · exp(reward / β) (Korbak et al. 2022)."""
    return (reference + reward / beta).log_softmax(0)
