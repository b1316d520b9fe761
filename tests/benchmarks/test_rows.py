"""The harness: medians, targets, percentiles, and waiting for a quiet machine."""

from __future__ import annotations

import os
import time

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


def test_a_busy_machine_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    loads = iter([2.0, 0.9, 0.3])
    waits: list[float] = []
    monkeypatch.setattr(os, "getloadavg", lambda: (next(loads), 0.0, 0.0))
    monkeypatch.setattr(time, "sleep", waits.append)
    assert rows.quiet() == 0.3
    assert len(waits) == 2


def test_one_that_stays_busy_is_measured_all_the_same_and_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 10_000, 100))
    monkeypatch.setattr(os, "getloadavg", lambda: (1.7, 0.0, 0.0))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    monkeypatch.setattr(time, "sleep", lambda _: None)
    assert rows.quiet() == 1.7
