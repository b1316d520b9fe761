"""A model's worker that is somewhere else: what the engine here sees of a model's replicas.

Knows jobs, what comes of them and who still wants them. Knows nothing of Ray: `Replicas` carries requests there.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from typing import Protocol

from explorer.engine.jobs import LOOKS_EVERY_S, Job
from explorer.engine.model_worker import WAITING_BOUND, State, Tally
from explorer.engine.ray_serve.served import Done, Message, Request
from explorer.errors import Busy, Cancelled, Told

TRIES = 4  # of a request whose replica is lost before it has answered
PAUSE_S = 0.5  # between two of them: a place that ends is left out by then
SAYS_EVERY_S = 5.0  # what it wants of its jobs, even if nothing has changed


class ReplicaLost(Exception):
    """The place that computed is gone; another can do it."""


class Replicas(Protocol):
    """The places that have one model. Every method may be called from any thread."""

    def ask(self, request: Request) -> Iterator[Message]:
        """What one of them answers. Raises ReplicaLost, at once or between two messages."""
        ...

    def tell(self, sender: str, cancelled: frozenset[str], held: frozenset[str]) -> None:
        """All of them `Served.hear` it; a place that can't be reached is told the next time."""
        ...

    def warm(self) -> None: ...


class RemoteWorker:
    """Stands where a model's `Worker` stands. A job is asked of the replicas by a thread of its own.

    A job whose replica is lost is asked again, and what it had told already is left out: an experiment's answer
    follows from its inputs.
    """

    def __init__(self, model_id: str, revision: str, replicas: Replicas, waiting_bound: int = WAITING_BOUND) -> None:
        self.model_id = model_id
        self.state: State = "cold"
        self.last_used = time.monotonic()
        self.lost = 0  # replicas, in mid-request
        self._revision, self._replicas, self._bound = revision, replicas, waiting_bound
        self._name = secrets.token_urlsafe(8)
        self._changed = threading.Condition()
        self._jobs: dict[str, Job] = {}  # by number; those given up stay until their replica has let go
        self._given_up: set[str] = set()
        self._begun: set[str] = set()
        self._done: dict[str, Done] = {}  # by replica: what it said last
        self._closed = False
        self._watcher: threading.Thread | None = None

    # -- the engine's side

    def submit(self, job: Job) -> None:
        """Ask for it. Raises Busy where as many wait as the bound allows, Cancelled after `close`."""
        number = f"{self._name}-{secrets.token_urlsafe(8)}"
        with self._changed:
            if self._closed:
                raise Cancelled("cancelled")
            if self._in_line() >= self._bound:
                raise Busy("busy", position=self._in_line())
            self._jobs[number] = job
            self.last_used = time.monotonic()
            if self.state != "ready":
                self.state = "loading"
            if self._watcher is None:
                self._watcher = threading.Thread(target=self._watch, name=f"wants {self.model_id}", daemon=True)
                self._watcher.start()
            self._changed.notify_all()
        threading.Thread(target=self._follow, args=(number, job), name=f"asks {self.model_id}", daemon=True).start()

    def warm(self) -> None:
        """Have the replicas load the model; nothing happens if one has answered."""
        if self.state != "ready":
            self.state = "loading"
            threading.Thread(target=self._warm, name=f"warms {self.model_id}", daemon=True).start()

    def close(self, timeout: float = 5.0) -> None:
        """Cancel all that is under way."""
        with self._changed:
            self._closed = True
            jobs = [(number, job) for number, job in self._jobs.items() if number not in self._given_up]
            self._given_up.update(self._jobs)
            self._changed.notify_all()
        for _, job in jobs:
            job.fail(Cancelled("cancelled"))
        self._say()

    def retire(self) -> bool:
        """No: its memory is not this process's."""
        return False

    def release(self) -> None:
        """Nothing is held here."""

    @property
    def waiting(self) -> int:
        """Jobs whose turn has not come, at whichever replica they stand in line."""
        with self._changed:
            return self._in_line()

    def _in_line(self) -> int:
        return len(self._jobs.keys() - self._given_up - self._begun)

    @property
    def forward_passes(self) -> int:
        return sum(done.forward_passes for done in self._dones())

    @property
    def tally(self) -> Tally:
        """As far as replicas have told."""
        done = self._dones()
        return Tally(
            sum(one.model_loads for one in done), sum(one.runs for one in done), sum(one.batches for one in done)
        )

    def _dones(self) -> list[Done]:
        with self._changed:
            return list(self._done.values())

    # -- a job's thread

    def _follow(self, number: str, job: Job) -> None:
        experiment = job.experiment
        results = job.results if experiment.uses_results else None
        request = Request(number, self._name, experiment, job.inputs, job.session, results, self._revision)
        told = 0
        try:
            for attempt in range(1, TRIES + 1):
                try:
                    self._answered(number, job, request, told)
                    return
                except ReplicaLost as lost:
                    self.lost += 1
                    told = lost.args[0]
                    if number in self._given_up:
                        return
                    if attempt == TRIES:
                        raise Told("replicas_lost") from lost
                    time.sleep(PAUSE_S * attempt)
        except Exception as error:
            with self._changed:
                if self.state == "loading":  # no replica has begun to answer
                    self.state = "failed"
            if self._ends(number):
                job.fail(error)
        finally:
            with self._changed:
                self._jobs.pop(number, None)
                self._given_up.discard(number)
                self._begun.discard(number)

    def _answered(self, number: str, job: Job, request: Request, told: int) -> None:
        """Hand on what comes but the first `told` values. Raises ReplicaLost with how many were handed on by then."""
        seen = 0
        try:
            for kind, value in self._replicas.ask(request):
                if kind == "value":
                    seen += 1
                    if seen > told and number not in self._given_up:
                        job.emit(value)
                elif kind == "begun":
                    with self._changed:
                        self._begun.add(number)
                        self.state = "ready"
                elif kind == "error":
                    raise value
                else:
                    replica, done, job.seconds, last = value
                    self._learn(replica, done)
                    if self._ends(number):
                        for one in last:
                            job.emit(one)
                        job.finish()
                    return
        except ReplicaLost:
            raise ReplicaLost(max(told, seen)) from None
        raise ReplicaLost(max(told, seen))  # it ended without a word

    def _learn(self, replica: str, done: Done) -> None:
        with self._changed:
            self._done[replica] = done

    def _ends(self, number: str) -> bool:
        """Whether the job is still to be ended; from now on it is not."""
        with self._changed:
            if number in self._given_up:
                return False
            self._given_up.add(number)
            return True

    def _warm(self) -> None:
        try:
            self._replicas.warm()
        except Exception:
            self.state = "failed"
        else:
            self.state = "ready"

    # -- the watching thread

    def _watch(self) -> None:
        """While there are jobs: who has left, who holds up. Replicas are told what changed, and now and then all."""
        said: tuple[frozenset[str], frozenset[str]] = frozenset(), frozenset()
        last = time.monotonic()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or bool(self._jobs))
                if self._closed:
                    return
                self._changed.wait(LOOKS_EVERY_S)
                under_way = [(number, job) for number, job in self._jobs.items() if number not in self._given_up]
            held = frozenset(number for number, job in under_way if job.held())
            for number, job in under_way:
                if job.give_up() and self._ends(number):
                    job.end_given_up()
            now = time.monotonic()
            with self._changed:
                wants = frozenset(self._given_up & set(self._jobs)), held
            if wants != said or now - last > SAYS_EVERY_S:
                self._replicas.tell(self._name, *wants)
                said, last = wants, now

    def _say(self) -> None:
        with self._changed:
            given_up = frozenset(self._given_up)
        if given_up:
            self._replicas.tell(self._name, given_up, frozenset())
