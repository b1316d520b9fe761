"""The simulated class: what can be said without simulating, and what must grow with what."""

from __future__ import annotations

import pytest

from benchmarks import simulation
from benchmarks.rows import percentile
from benchmarks.simulation import Clicks, Habit

MINUTE = Habit(every_s=3.0, lasting_s=60.0)


def test_alone_a_click_takes_what_it_takes() -> None:
    found = simulation.waits(1, MINUTE, Clicks((0.1,), latency=0.02))
    assert len(found) == 20
    assert all(one == pytest.approx(0.12, abs=0.011) for one in found)


def test_two_who_click_at_once_share_the_core() -> None:
    both = Habit(every_s=3.0, lasting_s=3.0)
    clicks = Clicks((0.5,))
    late = simulation.waits(2, Habit(0.0001, 0.0001), clicks)
    assert late == pytest.approx([1.0, 1.0], abs=0.02), "in turn, not one after the other"
    assert simulation.waits(2, Habit(0.0001, 0.0001), clicks, cores=2) == pytest.approx([0.5, 0.5], abs=0.02)
    assert simulation.waits(2, both, clicks) == pytest.approx([0.5, 0.5], abs=0.02), "who begin apart do not meet"


def test_as_the_machine_fills_readers_wait() -> None:
    p95 = [round(percentile(simulation.waits(n, MINUTE, Clicks((0.1,))), 0.95), 3) for n in (10, 25, 40, 80)]
    assert p95 == sorted(p95)
    assert p95[0] < 0.2 < 1.0 < p95[-1], "80 readers ask 2.7 s of work in a second"


def test_a_reader_who_waits_does_not_click_again() -> None:
    found = simulation.waits(1, Habit(1.0, 10.0), Clicks((2.5,)))
    assert len(found) == 10
    assert max(found) == pytest.approx(2.5, abs=0.02)


def test_how_many_one_process_serves_and_how_many_processes_a_town_needs() -> None:
    habit = Habit(every_s=20.0, lasting_s=200.0, regular=False)
    one = simulation.capacity(habit, Clicks((0.2,)), cores=1, within_s=1.5)
    two = simulation.capacity(habit, Clicks((0.2,)), cores=2, within_s=1.5)
    assert 60 < one < 110, "20 s / 0.2 s = 100 readers fill a core"
    assert 1.7 * one < two
    assert simulation.capacity(habit, Clicks((2.0,)), cores=1, within_s=1.5) == 0
    assert simulation.processes(1000, one) == -(-1000 // one)
    with pytest.raises(ValueError, match="nobody"):
        simulation.processes(10, 0)


def test_a_mixture_has_its_shares() -> None:
    drawn = simulation.mixed([(0.9, [0.1]), (0.1, [1.0])], count=4000)
    assert drawn.count(1.0) / len(drawn) == pytest.approx(0.1, abs=0.02)
