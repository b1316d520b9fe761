"""The training loop against plain PyTorch: it learns, stops where its reader stops, and says when it diverges."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
import torch

from explorer.errors import Told
from explorer.lab.experiment import find
from explorer.lab.types.experiment import declared
from explorer.learning.loop import Group, fit, shuffled


def test_a_stream_that_learns_is_a_training_to_the_engine() -> None:
    """Else it would run beside any number of others, at the priority of clicks."""
    learning = {
        wire for wire, one in declared().items()
        if one.kind == "stream" and any(name in inspect.getsource(find(one).fn) for name in ("fit(", "fitted("))
    }  # fmt: skip
    assert {"languages/train-pos", "context/cbow"} <= learning
    assert learning <= {wire for wire, one in declared().items() if one.trains}  # others learn in a part of their own


def test_the_first_step_is_adams_and_the_loss_is_told_without_the_penalty() -> None:
    """Adam's first step moves every weight by the rate against the sign of its gradient."""
    weights = torch.tensor([1.0, -2.0], requires_grad=True)
    [step] = fit([Group([weights], 0.1)], [3.0], lambda batch: (batch * weights).sum(), penalty=lambda: weights[0] * 0)
    assert (step.step, step.loss, step.whole) == (1, -3.0, True) and step.seconds > 0
    np.testing.assert_allclose(weights.detach().numpy(), [0.9, -2.1], rtol=1e-6)
    stays = torch.tensor([1.0], requires_grad=True)
    [step] = fit([Group([stays], 0.1)], [0], lambda _: stays.sum() * 0 + 5, penalty=lambda: stays.square().sum())
    assert step.loss == 5.0
    np.testing.assert_allclose(stays.detach().numpy(), [0.9], rtol=1e-6)


def a_task(seed: int = 0) -> tuple[torch.nn.Linear, torch.Tensor, torch.Tensor]:
    torch.manual_seed(seed)
    x = torch.randn(48, 5)
    return torch.nn.Linear(5, 3), x, x[:, :3].argmax(1)


def test_groups_rates_decay_and_clipping_are_those_of_a_plain_loop() -> None:
    cross_entropy = torch.nn.functional.cross_entropy
    ours, x, y = a_task()
    theirs, _, _ = a_task()

    def falling(step: int) -> float:
        return 0.1 / step

    rows = list(shuffled(48, 16, 4, torch.Generator().manual_seed(5)))
    groups = [Group([ours.weight], falling, decay=0.3), Group([ours.bias], 0.02)]
    got = [step.loss for step in fit(groups, rows, lambda at: cross_entropy(ours(x[at]), y[at]), clip=0.5)]

    optimiser = torch.optim.AdamW(
        [{"params": [theirs.weight], "lr": 0.1, "weight_decay": 0.3}, {"params": [theirs.bias], "lr": 0.02}],
        weight_decay=0.0,
    )
    wanted = []
    for step, at in enumerate(rows, start=1):
        optimiser.param_groups[0]["lr"] = 0.1 / step
        loss = cross_entropy(theirs(x[at]), y[at])
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(theirs.parameters(), 0.5)
        optimiser.step()
        wanted.append(float(loss.detach()))
    assert got == wanted
    assert torch.equal(ours.weight, theirs.weight) and torch.equal(ours.bias, theirs.bias)
    assert got[-1] < got[0]


def test_parts_of_a_step_move_the_weights_once_and_as_the_whole_batch_would() -> None:
    cross_entropy = torch.nn.functional.cross_entropy
    whole, x, y = a_task()
    inparts, _, _ = a_task()
    for _ in fit([Group(list(whole.parameters()), 0.1)], [slice(0, 48)], lambda at: cross_entropy(whole(x[at]), y[at])):
        pass
    batches = [slice(0, 16), slice(16, 32), slice(32, 48), slice(0, 16)]  # the fourth begins a step that is not ended
    before = inparts.weight.detach().clone()
    told = []
    for step in fit(
        [Group(list(inparts.parameters()), 0.1)], batches, lambda at: cross_entropy(inparts(x[at]), y[at]), parts=3
    ):
        told.append((step.step, step.part, step.whole))
        assert torch.equal(inparts.weight.detach(), before) is (len(told) < 3)
        if step.whole:
            torch.testing.assert_close(inparts.weight, whole.weight)
    assert told == [(1, 1, False), (1, 2, False), (1, 3, True), (2, 1, False)]


def test_every_example_comes_once_an_epoch_and_the_seed_decides_the_order() -> None:
    def orders(seed: int) -> list[list[int]]:
        return [rows.tolist() for rows in shuffled(10, 4, 2, torch.Generator().manual_seed(seed))]

    first = orders(1)
    assert [len(rows) for rows in first] == [4, 4, 2, 4, 4, 2]
    epochs = [[n for rows in epoch for n in rows] for epoch in (first[:3], first[3:])]
    assert all(sorted(epoch) == list(range(10)) for epoch in epochs) and epochs[0] != epochs[1]
    assert orders(1) == first != orders(2)


def test_it_stops_between_two_steps_and_leaves_no_mode_behind() -> None:
    weights = torch.tensor([1.0], requires_grad=True)
    with torch.inference_mode():
        steps = fit([Group([weights], 0.1)], range(100), lambda _: weights.square().sum())
        next(steps)
        assert torch.is_inference_mode_enabled()
        next(steps)
        steps.close()  # type: ignore[attr-defined]
    np.testing.assert_allclose(weights.detach().numpy(), [0.8], rtol=1e-2)


def test_a_loss_that_is_no_number_is_told_and_changes_nothing() -> None:
    weights = torch.tensor([1.0], requires_grad=True)
    steps = fit([Group([weights], 0.1)], [1.0, float("nan")], lambda batch: (batch * weights).sum())
    next(steps)
    before = weights.detach().clone()
    with pytest.raises(Told) as told:
        next(steps)
    assert (told.value.key, told.value.values) == ("training_diverged", {"step": 2})
    assert torch.equal(weights.detach(), before)


def test_a_gradient_that_is_no_number_is_told_where_it_is_clipped() -> None:
    weights = torch.tensor([0.0], requires_grad=True)
    with pytest.raises(Told) as told:  # the root's loss at nought is finite, its slope is not
        next(fit([Group([weights], 0.1)], [0], lambda _: weights.sqrt().sum(), clip=1.0))
    assert (told.value.key, told.value.values) == ("training_diverged", {"step": 1})
    assert weights.item() == 0.0
