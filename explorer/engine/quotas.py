"""How much one reader may have computed in ten minutes: so many trainings begun, so many seconds of the models.

Far more than anybody uses who looks at what comes; whoever has a program ask instead is told how long to wait. Counted
by session, and by the address it comes from, where a whole class may be. Knows seconds; not what is computed, nor a
reader's text. A session that names no address, not even an empty one, is the app's own and is not counted.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from cachetools import TTLCache

from explorer.errors import Told

WINDOW_S = 600.0
READERS = 10_000  # sessions and addresses that are remembered
AT = "@"  # between a session's id and its address; "" on this machine


class Bound(NamedTuple):
    """In any WINDOW_S."""

    trainings: int
    seconds: float


SESSION = Bound(trainings=20, seconds=300.0)
ADDRESS = Bound(trainings=600, seconds=9_000.0)  # thirty readers, each at the bound


class _Used(NamedTuple):
    at: float
    trained: bool
    seconds: float


class Quotas:
    """Any method, from any thread. `clock` is for tests."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._used: TTLCache[str, deque[_Used]] = TTLCache(READERS, WINDOW_S, clock)

    def ask(self, session: str, trains: bool) -> None:
        """May this session have something computed, or trained? Raises Told("too_much", seconds=…) until then."""
        with self._lock:
            waits = [self._wait(who, bound, trains) for who, bound in _who(session)]
        if wait := max(waits, default=0.0):
            raise Told("too_much", seconds=int(wait) + 1)

    def used(self, session: str, trains: bool, seconds: float) -> None:
        """It has: a training was begun, or so many seconds were computed."""
        with self._lock:
            for who, _ in _who(session):
                mine = self._used.get(who, deque())
                mine.append(_Used(self._clock(), trains, 0.0 if trains else seconds))
                self._used[who] = mine  # its time begins anew

    def _wait(self, who: str, bound: Bound, trains: bool) -> float:
        """Seconds until the oldest have gone that are too many."""
        now, mine = self._clock(), self._used.get(who, deque())
        while mine and now - mine[0].at >= WINDOW_S:
            mine.popleft()
        trained, seconds = sum(one.trained for one in mine), sum(one.seconds for one in mine)
        for one in mine:
            if not (trains and trained >= bound.trainings) and seconds < bound.seconds:
                return 0.0
            trained, seconds, last = trained - one.trained, seconds - one.seconds, one.at
            wait = last + WINDOW_S - now
            if not (trains and trained >= bound.trainings) and seconds < bound.seconds:
                return wait
        return 0.0


def _who(session: str) -> list[tuple[str, Bound]]:
    """What a session is counted under."""
    _, at, address = session.partition(AT)
    if not at:
        return []
    return [(session, SESSION), *([(at + address, ADDRESS)] if address else [])]
