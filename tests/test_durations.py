"""A file of tests that takes too long fails the run, by how busy the machine is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests import pace
from tests.durations import LONGEST, Durations


def ended(monkeypatch: pytest.MonkeyPatch, *seconds: float, slower: float = 1.0) -> tuple[list[str], int]:
    """What is said of a file whose tests took so long, and the exit status of the run."""
    monkeypatch.setattr(pace, "PACE", 1.0)
    monkeypatch.setattr(pace, "measured", lambda: slower)
    config: Any = SimpleNamespace(cache=None)
    session: Any = SimpleNamespace(exitstatus=pytest.ExitCode.OK)
    durations = Durations(config)
    for one in seconds:
        report: Any = SimpleNamespace(nodeid="tests/test_slow.py::test_it", duration=one, outcome="passed")
        durations.pytest_runtest_logreport(report)
    durations.pytest_sessionfinish(session)
    return durations.too_long(), session.exitstatus


def test_a_file_that_takes_too_long_fails_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    told, status = ended(monkeypatch, LONGEST / 2, LONGEST / 2 + 1)
    assert told == [f"tests/test_slow.py took {LONGEST + 1:.0f} s"]
    assert status == pytest.ExitCode.TESTS_FAILED


def test_a_busy_machine_is_given_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ended(monkeypatch, LONGEST * 1.5, slower=2.0) == ([], pytest.ExitCode.OK)
    assert ended(monkeypatch, LONGEST - 1) == ([], pytest.ExitCode.OK)
