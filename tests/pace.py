"""How much longer things take on this machine now than on a quiet one of the usual speed, so that a test waits longer
where it must.

Measured once a process, as it starts: the time by the clock of a piece of work that such a machine does in `QUIET`
seconds. What a test waits for at most is a number of quiet seconds times `PACE`; nothing is waited for less than on a
quiet machine, and nothing for ever. Several workers begin before there is anything to do: each of them then brings an
app and a browser, and the machine that was found is no longer the one that is worked on.
"""

from __future__ import annotations

import os
import time

STEPS, QUIET, MOST = 5_000_000, 0.3, 8.0


def measured() -> float:
    """From 1 (a machine of the usual speed, nothing else runs) to `MOST`."""
    start, total = time.perf_counter(), 0
    for step in range(STEPS):
        total += step
    return min(max(1.0, (time.perf_counter() - start) / QUIET), MOST)


AMONG_WORKERS = 3.0  # as much longer once all of them are at work (three, on two processors)
PACE = measured() * (AMONG_WORKERS if "PYTEST_XDIST_WORKER" in os.environ else 1.0)
PATIENCE = 40.0 * PACE  # seconds; for what takes one or two when nothing else runs
