"""A policy on its way in step 3 of RLHF: what one look at its answers shows, and one update by PPO or RLOO.

Knows the small language's size and a step's inputs; who draws the answers and who rewards them is not its business.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from explorer.lab.types import toy_language as toy
from explorer.lab.types.rlhf import EPISODES, TuneInputs

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from explorer.learning.policy import Parameters, Shape

PPO_EPOCHS, PARTS, CLIP, TRACE = 2, 4, 0.2, 0.95
GROUP = 4  # answers to one question that RLOO holds against each other


class Seen:
    """What one look at the drawn answers shows of a policy: log-probabilities then, and the numbers that are told."""

    def __init__(
        self, chosen: Tensor, every: Tensor, reference: Tensor, values: Tensor, rows: Tensor, mask: Tensor
    ) -> None:
        import torch

        from explorer.learning import policy

        self.chosen, self.reference, self.values, self.mask = chosen, reference, values, mask
        self.each = policy.gap(every, reference) * mask
        self.kl = float(self.each.sum(1).mean())
        self.entropy = float(-((every.exp() * every).sum(-1) * mask).sum() / mask.sum())
        self.length = float(mask.sum(1).mean()) - 1
        drawn = (chosen - reference.gather(-1, rows[:, 1:, None])[..., 0]) * mask
        self.finite = bool(torch.isfinite(drawn).all()) and math.isfinite(self.kl) and math.isfinite(self.entropy)
        sums = torch.zeros(toy.SIZE).index_add(0, rows[:, 1:].flatten(), drawn.flatten())
        times = torch.zeros(toy.SIZE).index_add(0, rows[:, 1:].flatten(), mask.flatten())
        mean = torch.where(times >= EPISODES // 16, sums / times.clamp(min=1), 0.0)
        self.moved = int(mean.abs().argmax())
        self.ratio = float(mean[self.moved])


class Learner:
    """A policy on its way, with its optimiser; π_ref beside it stays as it is."""

    def __init__(self, reference: Parameters, size: Shape, inputs: TuneInputs) -> None:
        import torch

        self.reference, self.size, self.inputs = reference, size, inputs
        self.parameters = {name: one.clone().requires_grad_() for name, one in reference.items()}
        self.value = torch.zeros(size.width + 1, requires_grad=True)
        self.optimiser = torch.optim.Adam([*self.parameters.values(), self.value], lr=inputs.rate)

    def copy(self) -> Parameters:
        return {name: one.detach().clone() for name, one in self.parameters.items()}

    def look(self, rows: Tensor) -> Seen:
        import torch

        from explorer.learning import policy

        with torch.no_grad():
            mask = policy.counted(rows, toy.END)
            chosen, every, hidden = policy.log_probabilities(self.parameters, self.size, rows)
            _, reference, _ = policy.log_probabilities(self.reference, self.size, rows)
            return Seen(chosen, every, reference, self._values(hidden), rows, mask)

    def update(self, rows: Tensor, rewards: Tensor, seen: Seen, generator: torch.Generator) -> None:
        """One update: two passes over the answers in four parts, towards reward − β · KL.

        The KL of each place is taken over all words, not over the drawn one alone: the same mean, and far less noise.
        """
        import torch

        from explorer.learning import policy

        mask, beta = seen.mask, self.inputs.beta
        if self.inputs.method == "rloo":
            gain = policy.leave_one_out(rewards - beta * seen.each.sum(1), GROUP)[:, None].expand_as(mask)
            returns = torch.zeros_like(mask)
        else:
            each = -beta * torch.cat(
                [seen.each[:, 1:], torch.zeros(len(rows), 1)], 1
            )  # a word leads to what follows it
            each[torch.arange(len(rows)), mask.sum(1).long() - 1] += rewards
            gain, returns = policy.advantages(each, seen.values, mask, TRACE)
        for _ in range(PPO_EPOCHS):
            for part in torch.randperm(len(rows), generator=generator).chunk(PARTS):
                with torch.enable_grad():
                    chosen, every, hidden = policy.log_probabilities(self.parameters, self.size, rows[part])
                    inside = mask[part] / mask[part].sum()
                    loss = policy.clipped(chosen, seen.chosen[part], gain[part], mask[part], CLIP)
                    loss = loss + beta * (policy.gap(every, seen.reference[part]) * inside).sum()
                    if self.inputs.method == "ppo":
                        loss = loss + 0.1 * ((self._values(hidden) - returns[part]) ** 2 * inside).sum()
                    self.optimiser.zero_grad()
                    loss.backward()  # type: ignore[no-untyped-call]
                torch.nn.utils.clip_grad_norm_([*self.parameters.values(), self.value], 1.0)
                self.optimiser.step()

    def _values(self, hidden: Tensor) -> Tensor:
        return hidden @ self.value[:-1] + self.value[-1]
