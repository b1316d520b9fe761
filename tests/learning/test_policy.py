"""The policy gradient held against plain arithmetic: exact KL by listing, finite differences, hand-made advantages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from explorer.learning.policy import Parameters, Shape

END, PROMPT = 0, 1


@pytest.fixture(scope="module")
def small() -> tuple[Any, Shape, Parameters, Parameters, Any]:
    """A language of three tokens in float64: shape, policy, reference, every row."""
    import torch

    from explorer.learning import exact, policy

    shape = policy.Shape(words=3, longest=4, layers=1, width=8, heads=2)
    generator = torch.Generator().manual_seed(3)
    reference = policy.fresh(shape, generator, torch.float64)
    moved = {name: one + 0.3 * torch.randn(one.shape, generator=generator, dtype=torch.float64)
             for name, one in reference.items()}  # fmt: skip
    return torch, shape, moved, reference, exact.every_row(shape, PROMPT, END)


def test_all_answers_are_listed_and_their_probabilities_add_up_to_one(small: Any) -> None:
    from explorer.learning import exact

    _, shape, moved, _, rows = small
    assert len(rows) == 1 + 2 + 4 + 8  # ends at once, after one word, after two; three words without an end
    assert float(exact.log_p(moved, shape, rows, END).exp().sum()) == pytest.approx(1, abs=1e-12)


def test_the_kl_that_is_sampled_is_the_one_that_is_listed(small: Any) -> None:
    from explorer.learning import exact, policy

    torch, shape, moved, reference, rows = small
    listed = float(exact.kl(moved, reference, shape, rows, END))
    p, q = (exact.log_p(one, shape, rows, END).numpy() for one in (moved, reference))
    assert listed == pytest.approx(float((np.exp(p) * (p - q)).sum()), abs=1e-12)
    drawn = policy.sample(moved, shape, torch.full((4000,), PROMPT), END, torch.Generator().manual_seed(0))
    sampled = (exact.log_p(moved, shape, drawn, END) - exact.log_p(reference, shape, drawn, END)).mean()
    assert listed > 0.05
    assert float(sampled) == pytest.approx(listed, rel=0.15)


def test_the_policy_gradient_is_that_of_finite_differences(small: Any) -> None:
    from explorer.learning import exact

    torch, shape, moved, reference, rows = small
    reward = torch.linspace(-1, 2, len(rows), dtype=torch.float64)
    free = {name: one.clone().requires_grad_() for name, one in moved.items()}
    found = exact.policy_gradient(free, reference, shape, rows, END, reward, 0.1)
    step = 1e-6
    for name in ("embed", "place", "0.qkv", "0.down", "norm"):
        at = np.unravel_index(int(found[name].abs().argmax()), found[name].shape)
        ends = []
        for sign in (1, -1):
            changed = {key: one.clone() for key, one in moved.items()}
            changed[name][at] += sign * step
            ends.append(float(exact.objective(changed, reference, shape, rows, END, reward, 0.1)))
        assert float(found[name][at]) == pytest.approx((ends[0] - ends[1]) / (2 * step), abs=1e-5), name


def test_a_leash_without_end_leaves_the_policy_where_it_was(small: Any) -> None:
    from explorer.learning import exact

    torch, shape, _, reference, rows = small
    reward = torch.linspace(-1, 2, len(rows), dtype=torch.float64)
    old = exact.log_p(reference, shape, rows, END)
    distance = [
        float((new.exp() * (new - old)).sum()) for beta in (0.1, 10, 1e6) for new in [exact.best(old, reward, beta)]
    ]
    assert distance[0] > 0.5 > distance[1] > distance[2]
    assert distance[2] < 1e-5


def test_advantages_are_those_worked_out_by_hand() -> None:
    import torch

    from explorer.learning import policy

    rewards = torch.tensor([[0.0, 1.0, 9.0]])
    values = torch.tensor([[0.5, 0.25, 7.0]])
    mask = torch.tensor([[1.0, 1.0, 0.0]])  # the third was drawn by nobody
    found, returns = policy.advantages(rewards, values, mask, 0.9)
    second = 1.0 - 0.25
    assert found.tolist() == [pytest.approx([0.25 - 0.5 + 0.9 * second, second, 0.0])]
    assert returns[0, :2].tolist() == pytest.approx([float(found[0, 0]) + 0.5, 1.0])


def test_each_answer_is_held_against_the_others_of_its_question() -> None:
    import torch

    from explorer.learning import policy

    found = policy.leave_one_out(torch.tensor([1.0, 2.0, 3.0, 6.0, 5.0, 5.0, 5.0, 5.0]), 4)
    assert found.tolist() == pytest.approx([1 - 11 / 3, 2 - 10 / 3, 3 - 3, 6 - 2, 0, 0, 0, 0])


def test_beyond_the_clip_nothing_more_is_gained() -> None:
    import torch

    from explorer.learning import policy

    new = torch.tensor([[0.5, 0.1, -0.5]], requires_grad=True)
    loss = policy.clipped(new, torch.zeros(1, 3), torch.tensor([[1.0, 1.0, -1.0]]), torch.ones(1, 3), 0.2)
    loss.backward()
    assert new.grad is not None
    assert new.grad[0, 0] == 0 and new.grad[0, 2] == 0, "ratios 1.65 and 0.61: past the clip on the side of their gain"
    assert float(new.grad[0, 1]) == pytest.approx(-np.exp(0.1) / 3)


def test_between_two_steps_the_threads_are_as_before() -> None:
    import torch

    from explorer.learning import policy

    before = torch.get_num_threads()
    inside: list[int] = []

    def counting() -> Any:
        for _ in range(2):
            inside.append(torch.get_num_threads())
            yield 1

    assert [torch.get_num_threads() for _ in policy.in_one_thread(counting())] == [before, before]
    assert inside == [1, 1]


def test_parameters_come_back_from_one_row() -> None:
    import torch

    from explorer.learning import policy

    shape = policy.Shape(words=5, longest=4, layers=2, width=8, heads=2)
    made = policy.fresh(shape, torch.Generator().manual_seed(0))
    again = policy.unflat(policy.flat(made), policy.names(shape))
    assert list(again) == list(made)
    assert all(torch.equal(again[name], made[name]) for name in made)


@pytest.mark.parametrize("norm", ["pre", "post"])
def test_the_norm_in_front_and_behind_are_the_library_s_layers(norm: Any, small: Any) -> None:
    """Value and gradient of a layer, against torch.nn.TransformerEncoderLayer with the same weights."""
    torch, shape, moved, _, _ = small
    from explorer.learning import policy

    width = shape.width
    layer = torch.nn.TransformerEncoderLayer(
        width, shape.heads, 4 * width, dropout=0.0, activation="gelu", batch_first=True, norm_first=norm == "pre"
    ).double()
    mine = {name: one.clone().requires_grad_() for name, one in moved.items()}
    with torch.no_grad():
        layer.self_attn.in_proj_weight.copy_(mine["0.qkv"].T)
        layer.self_attn.out_proj.weight.copy_(mine["0.out"].T)
        layer.linear1.weight.copy_(mine["0.up"].T)
        layer.linear2.weight.copy_(mine["0.down"].T)
        for one, name in ((layer.norm1, "0.norm1"), (layer.norm2, "0.norm2")):
            one.weight.copy_(mine[name][0])
            one.bias.copy_(mine[name][1])
        for one in (
            layer.self_attn.in_proj_bias,
            layer.self_attn.out_proj.bias,
            layer.linear1.bias,
            layer.linear2.bias,
        ):
            one.zero_()
    x = torch.randn(2, 4, width, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    ahead = torch.ones(4, 4, dtype=torch.bool).triu(1)
    with torch.enable_grad():
        theirs = layer(x, src_mask=ahead)
        ours = policy.block(mine, shape, 0, x, norm)
        (theirs**3).sum().backward()
        (ours**3).sum().backward()
    assert torch.allclose(ours, theirs, atol=1e-10)
    assert torch.allclose(mine["0.qkv"].grad, layer.self_attn.in_proj_weight.grad.T, rtol=1e-8)
    assert torch.allclose(mine["0.down"].grad, layer.linear2.weight.grad.T, rtol=1e-8)
