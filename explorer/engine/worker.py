"""The one thread that computes with a model: whatever a reader's experiment does to the model, no other sees it.

Knows order, batches and steps. Knows nothing of what is computed, and imports no torch itself.

A stream's steps do not hold the model: after each step, whatever waits at that moment runs first, so that a long
training never keeps a click waiting for more than a step, nor clicks a training for more than one full line. Between
two steps a stream must therefore leave the model as it found it (no hook, no changed weight, no gradient mode);
what it needs for itself it keeps in its own objects. A training's steps are taken in a thread of low priority, for
which this one waits: still one at a time beside the model.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from explorer.engine.failures import for_reader
from explorer.engine.jobs import LOOKS_EVERY_S, Job, Line
from explorer.engine.model_worker import WAITING_BOUND, LoadedModel, State, Tally
from explorer.engine.threads import Turns, give_way
from explorer.errors import Cancelled
from explorer.lab.experiment import ForwardRequest

BATCH_LIMIT = 32
STREAMS_AT_ONCE = 4  # they step in turn; each holds memory of its own, so more of them wait in line

_log = logging.getLogger(__name__)


class NoModel:
    """What a worker without a model has in its place; the experiments are given None."""

    forward_passes = 0


@dataclass(eq=False)
class _Running:
    """A stream between two of its steps; `asked` is the forward pass it waits for, if it asks for them."""

    job: Job
    steps: Any  # a generator, or any other iterator for a stream that asks for nothing
    asked: ForwardRequest | None = None


class Worker:
    """Loads one model when first needed and runs jobs with it, in a thread of its own; without `load`, jobs that need
    none.

    `turns` are shared with the other models' workers: see threads.py.
    """

    def __init__(
        self, model_id: str, load: Callable[[], LoadedModel] | None, turns: Turns, waiting_bound: int = WAITING_BOUND
    ) -> None:
        self.model_id = model_id
        self.tally = Tally()
        self.state: State = "cold"
        self._load_model = load
        self._model: LoadedModel | NoModel | None = NoModel() if load is None else None
        self._turns = turns
        self._line = Line(waiting_bound)
        self._changed = threading.Condition()
        self._wanted = False  # to be loaded though nothing waits
        self._closed = False
        self._busy = False  # the thread is at something
        self.last_used = time.monotonic()
        self._thread: threading.Thread | None = None
        self._streams: deque[_Running] = deque()  # for the worker's own thread only, as is:
        self._trainer: ThreadPoolExecutor | None = None  # the thread of low priority, once one is needed
        self._before_next_step = 0  # jobs that were waiting when the last step ended and have not run yet

    # -- called from any thread

    def submit(self, job: Job) -> None:
        """Queue `job`. Raises Busy when the line is full, Cancelled after `close`."""
        with self._changed:
            if self._closed:
                raise Cancelled("cancelled")
            self._line.add(job)
            self.last_used = time.monotonic()
            self._wake()

    def warm(self) -> None:
        """Load the model in the background; nothing happens if it is loaded already."""
        with self._changed:
            if not self._closed and self._model is None:
                self._wanted = True
                self._wake()

    def close(self, timeout: float = 5.0) -> None:
        """Cancel what waits, end what runs at its next step, and wait for the thread to end."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout)

    def retire(self) -> bool:
        """Close it, if nobody uses it or waits for it; whether it is closed then. Its thread ends at once."""
        with self._changed:
            idle = not (self._busy or self._wanted or self._streams or len(self._line))
            if idle:
                self._closed = True
                self._changed.notify_all()
            return idle

    def release(self) -> None:
        """Let go of the model, after `close`; its memory is free once the thread has ended."""
        self._model = None

    @property
    def waiting(self) -> int:
        with self._changed:
            return len(self._line)

    @property
    def forward_passes(self) -> int:
        return 0 if self._model is None else self._model.forward_passes

    def _wake(self) -> None:
        if self._thread is None:
            name = f"model {self.model_id}" if self._load_model else self.model_id
            self._thread = threading.Thread(target=self._work, name=name, daemon=True)
            self._thread.start()
        self._changed.notify_all()

    # -- the worker's own thread

    def _work(self) -> None:
        while self._something_to_do():
            model = self._model or self._load()
            if model is None:
                continue
            ready = [running for running in self._streams if not running.job.held()]
            if jobs := self._next_jobs(bool(ready)):
                self._run(None if isinstance(model, NoModel) else model, jobs)
            elif ready:
                self._step(ready)
            elif self._streams:
                self._wait_for_one_held_up()
            self._drop_abandoned()
        for running in self._streams:
            self._stop(running)
            running.job.fail(Cancelled("cancelled"))
        if self._trainer is not None:
            self._trainer.shutdown()
        self._fail_all_waiting(Cancelled("cancelled"))

    def _something_to_do(self) -> bool:
        """Wait for it; False once closed."""
        with self._changed:
            if self._busy:
                self.last_used = time.monotonic()
            self._busy = False
            self._changed.wait_for(lambda: self._closed or self._wanted or self._streams or len(self._line))
            self._wanted, self._busy = False, not self._closed
            return self._busy

    def _load(self) -> LoadedModel | NoModel | None:
        """The model; None, and those who wait are told why, if it can't be had. The next request tries again."""
        assert self._load_model is not None
        self.state = "loading"
        try:
            self._model = self._load_model()
        except Exception as error:
            told = for_reader(error, self.model_id)
            _log.warning("%s could not be loaded: %s", self.model_id, told.key)
            self.state = "failed"
            self._fail_all_waiting(told)
            return None
        self.tally.model_loads += 1
        self.state = "ready"
        return self._model

    def _wait_for_one_held_up(self) -> None:
        """Until something else comes, or for a moment: who holds a stream up says nothing when it may go on."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._wanted or len(self._line), timeout=LOOKS_EVERY_S)

    def _next_jobs(self, streams_ready: bool) -> list[Job]:
        """What to run now; empty when it is the turn of a stream's next step."""
        if streams_ready and self._before_next_step <= 0:
            return []
        with self._changed:
            alone = sum(running.job.batch_forward is None for running in self._streams)
            jobs = self._line.take(streams=alone < STREAMS_AT_ONCE, most=BATCH_LIMIT)
        self._before_next_step -= len(jobs)
        return jobs

    def _run(self, model: LoadedModel | None, jobs: list[Job]) -> None:
        self.tally.runs += len(jobs)
        job = jobs[0]
        if job.experiment.kind == "batched":
            for one in jobs:
                one.on_begin(one)
            self._run_batch(model, jobs)
            return
        try:
            job.on_begin(job)
            if job.experiment.kind == "stream":
                self._streams.append(_Running(job, iter(job.fn(model, job.inputs, *_more(job)))))
                return
            with self._turns.turn(), _counted(jobs):
                job.emit(job.fn(model, job.inputs, *_more(job)))
        except Exception as error:
            job.fail(error)
        else:
            job.finish()

    def _run_batch(self, model: LoadedModel | None, jobs: list[Job]) -> None:
        self.tally.batches += 1
        try:
            with self._turns.turn(), _counted(jobs):
                more = [list(column) for column in zip(*map(_more, jobs), strict=True)]
                results = jobs[0].fn(model, [job.inputs for job in jobs], *more)
            for job, result in zip(jobs, results, strict=True):
                job.emit(result)
        except Exception as error:
            if len(jobs) == 1:
                jobs[0].fail(error)
                return
            for job in jobs:  # one reader's bad input must not fail the others
                self._run_batch(model, [job])
            return
        for job in jobs:
            job.finish()

    def _step(self, ready: list[_Running]) -> None:
        """One step of the stream that has waited longest for one, and of those that can read together with it."""
        first = ready[0]
        forward = first.job.batch_forward
        alike = [running for running in ready if running.job.batch_forward is forward]
        group = [first] if forward is None else alike[:BATCH_LIMIT]
        for running in group:
            self._streams.remove(running)
        with self._turns.turn(), _counted([running.job for running in group]):
            answers = self._answers(model=self._model, group=group)
            for running in group:
                self._in_its_thread(running, partial(self._advance, running, answers.get(id(running))))
        self._before_next_step = self.waiting

    def _in_its_thread(self, running: _Running, work: Callable[[], None]) -> None:
        """Do a piece of a stream's work, a training's at low priority, and wait for its end."""
        if not running.job.experiment.trains:
            work()
            return
        if self._trainer is None:
            self._trainer = ThreadPoolExecutor(1, f"trains beside {self.model_id}", initializer=give_way)
        self._trainer.submit(work).result()

    def _answers(self, model: LoadedModel | NoModel | None, group: list[_Running]) -> dict[int, Any]:
        """The forward passes that the group asks for, in one go; where that fails, one by one, so that one reader's
        broken request does not end the others' streams."""
        asking = [running for running in group if running.asked is not None]
        forward = group[0].job.batch_forward
        if not asking or forward is None:
            return {}
        try:
            answers = forward(model, [running.asked for running in asking])
        except Exception as error:
            if len(asking) == 1:
                return {id(asking[0]): error}
            return {key: answer for one in asking for key, answer in self._answers(model, [one]).items()}
        self.tally.batches += 1
        return {id(running): answer for running, answer in zip(asking, answers, strict=True)}

    def _advance(self, running: _Running, answer: Any) -> None:
        """Let the stream go on, with what it asked for, up to its next value or request; then it waits again."""
        job, steps = running.job, running.steps
        try:
            if isinstance(answer, Exception):
                raise answer
            value = next(steps) if running.asked is None else steps.send(answer)
            running.asked = None
            if job.batch_forward is None:
                job.emit(value)
            while job.batch_forward is not None and not isinstance(value, ForwardRequest):
                job.emit(value)
                value = next(steps)
            running.asked = value if isinstance(value, ForwardRequest) else None
        except StopIteration:
            job.finish()
        except Exception as error:
            job.fail(error)
        else:
            self._streams.append(running)

    def _drop_abandoned(self) -> None:
        """Look at the cancel tokens of all that runs and waits."""
        for running in list(self._streams):
            if running.job.abandoned():
                self._streams.remove(running)
                self._stop(running)
        with self._changed:
            waiting = list(self._line)
        gone = [job for job in waiting if job.abandoned()]  # not under the lock: an ending job takes the engine's
        with self._changed:
            self._line.remove(gone)

    def _stop(self, running: _Running) -> None:
        """Close the experiment's generator in the thread that runs it, so that it can clean up."""
        try:
            if close := getattr(running.steps, "close", None):
                self._in_its_thread(running, close)
        except Exception as error:
            for_reader(error, running.job.experiment.wire)  # logs it; the reader has left

    def _fail_all_waiting(self, error: Exception) -> None:
        with self._changed:
            jobs = list(self._line)
            self._line.remove(jobs)
        for job in jobs:
            job.fail(error)


def _more(job: Job) -> tuple[Any, ...]:
    """What the function is given beside model and inputs: the results its inputs name, the reader's cache."""
    results = (job.results,) if job.experiment.uses_results else ()
    return (*results, job.shelf) if job.experiment.uses_session_cache else results


@contextlib.contextmanager
def _counted(jobs: Sequence[Job]) -> Iterator[None]:
    """What is computed inside is computed for all of them alike."""
    began = time.perf_counter()
    try:
        yield
    finally:
        for job in jobs:
            job.seconds += (time.perf_counter() - began) / len(jobs)
