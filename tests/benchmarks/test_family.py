"""A stop is timed to its real end: the one who stops is told at once, the step that runs then is still computed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from benchmarks import family
from explorer.errors import Cancelled

LEFT_S = 0.3  # of the step in which it was stopped


class Slow:
    """An engine whose reader leaves at once, and whose worker goes on for LEFT_S."""

    def __init__(self) -> None:
        self.seen = 0
        self.stopped = 0.0

    def stream(self, experiment: object, model: None, inputs: object, *, cancel: Any) -> Iterator[int]:
        for self.seen in range(1, 100):
            yield self.seen
            if cancel.cancelled:
                self.stopped = time.perf_counter()
                raise Cancelled("cancelled")

    def counters(self) -> SimpleNamespace:
        return SimpleNamespace(in_flight=int(time.perf_counter() - self.stopped < LEFT_S))


def test_a_stop_is_over_when_nothing_is_computed_any_more() -> None:
    engine = Slow()
    took = family.stopped_s(engine, None, None)  # type: ignore[arg-type]
    assert engine.seen == 3, "stopped after its third step"
    assert took >= LEFT_S
