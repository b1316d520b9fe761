"""Probabilities and maps in NumPy, against torch, scikit-learn and plain arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest

from explorer import numerics


@pytest.mark.parametrize("shape", [(7,), (3, 7), (2, 3, 7)])
def test_probabilities_are_torch_s(shape: tuple[int, ...]) -> None:
    torch = pytest.importorskip("torch")
    logits = (np.random.default_rng(0).normal(size=shape) * 6).astype(np.float32)
    exact = torch.tensor(logits).double()
    np.testing.assert_allclose(numerics.softmax(logits), exact.softmax(-1), rtol=1e-12)
    np.testing.assert_allclose(numerics.log_softmax(logits), exact.log_softmax(-1), rtol=1e-12)
    np.testing.assert_allclose(
        numerics.entropy(logits), torch.distributions.Categorical(logits=exact).entropy(), rtol=1e-9
    )


@pytest.mark.parametrize("seed", range(5))
def test_cross_entropy_is_minus_the_log_of_the_softmax(seed: int) -> None:
    rng = np.random.default_rng(seed)
    logits = (rng.normal(size=500) * 6).astype(np.float32)
    exact = np.exp(logits.astype(np.float64)) / np.exp(logits.astype(np.float64)).sum()
    for target in (0, 17, 499, int(logits.argmax())):
        assert numerics.cross_entropy(logits, target) == pytest.approx(-np.log(exact[target]), rel=1e-9, abs=1e-12)
        assert numerics.probability(logits, target) == pytest.approx(exact[target], rel=1e-9)


def test_high_scores_do_not_overflow() -> None:
    logits = np.array([1e4, 0, -1e4], dtype=np.float32)
    assert numerics.cross_entropy(logits, 0) == 0
    assert numerics.cross_entropy(logits, 2) == pytest.approx(2e4)
    assert numerics.probability(logits, 2) == 0


def test_what_cannot_be_has_no_chance_and_no_entropy() -> None:
    logits = np.array([0.0, 0.0, -np.inf])
    assert numerics.softmax(logits).tolist() == [0.5, 0.5, 0]
    assert float(numerics.entropy(logits)) == pytest.approx(math.log(2))


def test_the_best_is_first_and_equals_share_a_rank() -> None:
    logits = [3.0, 5.0, 3.0, 1.0]
    assert [numerics.rank(logits, target) for target in range(4)] == [2, 1, 2, 4]


def test_principal_coordinates_are_scikit_learn_s_up_to_mirroring() -> None:
    decomposition = pytest.importorskip("sklearn.decomposition")
    x = np.random.default_rng(1).normal(size=(9, 5))
    reference = decomposition.PCA(3).fit(x)
    placed, share = numerics.principal_coordinates(x, 3)
    np.testing.assert_allclose(np.abs(placed), np.abs(reference.transform(x)), atol=1e-9)
    assert share == pytest.approx(reference.explained_variance_ratio_[:2].sum())


def test_rows_that_are_one_have_no_directions() -> None:
    placed, share = numerics.principal_coordinates(np.ones((4, 3)), 2)
    assert (placed == 0).all()
    assert math.isnan(share)


def test_aligning_turns_and_scales_and_changes_no_proportion() -> None:
    flat = np.random.default_rng(2).normal(size=(6, 2))
    quarter = np.array([[0, -1], [1, 0]])
    out = numerics.aligned(np.stack([3 * flat @ quarter, flat]))
    np.testing.assert_allclose(out[0], out[1], atol=1e-9)
    assert np.linalg.norm(out, axis=-1).max() == pytest.approx(1)


def test_a_valley_is_as_wide_as_the_stretch_below_a_level_and_says_whether_it_reaches_an_end() -> None:
    x = [0.0, 1.0, 2.0, 3.0, 4.0]
    assert numerics.width_below(x, [4, 2, 0, 2, 4], 1.0) == (1.0, False)  # from 1.5 to 2.5
    assert numerics.width_below(x, [4, 2, 0, 0.5, 0.9], 1.0) == (2.5, True)
    assert numerics.width_below(x, [5, 0, 5, 0, 5], 1.0) == (pytest.approx(0.4), False), "the first of two"


@pytest.mark.parametrize("n", [2, 5, 10])
def test_the_interval_of_a_mean_is_scipy_s(n: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    values = np.random.default_rng(n).normal(3, 2, size=n)
    low, high = stats.t.interval(0.95, n - 1, loc=values.mean(), scale=stats.sem(values))
    assert numerics.mean_interval(values) == pytest.approx((values.mean(), low, high), abs=2e-3)
    with pytest.raises(ValueError, match="one value"):
        numerics.mean_interval(values[:1])
