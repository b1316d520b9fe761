"""Guesses: how long the next code is looked at, so that codes can't be found by trying; a right one is never refused.

Wrong codes are counted per browser and in all, never by address: a whole class has one. A browser that has typed a few
wrong ones waits before its next code is looked at, longer each time; when there are many wrong ones in all, everybody
who is new waits a moment. What is looked at is answered, so a right code always opens the door.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

FREE = 3  # wrong codes of a browser that cost nothing
LONGEST_S = 8.0
WINDOW_S = 60.0
MANY = 60  # wrong codes in all within the window
STRAINED_S = 2.0
MOST_BROWSERS = 5_000


class Guesses:
    """The wrong codes of the last minutes. `clock` is for tests."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._all: deque[float] = deque(maxlen=10 * MANY)

    def wait(self, browser: str) -> float:
        """Seconds before the next code of this browser is looked at."""
        with self._lock:
            now = self._clock()
            count, last = self._wrong.get(browser, (0, now))
            count = 0 if now - last > 5 * WINDOW_S else count
            own = min(0.5 * 2 ** (count - FREE), LONGEST_S) if count >= FREE else 0.0
            return max(own, STRAINED_S if self._strained(now) else 0.0)

    def wrong(self, browser: str) -> None:
        """This browser has named a room that is none."""
        with self._lock:
            now = self._clock()
            count, last = self._wrong.pop(browser, (0, now))
            self._wrong[browser] = (1 if now - last > 5 * WINDOW_S else count + 1, now)
            if len(self._wrong) > MOST_BROWSERS:
                self._wrong.popitem(last=False)
            self._all.append(now)

    def _strained(self, now: float) -> bool:
        return sum(now - then <= WINDOW_S for then in self._all) >= MANY
