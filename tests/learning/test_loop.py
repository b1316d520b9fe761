"""The training loop against plain arithmetic: it learns, stops where its reader stops, and says when it diverges."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.errors import Told
from explorer.learning.loop import fit


def test_the_first_step_is_adams_and_the_loss_is_told_without_the_penalty() -> None:
    """Adam's first step moves every weight by the rate against the sign of its gradient."""
    weights = torch.tensor([1.0, -2.0], requires_grad=True)
    [step] = fit([weights], [3.0], lambda batch: (batch * weights).sum(), rate=0.1, penalty=lambda: weights.sum() * 0)
    assert (step.step, step.loss) == (1, -3.0) and step.seconds > 0
    np.testing.assert_allclose(weights.detach().numpy(), [0.9, -2.1], rtol=1e-6)
    stays = torch.tensor([1.0], requires_grad=True)
    [step] = fit([stays], [0], lambda _: stays.sum() * 0 + 5, rate=0.1, penalty=lambda: stays.square().sum())
    assert step.loss == 5.0
    np.testing.assert_allclose(stays.detach().numpy(), [0.9], rtol=1e-6)


def test_it_stops_between_two_steps_and_leaves_no_mode_behind() -> None:
    weights = torch.tensor([1.0], requires_grad=True)
    with torch.inference_mode():
        steps = fit([weights], range(100), lambda _: weights.square().sum(), rate=0.1)
        next(steps)
        assert torch.is_inference_mode_enabled()
        next(steps)
        steps.close()  # type: ignore[attr-defined]
    np.testing.assert_allclose(weights.detach().numpy(), [0.8], rtol=1e-2)


def test_a_loss_that_is_no_number_is_told_and_changes_nothing() -> None:
    weights = torch.tensor([1.0], requires_grad=True)
    steps = fit([weights], [1.0, float("nan")], lambda batch: (batch * weights).sum(), rate=0.1)
    next(steps)
    before = weights.detach().clone()
    with pytest.raises(Told) as told:
        next(steps)
    assert (told.value.key, told.value.values) == ("training_diverged", {"step": 2})
    assert torch.equal(weights.detach(), before)
