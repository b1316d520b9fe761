"""What one look at a policy's answers shows, worked out by hand; and a leash so short that updates change nothing."""

from __future__ import annotations

import math
from typing import Any

import pytest

from explorer.lab.types import toy_language as toy
from explorer.lab.types.rlhf import EPISODES, REWARD, SFT, RewardInputs, SftInputs, TuneInputs

LEAST = EPISODES // 16  # times that a word must have been said to be named
# Next-word probabilities of END, "1" and "2": of the policy and of π_ref. The third place of the first answer lies
# behind its END: nobody drew it, so it may count nowhere.
P, Q, EVEN, ODD, UNSEEN = (0.5, 0.25, 0.25), (0.25, 0.125, 0.625), (1 / 3,) * 3, (0.25, 0.5, 0.25), (0.98, 0.01, 0.01)
ROWS = [[1, 2, 0, 0], [1, 2, 2, 1]]  # a question, "2" and END; the same, three words without an END
POLICY, REFERENCE = [[P, P, UNSEEN], [P, P, EVEN]], [[Q, Q, ODD], [Q, Q, ODD]]


def looked(times: int) -> Any:
    """What is seen of the two answers, each drawn `times` times."""
    import torch

    from explorer.lab.learner import Seen
    from explorer.learning import policy

    rows = torch.tensor(ROWS * times)
    every, reference = (torch.tensor(one * times).log() for one in (POLICY, REFERENCE))
    chosen = every.gather(-1, rows[:, 1:, None])[..., 0]
    return Seen(chosen, every, reference, torch.zeros(chosen.shape), rows, policy.counted(rows, toy.END))


def gap(p: tuple[float, ...], q: tuple[float, ...]) -> float:
    return sum(a * math.log(a / b) for a, b in zip(p, q, strict=True))


def test_kl_is_a_sum_over_the_answer_and_entropy_a_mean_over_the_words() -> None:
    seen = looked(LEAST)
    assert seen.kl == pytest.approx((2 * gap(P, Q) + 2 * gap(P, Q) + gap(EVEN, ODD)) / 2, rel=1e-5)
    assert seen.entropy == pytest.approx((4 * 1.5 * math.log(2) + math.log(3)) / 5, rel=1e-5)
    assert seen.finite


def test_the_word_that_moved_most_is_the_one_with_the_farthest_mean_and_is_said_often_enough() -> None:
    """ln(π / π_ref): END ln 2; "1" ln(2/3); "2" ln 0.4, three times as often, which counts no more."""
    seen = looked(LEAST)
    assert seen.moved == 2
    assert seen.ratio == pytest.approx(math.log(0.4), rel=1e-5)
    seen = looked(LEAST - 1)
    assert seen.moved == 2, "it alone was said LEAST times"
    seen = looked(1)
    assert (seen.moved, seen.ratio) == (0, 0), "nothing was"


def test_numbers_that_are_none_are_seen() -> None:
    import torch

    from explorer.lab.learner import Seen
    from explorer.learning import policy

    rows = torch.tensor(ROWS)
    every = torch.tensor(POLICY).log()
    every[1, 2] = float("nan")
    chosen = every.gather(-1, rows[:, 1:, None])[..., 0]
    broken = Seen(chosen, every, torch.tensor(REFERENCE).log(), chosen * 0, rows, policy.counted(rows, toy.END))
    assert not broken.finite


@pytest.mark.parametrize("method", ["ppo", "rloo"])
def test_updates_on_a_leash_without_end_leave_the_policy_where_it_was(method: str) -> None:
    """Real updates, with rewards that pull; the KL is that of all 15 answers of a language of three tokens."""
    import torch

    from explorer.lab.learner import Learner
    from explorer.learning import exact, policy

    shape = policy.Shape(words=3, longest=4, layers=1, width=8, heads=2)
    reference = policy.fresh(shape, torch.Generator().manual_seed(0))
    sft = SFT.ref(SftInputs())
    rows = exact.every_row(shape, 1, toy.END)

    def distance(beta: float) -> float:
        inputs = TuneInputs(sft, REWARD.ref(RewardInputs(sft, (1.0,))), (1.0,), beta, 1e-4, method)
        learner, generator = Learner(reference, shape, inputs), torch.Generator().manual_seed(1)
        with policy.one_thread():
            for _ in range(20):
                drawn = policy.sample(learner.parameters, shape, torch.ones(64).long(), toy.END, generator)
                learner.update(drawn, (drawn == 2).sum(1).float(), learner.look(drawn), generator)
            return float(exact.kl(learner.copy(), reference, shape, rows, toy.END))

    held, free = distance(1e6), distance(0.0)
    assert held < 1e-5
    assert free > 1e-3, "without it the same updates move it"
