"""Scaling on an invented language: its floor recomputed, planted power laws found, runs that stop and can be left."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from explorer.errors import Told
from explorer.lab.scaling import EVERY, PATIENCE, scaling
from explorer.lab.types import invented
from explorer.lab.types.scaling import ScalingInputs, ScalingResult, ScalingStep, checked, chinchilla, exponent

SMALL = ScalingInputs(widths=(4, 16), sentences=(30, 3000), steps=150, unread=200)


def run(inputs: ScalingInputs) -> tuple[list[ScalingStep], ScalingResult]:
    *steps, result = scaling(None, inputs)
    assert isinstance(result, ScalingResult)
    return [step for step in steps if isinstance(step, ScalingStep)], result


def test_the_language_keeps_its_own_rules_and_its_floor_is_its_entropy() -> None:
    known = invented.language()
    for table in (known.first[None], known.follows, known.ends):
        np.testing.assert_allclose(table.sum(1), 1)
    words = invented.sentences(4000, 3)
    total = 0.0
    for row in words:
        p = [known.first[row[0]]]
        p += [known.follows[before, after] for before, after in pairwise(row[:-1])]
        p.append(known.ends[row[0], row[-1]])
        assert min(p) > 0
        total -= float(np.log(p).sum())
    assert invented.best(words) == pytest.approx(total / words.size)
    first = -(known.first * np.log(known.first)).sum()
    assert -np.log(known.first[words[:, 0]]).mean() == pytest.approx(first, rel=0.03)
    assert (invented.sentences(5, 1) == invented.sentences(5, 1)).all()
    assert len({invented.written(np.array([word])) for word in range(invented.WORDS)}) == invented.WORDS


def test_more_text_and_a_larger_model_read_unread_sentences_better() -> None:
    steps, found = run(SMALL)
    assert found.loss.shape == found.at.shape == (2, 2)
    assert found.loss[1, 1] == found.loss.min()
    assert found.best < found.loss.min() < found.blind
    assert found.words.tolist() == [210, 21000]
    assert found.sizes[0] < found.sizes[1]
    for width in range(2):
        for text in range(2):
            of = [step for step in steps if (step.width, step.text) == (width, text)]
            assert min(step.loss for step in of) == pytest.approx(float(found.loss[width, text]))
            assert all(step.size == found.sizes[width] for step in of)
            after = [step.step for step in of if step.step > found.at[width, text]]
            assert len(after) <= PATIENCE
            assert all(step.step % EVERY == 0 for step in of)
    assert [step.done for step in steps] == sorted(step.done for step in steps)


def test_the_same_seed_gives_the_same_and_a_run_can_be_left() -> None:
    inputs = ScalingInputs(widths=(4,), sentences=(30,), steps=50, unread=50)
    assert run(inputs)[1].loss == run(inputs)[1].loss
    begun = scaling(None, inputs)
    assert isinstance(next(begun), ScalingStep)
    begun.close()


def test_a_planted_power_is_found() -> None:
    x = np.array([10, 100, 1000])
    assert exponent(x, 3.0 * x.astype(float) ** -0.4) == pytest.approx(-0.4)


def test_what_is_too_much_is_told() -> None:
    for inputs in (
        ScalingInputs(widths=(132,)),
        ScalingInputs(widths=(6,)),
        ScalingInputs(sentences=(40_001,)),
        ScalingInputs(steps=0),
        ScalingInputs(widths=()),
        ScalingInputs(widths=(8,) * 6),
    ):
        with pytest.raises(Told, match="scaling_outside"):
            checked(inputs)


def test_the_published_law_favours_the_smaller_model_that_read_more() -> None:
    """By hand: ln 175e9 = 25.888, so 406.4 · e^(−.34 · 25.888) = .0611; and so on."""
    assert chinchilla(175e9, 300e9) == pytest.approx((0.0611, 0.2512, 1.69), abs=1e-3)
    assert chinchilla(70e9, 1.4e12) == pytest.approx((0.0835, 0.1632, 1.69), abs=1e-3)
