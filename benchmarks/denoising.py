"""Figures of chapter 10, 还原. One entry of GROUPS a measurement: the figures it yields, and how it is made.

A measurement imports what it needs when it runs.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

from benchmarks.rows import Row, load_now

COMMAND = "python -m benchmarks denoising {}"
SEED = 77  # none of those that were run beforehand


def _row(id: str, figure: str, unit: str, value: float, load: float, op: str = "", target: float | None = None) -> Row:
    return Row(f"denoising.{id}", figure, unit, (value,), load, COMMAND.format(f"denoising.{id}"), op, target)


def _contest() -> Iterator[Row]:
    """The default contest through an engine that has nothing computed; and how long a stop takes in mid-run."""
    from explorer.engine.base import CancelToken
    from explorer.engine.local import LocalEngine
    from explorer.errors import Cancelled
    from explorer.lab.types.contest import CONTEST, ContestInputs

    load = load_now()
    with contextlib.closing(LocalEngine(precomputed=None)) as engine:
        begun = last = time.perf_counter()
        quietest = 0.0
        for _ in engine.stream(CONTEST, None, ContestInputs(seed=SEED)):
            now = time.perf_counter()
            quietest, last = max(quietest, now - last), now
        took = last - begun
        yield _row(
            "contest_s", "five ways, one seed, tests and all, from the press to the end", "s", took, load, "<=", 180
        )
        yield _row("contest_silence_s", "the longest without a word of how far it is", "s", quietest, load, "<=", 5)
        cancel = CancelToken()
        with contextlib.suppress(Cancelled):
            for step in engine.stream(CONTEST, None, ContestInputs(seed=SEED + 1), cancel=cancel):
                if getattr(step, "update", 0) == 10:
                    begun = time.perf_counter()
                    cancel.cancel()
        yield _row(
            "contest_stop_s",
            "from the stop until the reader is let go",
            "s",
            time.perf_counter() - begun,
            load,
            "<=",
            1,
        )


GROUPS: dict[tuple[str, ...], Callable[[], Iterator[Row]]] = {
    ("denoising.contest_s", "denoising.contest_silence_s", "denoising.contest_stop_s"): _contest,
}
