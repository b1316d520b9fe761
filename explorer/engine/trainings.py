"""Which trainings run: few at once in a process, the others in line and told their place.

Knows jobs, the line and the workers that do them. A training computes for minutes and holds weights, gradients and the
optimiser's moments of its own all the while; in line it holds nothing.
"""

from __future__ import annotations

import threading

from explorer.engine.jobs import Job, Line
from explorer.engine.model_worker import ModelWorker
from explorer.errors import Cancelled, Told

AT_ONCE = 2


class Trainings:
    """Hands at most `at_once` jobs at a time to their workers, readers in turn. Any method, from any thread."""

    def __init__(self, waiting_bound: int, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._line = Line(waiting_bound)
        self._workers: dict[Job, ModelWorker] = {}  # of those in line
        self._running: dict[Job, ModelWorker] = {}
        self._lock = threading.Lock()

    def submit(self, job: Job, worker: ModelWorker) -> None:
        """Give `job` to `worker`, now or when its turn comes. Raises what `Worker.submit` raises."""
        with self._lock:
            if len(self._running) < self._at_once and not len(self._line):
                worker.submit(job)
                self._running[job] = worker
                return
            self._line.add(job)
            self._workers[job] = worker
            self._tell()

    def ended(self, job: Job) -> None:
        """`job` is over, whether it ran or not: the next may begin."""
        begin = []
        with self._lock:
            self._running.pop(job, None)
            while len(self._running) < self._at_once and (turn := self._line.take(streams=True, most=1)):
                turn[0].stand(None)
                self._running[turn[0]] = self._workers.pop(turn[0])
                begin.append((turn[0], self._running[turn[0]]))
            self._tell()
        for one, worker in begin:  # not under the lock: a job that fails ends
            try:
                worker.submit(one)
            except Told as error:  # the model was unloaded meanwhile, or its line is full
                one.fail(error)

    def left(self, job: Job) -> None:
        """Somebody who watched `job` has left; if it stands in line and nobody else wants it, its place is free."""
        with self._lock:
            if job not in self._workers or not job.give_up():
                return
            self._remove([job])
        job.end_given_up()

    def want(self, worker: ModelWorker) -> bool:
        """Whether one that runs, or stands in line, is this worker's."""
        with self._lock:
            return worker in self._running.values() or worker in self._workers.values()

    def close(self) -> None:
        """Cancel all that stand in line."""
        with self._lock:
            jobs = list(self._workers)
            self._remove(jobs)
        for job in jobs:
            job.fail(Cancelled("cancelled"))

    @property
    def waiting(self) -> int:
        with self._lock:
            return len(self._line)

    def _remove(self, jobs: list[Job]) -> None:
        self._line.remove(jobs)
        for job in jobs:
            del self._workers[job]
        self._tell()

    def _tell(self) -> None:
        for position, job in enumerate(self._line.in_turn(), start=1):
            job.stand(position)
