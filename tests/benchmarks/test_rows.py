"""The harness: medians, targets, percentiles, and the load beside them."""

from __future__ import annotations

import os

import numpy as np
import pytest

from benchmarks import rows
from benchmarks.rows import Row, percentile


def test_the_value_is_the_median_of_the_runs() -> None:
    row = Row("a", "figure", "s", (3.0, 1.0, 2.0), 0.1, "command", "<=", 2)
    assert row.value == 2.0
    assert row.holds is True


def test_a_missed_target_and_no_target() -> None:
    assert Row("a", "figure", "s", (3.0,), 0.1, "command", "<=", 2).holds is False
    assert Row("a", "figure", "s", (3.0,), 0.1, "command").holds is None


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95, 1.0])
@pytest.mark.parametrize("n", [1, 2, 19, 20, 21, 100])
def test_percentiles_are_nearest_rank(share: float, n: int) -> None:
    values = np.random.default_rng(n).permutation(n).astype(float)
    assert percentile(values.tolist(), share) == np.percentile(values, share * 100, method="inverted_cdf")


def test_no_values_have_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_the_load_is_read_and_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (7.5, 0.0, 0.0))
    assert rows.load_now() == 7.5
