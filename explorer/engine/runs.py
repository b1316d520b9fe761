"""Runs that go on while nobody looks: a training that is found again from another page, or after a reload.

Knows an engine, keys and who looks. A run is found by what was asked, so a link that says it finds the run; knows
nothing of what is trained.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Generator
from functools import cache
from typing import TYPE_CHECKING, Any

from explorer.engine import get_engine
from explorer.engine.base import CancelToken, Waiting
from explorer.errors import Told
from explorer.lab.types.experiment import Experiment

if TYPE_CHECKING:
    from explorer.engine.local import LocalEngine

MOST_A_SESSION = 2  # that nobody looks at: whoever turns dials does not fill the machine
MOST_ENDED = 8  # whose curves are kept
PATIENCE_S = 600.0  # that a run is held up, or looked at by nobody, before it ends
JUST_NOW_S = 5.0
_LOOKS_S = 5.0


class Run:
    """One stream, taken by a thread of its own, so that its job has a watcher when no page has."""

    def __init__(self, values: Generator[Any], cancel: CancelToken, session: str, name: str) -> None:
        self.session = session
        self.started = time.monotonic()
        self.held_s = 0.0  # seconds that it was held up
        self._cancel = cancel
        self._values: list[Any] = []
        self._place: Waiting | None = None
        self._error: Told | None = None
        self._ended = False
        self._touched = time.monotonic()
        self._held_since: float | None = None
        self._changed = threading.Condition()
        threading.Thread(target=self._take, args=(values,), name=f"run {name}", daemon=True).start()
        threading.Thread(target=self._forget, name=f"patience {name}", daemon=True).start()

    @property
    def so_far(self) -> tuple[Any, ...]:
        """What came of it until now, for who looks again every moment."""
        with self._changed:
            self._touched = time.monotonic()
            return tuple(self._values)

    @property
    def place(self) -> int:
        """In the line of trainings; 0 once it has begun."""
        waiting = self._place
        return 0 if waiting is None else waiting.position

    @property
    def error(self) -> Told | None:
        """Why it ended before its end."""
        return self._error

    @property
    def ended(self) -> bool:
        return self._ended

    @property
    def held(self) -> bool:
        """Whether it takes no step until `go_on`; one that is to end is not held any more."""
        return self._cancel.holds and not self._cancel.cancelled

    @property
    def seconds(self) -> float:
        """Since it was started, without the time that it was held up."""
        now = time.monotonic()
        return now - self.started - self.held_s - (0.0 if self._held_since is None else now - self._held_since)

    def hold(self) -> None:
        """Take no further step until `go_on`."""
        with self._changed:
            if not self._cancel.holds:
                self._cancel.holds, self._held_since, self._touched = True, time.monotonic(), time.monotonic()

    def go_on(self) -> None:
        with self._changed:
            if self._held_since is not None:
                self.held_s += time.monotonic() - self._held_since
            self._cancel.holds, self._held_since = False, None

    def stop(self) -> None:
        """End it within a step."""
        self._cancel.cancel()

    @property
    def unwatched(self) -> bool:
        """Whether nobody has looked at it just now."""
        return time.monotonic() - self._touched > JUST_NOW_S

    def _take(self, values: Generator[Any]) -> None:
        try:
            for value in values:
                with self._changed:
                    if isinstance(value, Waiting):
                        self._place = value
                        continue
                    self._place = None
                    self._values.append(value)
                    self._changed.notify_all()
        except Told as error:
            self._error = error
        finally:
            values.close()
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _forget(self) -> None:
        """End the run when nobody has looked at it for too long."""
        while not self._ended:
            with self._changed:
                self._changed.wait_for(lambda: self._ended, timeout=_LOOKS_S)
                if time.monotonic() - self._touched > PATIENCE_S:
                    self._cancel.cancel()


class Runs:
    """The runs of this process, by what was asked. Any method, from any thread."""

    def __init__(self, engine: LocalEngine) -> None:
        self._engine = engine
        self._runs: OrderedDict[str, Run] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, experiment: Experiment[Any, Any, Any], model_id: str | None, inputs: Any) -> Run | None:
        """The newest run that was asked this: it goes on, is held up, or has ended (why, its `error` says)."""
        key = self._engine.key(experiment, model_id, inputs)
        with self._lock:
            return self._runs.get(key)

    def start(
        self, experiment: Experiment[Any, Any, Any], model_id: str | None, inputs: Any, *, session: str = ""
    ) -> Run:
        """That run if it has not ended, or a new one. Of the session's runs that nobody looks at, the oldest end.

        Raises what `Engine.stream` raises at once.
        """
        key = self._engine.key(experiment, model_id, inputs)
        with self._lock:
            if key in self._runs and not self._runs[key].ended:
                return self._runs[key]
            own = [run for run in self._runs.values() if run.session == session and run.unwatched and not run.ended]
            for run in own[: max(0, len(own) + 1 - MOST_A_SESSION)]:
                run.stop()
            cancel = CancelToken()
            values = self._engine.stream(experiment, model_id, inputs, session=session, cancel=cancel)
            self._runs[key] = Run(values, cancel, session, experiment.wire)
            self._runs.move_to_end(key)
            for old in [old for old, run in self._runs.items() if run.ended][:-MOST_ENDED]:
                del self._runs[old]
            return self._runs[key]


@cache
def runs() -> Runs:
    """Those of this process's engine."""
    return Runs(get_engine())
