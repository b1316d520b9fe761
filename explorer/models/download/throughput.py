"""Throughput: how fast bytes come in, and how long the rest will take. Knows no network."""

from __future__ import annotations

import time
from collections import deque

WINDOW_S = 5.0
EVERY_S = 0.2  # between two reports of progress


class Rate:
    """Bytes done of `total`, and the speed of late. What lay there before counts as done, not as speed."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0
        self._marks: deque[tuple[float, int]] = deque([(time.monotonic(), 0)])
        self._came = 0
        self._told = 0.0

    def at(self, done: int, *, counts: bool) -> None:
        """`done` bytes are there now; `counts`: those since the last call came just now."""
        now = time.monotonic()
        if counts:
            self._came += max(0, done - self.done)
        self.done = done
        self._marks.append((now, self._came))
        while len(self._marks) > 2 and now - self._marks[0][0] > WINDOW_S:
            self._marks.popleft()

    def per_second(self) -> float:
        (began, before), (now, came) = self._marks[0], self._marks[-1]
        return (came - before) / (now - began) if now > began else 0.0

    def seconds_left(self) -> float | None:
        speed = self.per_second()
        return (self.total - self.done) / speed if speed > 0 else None

    def due(self) -> bool:
        """True when it is time to report again, and notes that it was done."""
        now = time.monotonic()
        if now - self._told < EVERY_S and self.done < self.total:
            return False
        self._told = now
        return True
