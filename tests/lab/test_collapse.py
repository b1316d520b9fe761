"""Collapse: without a stop-gradient all points become one, with it they stay apart; the same from plain loops."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from explorer.errors import Told
from explorer.lab import collapse
from explorer.lab.types.collapse import (
    COLLAPSED,
    KEPT,
    POINTS,
    SPREAD,
    CollapseInputs,
    CollapseResult,
    CollapseStep,
    spread,
)


def run(inputs: CollapseInputs) -> tuple[list[CollapseStep], CollapseResult]:
    *steps, last = collapse.collapse(None, inputs)
    assert isinstance(last, CollapseResult)
    return [one for one in steps if isinstance(one, CollapseStep)], last


def ends(inputs: CollapseInputs, seeds: Iterable[int]) -> list[float]:
    """The standard deviation after two thirds of the page's steps, which is long enough either way."""
    return [spread(run(replace(inputs, seed=seed, steps=200))[1].points[-1]) for seed in seeds]


def test_without_the_stop_gradient_all_points_become_one_and_with_it_none_do() -> None:
    assert max(ends(CollapseInputs(stop_gradient=False), range(10))) < COLLAPSED
    assert min(ends(CollapseInputs(), range(10))) > KEPT


@pytest.mark.parametrize(
    ("inputs", "collapses"),
    [
        (CollapseInputs(predictor=False), True),
        (CollapseInputs(average=True), False),
        (CollapseInputs(stop_gradient=False, predictor=False, negatives=True), False),
    ],
    ids=["no predictor", "moving average", "negatives"],
)
def test_the_other_switches_do_what_the_page_says(inputs: CollapseInputs, collapses: bool) -> None:
    found = ends(inputs, (0, 1))
    assert max(found) < COLLAPSED if collapses else min(found) > KEPT


def test_what_is_told_is_what_is_kept_and_a_seed_gives_it_again() -> None:
    short = CollapseInputs(steps=25, seed=3)
    steps, found = run(short)
    assert [one.step for one in steps] == found.at.tolist() == [0, 10, 20, 25]
    np.testing.assert_array_equal(np.stack([one.points for one in steps]), found.points)
    np.testing.assert_allclose([one.loss for one in steps[1:]], found.losses[[9, 19, 24]], rtol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(found.points, axis=-1), 1, rtol=1e-5)
    np.testing.assert_array_equal(run(short)[1].losses, found.losses)
    assert (run(replace(short, seed=4))[1].losses != found.losses).any()


def test_encoder_and_losses_are_those_of_plain_numpy() -> None:
    import torch

    generator = torch.Generator().manual_seed(0)
    net = collapse.drawn(generator)
    x = torch.randn(POINTS, 2, generator=generator)
    plain = {name: one.detach().double().numpy() for name, one in net.items()}

    def normed(values: np.ndarray) -> np.ndarray:
        out: np.ndarray = (values - values.mean(0)) / np.sqrt(values.var(0) + 1e-5)
        return out

    hidden = np.maximum(normed(x.double().numpy() @ plain["in"]) * plain["scale"] + plain["shift"], 0)
    expected = hidden @ plain["out"] + plain["last_shift"]
    found = collapse.encoded(net, x).detach()
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-5)
    unit = expected / np.linalg.norm(expected, axis=1, keepdims=True)
    other = np.roll(unit, 1, axis=0)
    aim = torch.from_numpy(other).float()
    assert float(collapse.apart(found, aim, False)) == pytest.approx(-(unit * other).sum(1).mean(), abs=1e-5)
    scores = unit @ other.T / collapse.TEMPERATURE
    told = np.log(np.exp(scores).sum(1)) - np.diag(scores)
    assert float(collapse.apart(found, aim, True)) == pytest.approx(told.mean(), abs=1e-4)


def test_spread_is_none_for_one_point_and_the_root_of_a_half_for_a_circle() -> None:
    angles = np.arange(POINTS) * 2 * np.pi / POINTS
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert spread(circle) == pytest.approx(SPREAD, abs=1e-5)
    assert spread(np.repeat(circle[:1], POINTS, axis=0)) == 0


@pytest.mark.parametrize("steps", [0, 100_000])
def test_steps_out_of_bounds_are_told(steps: int) -> None:
    with pytest.raises(Told, match="collapse_outside"):
        next(iter(collapse.collapse(None, CollapseInputs(steps=steps))))
