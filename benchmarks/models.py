"""Figures of the Models page's roads: the faults a fetch survives, what a cut costs, and kill -9.

One entry of GROUPS a measurement. Everything goes over loopback, to the servers of tests/fetch.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.rows import Row, quiet

ROOT = Path(__file__).resolve().parents[1]
FAULTS = ("tests/fetch/test_hub_faults.py", "tests/fetch/test_index_faults.py")
COMMAND = "python -m benchmarks models"
CUT_AT = 0.6
KILLS = 10
RUNS = 3


def _faults() -> Iterator[Row]:
    """Every named test of a fault, run by pytest."""
    before = quiet()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *FAULTS]
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
        cases = list(xml.parse(report).iter("testcase"))
    failed = [case.get("name") for case in cases if list(case)]  # a case with a child failed or was skipped
    for name in failed:
        print(f"  {name}")
    yield Row(
        id="models.fault_cases_passed",
        figure=f"named faults of a hub and of a package index that a fetch survives, of {len(cases)}",
        unit="cases",
        runs=(float(len(cases) - len(failed)),),
        load=before,
        command=f"{COMMAND} models.fault_cases_passed",
        op="==",
        target=float(max(12, len(cases))),
    )


def _resume() -> Iterator[Row]:
    from tests.fetch.killing import refetched_after_a_cut

    before = quiet()
    yield Row(
        id="models.resume_bytes_refetched_share",
        figure=f"bytes of the weights sent twice after the line was cut at {CUT_AT:.0%}, share of the weights",
        unit="share",
        runs=tuple(refetched_after_a_cut(CUT_AT) for _ in range(RUNS)),
        load=before,
        command=f"{COMMAND} models.resume_bytes_refetched_share",
        op="<=",
        target=0.05,
    )


def _kill9() -> Iterator[Row]:
    from tests.fetch.killing import trials

    before = quiet()
    seen = [trials(KILLS, seed) for seed in range(RUNS)]
    states = [trial.state for run in seen for trial in run]
    yield Row(
        id="models.kill9_clean",
        figure=f"of {KILLS} fetches killed at random steps: never half taken for whole, resumed by the next start "
        f"({states.count('partial')} of {len(states)} killed half-way)",
        unit="fetches",
        runs=tuple(float(sum(trial.clean for trial in run)) for run in seen),
        load=before,
        command=f"{COMMAND} models.kill9_clean",
        op="==",
        target=float(KILLS),
    )


GROUPS: dict[tuple[str, ...], Callable[[], Iterator[Row]]] = {
    ("models.fault_cases_passed",): _faults,
    ("models.resume_bytes_refetched_share",): _resume,
    ("models.kill9_clean",): _kill9,
}
