"""What a replica does: one model, its worker, and the jobs that the app's processes have sent.

Knows jobs and who sent them. Knows neither Ray nor how messages travel; imports no torch itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from explorer.engine.base import CancelToken
from explorer.engine.handles import Handles, Shelf
from explorer.engine.installed import InstalledModels, Models
from explorer.engine.jobs import Job
from explorer.engine.model_worker import WAITING_BOUND
from explorer.engine.threads import turns
from explorer.engine.worker import Worker
from explorer.errors import ModelUnavailable, Told
from explorer.lab.experiment import Implementation, find
from explorer.lab.types.experiment import Experiment, Results

SILENT_S = 30.0  # a process that says nothing for so long is gone, and nobody wants its jobs
LOOKS_EVERY_S = 1.0

Message = tuple[Literal["begun", "value", "error", "end"], Any]
LAST = ("error", "end")  # kinds of a message after which there is none
_BEGUN = "begun"


@dataclass(frozen=True)
class Request:
    """One job: `number` is its name, `sender` the process that asks. `revision`: of the weights it asks."""

    number: str
    sender: str
    experiment: Experiment[Any, Any, Any]
    inputs: Any
    session: str
    results: Results | None
    revision: str


class Done(NamedTuple):
    """What a replica has done since it began."""

    forward_passes: int = 0
    model_loads: int = 0
    runs: int = 0
    batches: int = 0


class Served:
    """One model at one place of a cluster. Every method may be called from any thread.

    `name` tells replicas apart; `clock` counts seconds.
    """

    def __init__(
        self,
        name: str,
        model_id: str,
        models: Models | None = None,
        *,
        find: Callable[[Experiment[Any, Any, Any]], Implementation] = find,
        waiting_bound: int = WAITING_BOUND,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name, self.model_id = name, model_id
        self._models = models or InstalledModels()
        self._find, self._clock = find, clock
        self._worker = Worker(model_id, lambda: self._models.load(model_id), turns(), waiting_bound)
        self._lock = threading.Lock()
        self._wanted: dict[str, tuple[str, CancelToken]] = {}  # by number: who sent it
        self._heard: dict[str, float] = {}  # of a sender: when last
        self._closed = threading.Event()
        threading.Thread(target=self._watch, name=f"senders of {model_id}", daemon=True).start()

    def answer(self, request: Request, handles: Handles) -> Iterator[Message]:
        """("begun", None) when it is its turn, ("value", partial result or result) … of a stream, and last
        ("error", Told) or ("end", (name, Done, seconds that were computed, (result,) of what is no stream))."""
        cancel = CancelToken()
        with self._lock:
            self._wanted[request.number] = request.sender, cancel
            self._heard[request.sender] = self._clock()
        try:
            if self._models.revision(self.model_id) != request.revision:
                raise ModelUnavailable("replica_has_other_weights", model=self.model_id)
            shelf = Shelf(handles, request.session, self.model_id)
            implementation = self._find(request.experiment)
            job = Job(
                implementation,
                request.inputs,
                request.session,
                shelf=shelf,
                results=request.results,
                on_begin=lambda job: job.emit(_BEGUN),
            )
            job.join(cancel)
            self._worker.submit(job)
            last: tuple[Any, ...] = ()
            for value in job.values(cancel):
                if value is _BEGUN:
                    yield "begun", None
                elif request.experiment.kind == "stream":
                    yield "value", value
                else:
                    last = (value,)  # with the end: every message costs some milliseconds
        except Told as error:
            yield "error", error
        else:
            yield "end", (self.name, self.done(), job.seconds, last)
        finally:
            cancel.cancel()
            with self._lock:
                self._wanted.pop(request.number, None)

    def hear(self, sender: str, cancelled: frozenset[str], held: frozenset[str]) -> None:
        """What a sender wants of all its jobs, wherever they are: said whenever it changes, and every few seconds."""
        with self._lock:
            self._heard[sender] = self._clock()
            for number, (whose, cancel) in self._wanted.items():
                if whose == sender:
                    cancel.holds = number in held
                    if number in cancelled:
                        cancel.cancel()

    def drop(self, number: str) -> None:
        """End this job, if it has not ended: nobody reads what it says."""
        with self._lock:
            if found := self._wanted.get(number):
                found[1].cancel()

    def look(self) -> None:
        """End the jobs of those that have fallen silent."""
        with self._lock:
            now = self._clock()
            for sender, cancel in self._wanted.values():
                if now - self._heard[sender] > SILENT_S:
                    cancel.cancel()
            wanted = {sender for sender, _ in self._wanted.values()}
            self._heard = {sender: at for sender, at in self._heard.items() if sender in wanted}

    def warm(self) -> None:
        """Load the model in the background."""
        self._worker.warm()

    def done(self) -> Done:
        tally = self._worker.tally
        return Done(self._worker.forward_passes, tally.model_loads, tally.runs, tally.batches)

    def close(self) -> None:
        self._closed.set()
        self._worker.close()

    def _watch(self) -> None:
        while not self._closed.wait(LOOKS_EVERY_S):
            self.look()
