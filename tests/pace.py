"""How much longer things take on this machine now than on a quiet one, so that a test waits longer where it must.

Measured once a process, as it starts: the time that a little work takes by the clock, in times of the processor time
it uses. What a test waits for at most is a number of quiet seconds times `PACE`; nothing is waited for less than on a
quiet machine, and nothing for ever.
"""

from __future__ import annotations

import time

WORK, MOST = 0.3, 8.0


def measured() -> float:
    """From 1 (nothing else runs) to `MOST`."""
    clock, used = time.perf_counter(), time.process_time()
    while time.process_time() - used < WORK:
        pass
    return min(max(1.0, (time.perf_counter() - clock) / WORK), MOST)


PACE = measured()
PATIENCE = 30.0 * PACE  # seconds; for what takes one or two when nothing else runs
