"""How long every test file took: written down after each run, the slowest named at its end; too long a one fails it.

A plugin of pytest. Knows reports only. Under several workers the one that hands out the tests hears of all of them.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests import pace

NOTES = "durations/files"
SHOWN = 8
LONGEST = 900.0  # seconds that a file may take on a machine of the usual speed, three processes on two processors


class Durations:
    """Seconds by file, of setting up, running and taking down its tests; and how often a test was run again."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._seconds: Counter[str] = Counter()
        self._reruns = 0
        self._long: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[report.nodeid.split("::", 1)[0]] += report.duration  # type: ignore[assignment]
        self._reruns += report.outcome == "rerun"  # type: ignore[comparison-overlap]

    def too_long(self) -> list[str]:
        """The files that took longer than `LONGEST`, by how busy the machine was when the run began and is now."""
        if not self._seconds or max(self._seconds.values()) <= LONGEST:
            return []
        most = LONGEST * max(pace.PACE, pace.measured())
        return [f"{file} took {seconds:.0f} s" for file, seconds in self._seconds.items() if seconds > most]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self._long = self.too_long()
        if self._long and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for told in self._long:
            terminalreporter.write_line(f"too long, share its pages or split it: {told}", red=True)
        cache = getattr(self._config, "cache", None)  # -p no:cacheprovider
        if not self._seconds or cache is None:
            return
        kept = {file: round(seconds, 1) for file, seconds in self._seconds.most_common()}
        cache.set(NOTES, {"files": kept, "reruns": self._reruns})
        told = ", ".join(f"{file} {seconds:.0f} s" for file, seconds in list(kept.items())[:SHOWN])
        terminalreporter.write_line(f"slowest files: {told}; run again: {self._reruns}")


def read(folder: str | Path) -> tuple[dict[str, float], int]:
    """Seconds by file and tests run again, of the last run whose cache lies in `folder`."""
    found = json.loads((Path(folder) / "v" / NOTES).read_text(encoding="utf-8"))
    return found["files"], found["reruns"]
