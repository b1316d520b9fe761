"""The whole suite, measured: minutes, memory at its peak, tests run again, files that take over a minute.

    python -m tests.measure [--busy LOOPS] [-- options of pytest]

`--busy 4` runs four busy loops beside it, as on a machine that has other things to do. Ends with an error when the
suite does, or when a file took longer than a minute of a quiet machine. Memory is what all its processes hold together,
each shared page counted once (PSS) where the system tells, looked at every two seconds.
"""

from __future__ import annotations

import argparse
import multiprocessing
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from tests import durations, pace

ROOT = Path(__file__).resolve().parents[1]
EVERY, LONGEST = 2.0, 60.0


def main() -> int:
    options = _options()
    loops = [multiprocessing.Process(target=_busy, daemon=True) for _ in range(options.busy)]
    for loop in loops:
        loop.start()
    slower = pace.measured()
    try:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "pytest", "-o", f"cache_dir={folder}", *options.pytest]
            begun = time.monotonic()
            suite = psutil.Popen(command, cwd=ROOT)
            peak = _peak_while(suite)
            minutes = (time.monotonic() - begun) / 60
            files, reruns = durations.read(folder)
    finally:
        for loop in loops:
            loop.terminate()
    long = {file: seconds for file, seconds in files.items() if seconds > LONGEST * slower}
    busy = "suite_busy" if options.busy else "suite"
    print(f"house.{busy}_min {minutes:.1f}\nhouse.{busy}_peak_gb {peak / 1e9:.1f}\nhouse.{busy}_reruns {reruns}")
    for file, seconds in long.items():
        print(f"over a minute: {file} {seconds:.0f} s")
    return int(suite.returncode) or int(bool(long))


def _peak_while(suite: psutil.Popen) -> float:
    """Bytes that the suite and all it started held at most."""
    most = 0.0
    ended = threading.Event()
    while not ended.wait(EVERY):
        most = max(most, sum(map(_bytes, _family(suite))))
        try:
            suite.wait(timeout=0)
        except (psutil.TimeoutExpired, subprocess.TimeoutExpired):
            continue
        ended.set()
    return most


def _family(process: psutil.Process) -> list[psutil.Process]:
    try:
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def _bytes(process: psutil.Process) -> int:
    try:
        held = process.memory_full_info()
        return int(getattr(held, "pss", 0) or held.rss)
    except psutil.Error:
        return 0


def _busy() -> None:
    while True:
        pass


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.measure", description=__doc__)
    parser.add_argument("--busy", type=int, default=0, metavar="LOOPS", help="busy loops beside the suite")
    parser.add_argument("pytest", nargs="*", help="options of pytest, after --")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
