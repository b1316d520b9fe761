"""One computation and all who wait for it; and the line in which computations wait for their model.

Knows readers and order. Knows nothing of models or threads: worker.py computes, local.py decides what is computed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Iterator
from itertools import islice, zip_longest
from typing import Any

from explorer.engine.base import CancelToken
from explorer.engine.cache import own
from explorer.engine.failures import for_reader
from explorer.engine.handles import Shelf
from explorer.errors import Busy, Cancelled, Told
from explorer.lab.experiment import Implementation
from explorer.lab.types.core import Progress, Waiting
from explorer.lab.types.experiment import Results

LOOKS_EVERY_S = 0.05  # how often one who waits looks whether that was cancelled
_END = object()


class Job:
    """One computation. Everyone who asks for the same while it waits or runs watches this one.

    A watcher is known by its cancel token. When the last one has cancelled or left, the job is abandoned.
    `on_end(job)` is called once, before the watchers learn of the end; `on_leave(job)` whenever a watcher has left;
    `on_begin(job)` by the worker, when its turn has come; what it raises for a job that is not batched ends the job.
    """

    def __init__(
        self,
        implementation: Implementation,
        inputs: Any,
        session: str,
        on_end: Callable[[Job], None] = lambda job: None,
        shelf: Shelf | None = None,
        results: Results | None = None,
        on_leave: Callable[[Job], None] = lambda job: None,
        on_begin: Callable[[Job], None] = lambda job: None,
    ) -> None:
        self.experiment = implementation.experiment
        self.fn = implementation.fn
        self.batch_forward = implementation.batch_forward
        self.inputs = inputs
        self.session = session
        self.shelf = shelf
        self.results = results
        self.seconds = 0.0  # that were computed for it; the worker's to count
        self._on_end = on_end
        self._on_leave = on_leave
        self.on_begin = on_begin
        self._position: int | None = None
        self._changed = threading.Condition()
        self._values: list[Any] = []
        self._watchers: list[CancelToken] = []
        self._ended = False
        self._error: Told | None = None

    # -- the readers' side

    def join(self, cancel: CancelToken) -> bool:
        """Watch the job. False if it was abandoned: then it will never have a result."""
        with self._changed:
            if isinstance(self._error, Cancelled):
                return False
            self._watchers.append(cancel)
            return True

    def values(self, cancel: CancelToken) -> Iterator[Any]:
        """What comes of the job, from its first value on; for one who has joined. Leaves when closed.

        While the job stands in the line of trainings, `Waiting` comes every LOOKS_EVERY_S, so that who reads the
        values can look whether anybody still wants them.

        Raises what went wrong as an Told, and Cancelled for the reader who cancelled, whoever else watches.
        """
        seen = 0
        try:
            while (value := self._next(seen, cancel)) is not _END:
                yield value
                seen += not isinstance(value, Waiting)
            if self._error is not None:
                raise for_reader(self._error, self.experiment.wire) from self._error
        finally:
            with self._changed:
                self._watchers.remove(cancel)
            self._on_leave(self)

    def _next(self, seen: int, cancel: CancelToken) -> Any:
        """Wait for the value after the first `seen`; _END if there is none, `Waiting` while the job stands in line."""
        with self._changed:
            while not self._changed.wait_for(
                lambda: cancel.cancelled or self._ended or len(self._values) > seen, timeout=LOOKS_EVERY_S
            ):
                # a cancelled reader leaves in the middle of a step; the worker ends the step and learns of it
                if self._position is not None:
                    return Waiting(self._position)
            if cancel.cancelled:
                raise Cancelled("cancelled")
            return self._values[seen] if len(self._values) > seen else _END

    # -- the worker's side

    def held(self) -> bool:
        """Whether all who watch hold it up: its next step is then not taken. One who has cancelled has no say."""
        with self._changed:
            say = [watcher.holds for watcher in self._watchers if not watcher.cancelled]
            return bool(say) and all(say)

    def stand(self, position: int | None) -> None:
        """In the line of trainings; None once the job has left it."""
        with self._changed:
            self._position = position

    def emit(self, value: Any) -> None:
        """A partial result, or the result."""
        kept = own(value)
        with self._changed:
            self._values.append(kept)
            self._changed.notify_all()

    def finish(self) -> None:
        """The value emitted last was the result."""
        if not self._values or isinstance(self._values[-1], Progress):
            self.fail(TypeError("the experiment ended without a result"))
        else:
            self._end(None)

    def fail(self, error: BaseException) -> None:
        told = for_reader(error, self.experiment.wire)
        told.__cause__ = error
        self._end(told)

    @property
    def result(self) -> Any | None:
        """The result of a job that ended well, for `on_end`; None if it did not."""
        return self._values[-1] if self._values and self._error is None else None

    def abandoned(self) -> bool:
        """Whether nobody wants the job any more; if so it has ended. The worker asks between steps.

        Also wakes those who cancelled while others still watch.
        """
        if not self.give_up():
            return False
        self.end_given_up()
        return True

    def give_up(self) -> bool:
        """Whether nobody wants the job any more: from then on nobody can join it, and whoever asked has to end it."""
        with self._changed:
            if self._ended or self._error is not None or not all(watcher.cancelled for watcher in self._watchers):
                self._changed.notify_all()
                return False
            self._error = Cancelled("cancelled")
            return True

    def end_given_up(self) -> None:
        self._end(Cancelled("cancelled"))

    def _end(self, error: Told | None) -> None:
        self._error = error
        self._on_end(self)  # outside the lock: it takes the engine's, under which others join
        with self._changed:
            self._ended = True
            self._changed.notify_all()


class Line:
    """Waiting jobs: within a session first come first served, sessions in turn. Its owner locks it."""

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self._sessions: OrderedDict[str, deque[Job]] = OrderedDict()

    def __len__(self) -> int:
        return sum(map(len, self._sessions.values()))

    def __iter__(self) -> Iterator[Job]:
        return (job for jobs in self._sessions.values() for job in jobs)

    def add(self, job: Job) -> None:
        """Raises Busy, with the number of jobs that wait, when the line is full."""
        if len(self) >= self.bound:
            raise Busy("busy", position=len(self))
        self._sessions.setdefault(job.session, deque()).append(job)

    def take(self, *, streams: bool, most: int) -> list[Job]:
        """The next job, alone or with up to `most` - 1 others that can share its batch; no stream unless `streams`.

        Streams that read together with others of their kind are no burden to them and are always taken.
        """
        first = self._first(streams)
        if first is None:
            return []
        jobs = [first, *islice(self._alike(first), most - 1)] if first.experiment.kind == "batched" else [first]
        last_served = first.session
        self.remove(jobs)
        if last_served in self._sessions:
            self._sessions.move_to_end(last_served)
        return jobs

    def remove(self, jobs: Collection[Job]) -> None:
        for session in list(self._sessions):
            left = deque(job for job in self._sessions[session] if job not in jobs)
            if left:
                self._sessions[session] = left
            else:
                del self._sessions[session]

    def in_turn(self) -> Iterator[Job]:
        """All, in the order in which `take` will give them if nobody else comes."""
        return (job for row in zip_longest(*self._sessions.values()) for job in row if job is not None)

    def _first(self, streams: bool) -> Job | None:
        for jobs in self._sessions.values():
            for job in jobs:
                if streams or job.experiment.kind != "stream" or job.batch_forward is not None:
                    return job
        return None

    def _alike(self, first: Job) -> Iterator[Job]:
        """Other jobs of the same experiment, one of each session in turn."""
        columns = [[job for job in jobs if job.fn is first.fn] for jobs in self._sessions.values()]
        return (job for row in zip_longest(*columns) for job in row if job is not None and job is not first)
