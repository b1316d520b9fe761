"""How many threads torch may use, and how many models may compute at once.

Knows cores; knows nothing of experiments, and leaves the device to the loader of models. Torch is imported inside
functions only: the workers call them.

Two workers that compute at once on the same cores do not take twice as long but twenty times (measured on two cores:
27 ms alone, 700 ms and more together). So each takes a turn around every piece of work.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections import deque
from collections.abc import Iterator
from functools import cache

from explorer import settings

MOST_THREADS = 2
LOWEST = 19  # priority that there is
NICE = 10  # of what trains: it gets a tenth of a core that others want too, and all of one that they leave


def cores() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        return os.cpu_count() or 1


def torch_threads() -> int:
    """Threads for one piece of work: SESAME_THREADS, or two, or the only core. Raises ValueError if it is no number."""
    wanted = settings.value("SESAME_THREADS")
    if not wanted:
        return min(MOST_THREADS, cores())
    if not wanted.isdecimal() or int(wanted) < 1:
        raise ValueError(f"SESAME_THREADS={wanted!r}: a number of threads is wanted, such as 2")
    return int(wanted)


@cache
def configure_torch() -> None:
    """Import torch and set its threads. A worker calls this before anything else touches torch; once is enough."""
    import torch

    torch.set_num_threads(torch_threads())
    # torch refuses this once it has computed anything (in a notebook, say); the default is only slower
    with contextlib.suppress(RuntimeError):
        torch.set_num_interop_threads(1)


def nice() -> int:
    """How much trainings give way: SESAME_NICE, or `NICE`. Raises ValueError if it is no number from 0 to 19."""
    wanted = settings.value("SESAME_NICE")
    if not wanted:
        return NICE
    if not wanted.isdecimal() or int(wanted) > LOWEST:
        raise ValueError(f"SESAME_NICE={wanted!r}: a number from 0 to {LOWEST} is wanted, such as {NICE}")
    return int(wanted)


def give_way() -> None:
    """Lower the priority of this thread, and of those that torch starts from it, for good.

    Linux alone knows threads of different priority in one process; elsewhere nothing happens.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, max(nice(), os.getpriority(os.PRIO_PROCESS, thread)))


class Turns:
    """Lets `at_once` holders through at a time, in the order in which they came.

    Not threading.Semaphore: there, who gives a turn back and asks for the next at once overtakes all who wait,
    and the readers of one busy model would shut out those of another.
    """

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._line: deque[threading.Event] = deque()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        mine = threading.Event()
        with self._lock:
            if self._free and not self._line:
                self._free -= 1
                mine.set()
            else:
                self._line.append(mine)
        mine.wait()
        try:
            yield
        finally:
            with self._lock:
                if self._line:
                    self._line.popleft().set()  # the turn passes on; it is never free in between
                else:
                    self._free += 1


@cache
def turns() -> Turns:
    """The turns that all workers of this process share: as many at once as the cores have room for."""
    return Turns(max(1, cores() // torch_threads()))
