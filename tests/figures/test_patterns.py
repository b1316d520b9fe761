"""Patterns of attention: counted by hand, their reach by multiplying matrices, their pictures and curves."""

from __future__ import annotations

import math

import numpy as np
import pytest

from explorer.figures import heads, patterns

N, W = 20, 3


def test_every_pattern_is_what_its_name_says() -> None:
    allowed = {name: patterns.mask(name, N, W) for name in patterns.NAMES}
    i, j = np.indices((N, N))
    assert allowed["dense"].all()
    assert (allowed["causal"] == (i >= j)).all()
    assert (allowed["local"] == (abs(i - j) <= W)).all()
    assert (allowed["dilated"] == ((abs(i - j) <= 2 * W) & ((i - j) % 2 == 0))).all()
    assert (allowed["strided"] == ((i - j) % 4 == 0)).all()  # √20 rounded
    assert (allowed["global"] == ((i < 2) | (j < 2) | (i == j))).all()
    assert allowed["random"].sum(1).min() >= 2 * W + 1
    assert (allowed["bigbird"] == (allowed["local"] | allowed["global"] | allowed["random"])).all()
    assert (allowed["sparse"] == ((i >= j) & (i - j < 4))).all()
    assert (patterns.mask("sparse", N, W, layer=1) == ((i >= j) & ((i - j) % 4 == 0))).all()
    with pytest.raises(ValueError, match="nothing"):
        patterns.mask("nothing", N, W)


@pytest.mark.parametrize("name", patterns.NAMES)
@pytest.mark.parametrize(("n", "w"), [(1, 1), (8, 16), (20, 3), (96, 16)])
def test_every_position_sees_itself_at_any_length(name: str, n: int, w: int) -> None:
    assert patterns.mask(name, n, w).diagonal().all()
    assert 0 < patterns.pairs(name, n, w) <= n * n


def test_cells_are_counted() -> None:
    assert patterns.pairs("dense", N, W) == N * N
    assert patterns.pairs("causal", N, W) == N * (N + 1) // 2
    assert patterns.pairs("local", N, W) == N * (2 * W + 1) - W * (W + 1)
    assert patterns.pairs("dilated", N, W) == N * (2 * W + 1) - 2 * (2 + 4 + 6), "as dear, but for the edges"


def test_a_window_carries_one_window_further_with_every_layer() -> None:
    i, j = np.indices((N, N))
    for layers in (1, 2, 4):
        assert (patterns.reach("local", N, W, layers) == (abs(i - j) <= layers * W)).all()
    assert patterns.reach("bigbird", 90, 1, 2).all(), "two layers reach everything through the global positions"
    assert patterns.reach("sparse", 90, 1, 1).sum() < patterns.reach("sparse", 90, 1, 2).sum()
    assert (patterns.reach("sparse", 16, 1, 2) == np.tri(16, dtype=bool)).all(), "local, then strided: all of the past"
    assert (patterns.reach("strided", N, W, 9) == patterns.mask("strided", N, W)).all(), "it never leaves its stride"


def test_the_picture_tells_seen_from_reached() -> None:
    allowed, reached = patterns.mask("local", 8, 1), patterns.reach("local", 8, 1, 2)
    z = np.array(patterns.picture(allowed, reached, ("looks", "is looked at")).data[0].z)
    assert (z == 2).sum() == allowed.sum()
    assert (z >= 1).sum() == reached.sum()


def test_the_curves_are_the_formulas() -> None:
    names = {name: name for name in ("square", "window", "root", "log")}
    curves = {trace.name: dict(zip(trace.x, trace.y, strict=True)) for trace in patterns.costs(W, names, "n", "y").data}
    n = 1024
    assert curves["square"][n] == n * n
    assert curves["window"][n] == n * (2 * W + 1)
    assert curves["root"][n] == pytest.approx(n * math.sqrt(n))
    assert curves["log"][n] == pytest.approx(n * 10)


def test_measured_figures_are_drawn_as_they_are() -> None:
    time, memory = patterns.measured((64, 128), [0.001, 0.004], [1.5, 6.0], ("ms", "MB"), "n").data
    assert list(time.y) == [1.0, 4.0]
    assert list(memory.y) == [1.5, 6.0]
    (loss,) = patterns.price(["4", "<all>"], [3.0, 2.5], 10.4, "w", "loss").data
    assert list(loss.y) == [3.0, 2.5]
    assert loss.x[1] == "&lt;all&gt;"


def test_a_number_for_every_head() -> None:
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    (map_,) = heads.heat(values, "layer", "head", True).data
    np.testing.assert_array_equal(map_.z, values)
    assert map_.zmax is None
    assert heads.heat(values / 6, "layer", "head", False).data[0].zmax == 1
