"""The engine that runs experiments in this process: results from memory, from files, or from a model's worker.

Knows keys and who waits for what. Knows no model and no experiment by name, and imports no torch: workers do.
"""

from __future__ import annotations

import contextlib
import gc
import threading
import time
from collections.abc import Callable, Generator
from typing import Any

from explorer.engine import cache, watching
from explorer.engine.base import Answer, CancelToken, Counters
from explorer.engine.budget import Budget
from explorer.engine.cache import MemoryCache, Precomputed
from explorer.engine.compute.pool import ComputePool
from explorer.engine.failures import told_to_reader
from explorer.engine.handles import Handles, Shelf
from explorer.engine.installed import InstalledModels, Models
from explorer.engine.jobs import Job
from explorer.engine.model_worker import WAITING_BOUND, LoadedModel, ModelWorker, State
from explorer.engine.quotas import Quotas
from explorer.engine.texts import Texts
from explorer.engine.threads import Turns, turns
from explorer.engine.trainings import AT_ONCE, Trainings
from explorer.engine.worker import Worker
from explorer.errors import Cancelled, Told
from explorer.lab.experiment import Implementation, find
from explorer.lab.types.core import Progress, Waiting
from explorer.lab.types.experiment import Experiment, Inputs, Partial, Result, Results, declared, refs

AnyExperiment = Experiment[Any, Any, Any]


class LocalEngine(Texts):
    """Implements `explorer.engine.base.Engine`; see there for `run`, `stream`, `peek` and the rest.

    precomputed   where results that come with the app lie; None to compute everything
    lasting       where lasting results of this machine lie (see experiment.py); None to keep none
    find          what implements an experiment; a function of `explorer/lab` by default
    budget        keeps the process under a bound; none by default
    """

    def __init__(
        self,
        models: Models | None = None,
        *,
        precomputed: Precomputed | None = None,
        lasting: Precomputed | None = None,
        memory: MemoryCache | None = None,
        find: Callable[[AnyExperiment], Implementation] = find,
        waiting_bound: int = WAITING_BOUND,
        shared_turns: Turns | None = None,
        budget: Budget | None = None,
        trainings_at_once: int = AT_ONCE,
    ) -> None:
        super().__init__(models or InstalledModels(), precomputed)
        self.handles = Handles()
        self.quotas = Quotas()
        self._lasting = lasting
        self._memory = MemoryCache() if memory is None else memory
        self._find = find
        self._waiting_bound = waiting_bound
        self._turns = shared_turns or turns()
        self._lock = threading.Lock()
        self._workers: dict[str, ModelWorker] = {}
        self.compute = ComputePool(self._turns, waiting_bound)
        self._trainings = Trainings(waiting_bound, trainings_at_once)
        self._in_flight: dict[str, Job] = {}
        self._memory_hits = self._precomputed_hits = self._joined = 0
        self._revisions: dict[str, str] = {}  # of the weights that each worker has read
        self._gone = [0, 0, 0, 0]  # what unloaded models' workers had done: passes, loads, runs, batches
        self._budget = budget or Budget(None)
        self._budget.watch(self._let_a_model_go, self._memory.evict, self.handles.evict)

    # -- experiments

    def run(
        self,
        experiment: Experiment[Inputs, Result, Partial],
        model_id: str | None,
        inputs: Inputs,
        *,
        session: str = "",
    ) -> Answer[Result]:
        asked, watch = time.perf_counter(), watching.current()
        cancel = CancelToken() if watch is None else watch.cancel
        result = found = self._ask(experiment, model_id, inputs, session, cancel)
        if isinstance(found, Job):
            for result in found.values(cancel):
                if watch is not None and isinstance(result, Progress):
                    watch.seen(result)
        return Answer(result, time.perf_counter() - asked, fetched=not isinstance(found, Job))

    def stream(
        self,
        experiment: Experiment[Inputs, Result, Partial],
        model_id: str | None,
        inputs: Inputs,
        *,
        session: str = "",
        cancel: CancelToken | None = None,
    ) -> Generator[Waiting | Progress | Partial | Result]:
        cancel = cancel or CancelToken()
        found = self._ask(experiment, model_id, inputs, session, cancel)
        yield from found.values(cancel) if isinstance(found, Job) else (found,)

    def peek(
        self, experiment: Experiment[Inputs, Result, Partial], model_id: str | None, inputs: Inputs
    ) -> Result | None:
        found: Result | None = self._found(experiment, self.key(experiment, model_id, inputs), counted=False)
        return found

    def beforehand(self, experiment: Experiment[Inputs, Result, Partial], model_id: str | None, inputs: Inputs) -> bool:
        kept = self._precomputed
        return kept is not None and kept.path(experiment.wire, self.key(experiment, model_id, inputs)).is_file()

    def key(self, experiment: Experiment[Any, Any, Any], model_id: str | None, inputs: Any) -> str:
        """What the result is kept under. Raises ModelUnavailable; ValueError for a model too many or too few."""
        if (model_id is None) is (experiment.runs == "model"):
            raise ValueError(f"{experiment.wire} runs {experiment.runs!r} and was asked of {model_id!r}")
        if model_id is None:
            return cache.key("", experiment.wire, experiment.version, inputs)
        with told_to_reader(model_id):
            revision = self._models.revision(model_id)
        return cache.key(revision, experiment.wire, experiment.version, inputs)

    def _ask(
        self, experiment: AnyExperiment, model_id: str | None, inputs: Any, session: str, cancel: CancelToken
    ) -> Any:
        """The result if it is there; else the job that makes it, with one more who waits for it."""
        if cancel.cancelled:
            raise Cancelled("cancelled")
        self.handles.let_go()
        key = self.key(experiment, model_id, inputs)
        found = self._found(experiment, key)
        if found is not None:
            return found
        results = self._named_results(inputs, model_id, session, cancel)
        return self._join_or_start(experiment, model_id, inputs, results, session, key, cancel)

    def _named_results(self, inputs: Any, model_id: str | None, session: str, cancel: CancelToken) -> Results:
        """What `inputs` names by reference: each from memory or files, or computed first, in line like any other."""
        found = {}
        for ref in refs(inputs):
            experiment = declared().get(ref.experiment)
            if experiment is None or experiment.version != ref.version:
                raise LookupError(f"no experiment {ref.experiment!r}, version {ref.version}")
            found[ref] = self._ask(experiment, model_id, ref.inputs, session, cancel)
            if isinstance(found[ref], Job):
                *_, found[ref] = found[ref].values(cancel)
        return Results(found)

    def _found(self, experiment: AnyExperiment, key: str, *, counted: bool = True) -> Any:
        """The result if it lies in memory or among the files; a mere look is not counted as a hit of the memory."""
        result = self._memory.get(key)
        if result is not None:
            with self._lock:
                self._memory_hits += counted
            return result
        result = None if self._precomputed is None else self._precomputed.get(experiment.wire, key)
        if result is None and self._lasting is not None and experiment.persist:
            result = self._lasting.get(experiment.wire, key)
        if result is None:
            return None
        self._memory.put(key, result)
        with self._lock:
            self._precomputed_hits += 1  # a file was read, whoever asked
        return result

    def _join_or_start(
        self,
        experiment: AnyExperiment,
        model_id: str | None,
        inputs: Any,
        results: Results,
        session: str,
        key: str,
        cancel: CancelToken,
    ) -> Any:
        """A job to watch, new or in flight; or the result, if such a job has just ended."""
        implementation = self._find(experiment)
        if model_id is not None:
            self._let_go_of_old_weights(model_id)

        def keep_result(job: Job) -> None:
            if job.result is not None:
                self._memory.put(key, job.result)  # before the job leaves: nobody may find neither
                if self._lasting is not None and experiment.persist:
                    with contextlib.suppress(OSError):  # a full disk costs the next start some time, nothing else
                        self._lasting.put(experiment.wire, key, job.result)
            with self._lock:
                if self._in_flight.get(key) is job:
                    del self._in_flight[key]
            if experiment.trains:
                self._budget.done(job)
                self._trainings.ended(job)
            else:
                self.quotas.used(session, False, job.seconds)

        def have_room(job: Job) -> None:
            if experiment.trains:
                self._budget.training(job, 0 if model_id is None else self._models.needs(model_id))

        with self._lock:
            running = self._in_flight.get(key)
            if running is not None and running.join(cancel):
                self._joined += 1
                return running
            if running is None and (result := self._memory.get(key)) is not None:
                self._memory_hits += 1
                return result
            self.quotas.ask(session, experiment.trains)
            shelf = Shelf(self.handles, session, model_id or "")
            job = Job(implementation, inputs, session, keep_result, shelf, results, self._trainings.left, have_room)
            job.join(cancel)
            # under the lock, as when one is let go: it can't be between here and its first job
            worker = self.compute.worker(experiment) if model_id is None else self._worker_there(model_id)
            if experiment.trains:
                self._trainings.submit(job, worker)
                self.quotas.used(session, True, 0.0)
            else:
                worker.submit(job)
            self._in_flight[key] = job
            return job

    # -- models

    def warm(self, model_id: str | None) -> None:
        if model_id is None:
            self.compute.warm()
            return
        with contextlib.suppress(Told):  # whoever asks the model something is told
            self._let_go_of_old_weights(model_id)
        with self._lock:
            worker = self._worker_there(model_id)
        worker.warm()

    def state(self, model_id: str | None) -> State:
        """Whether the model is "cold" (not asked for yet), "loading", "ready", or "failed" to load."""
        if model_id is None:
            return self.compute.state
        with self._lock:
            worker = self._workers.get(model_id)
        return "cold" if worker is None else worker.state

    def unload(self, model_id: str) -> None:
        """Let a model's memory go; whoever waits for it is told that it was stopped. The next request loads it anew."""
        with self._lock:
            worker = self._workers.pop(model_id, None)
        if worker is not None:
            self._let_go(worker)

    def _let_go(self, worker: ModelWorker) -> None:
        """Of a worker that nobody can find any more, and of its model's memory."""
        worker.close()
        done = (worker.forward_passes, worker.tally.model_loads, worker.tally.runs, worker.tally.batches)
        with self._lock:
            self._gone = [before + now for before, now in zip(self._gone, done, strict=True)]
        worker.release()
        gc.collect()

    def _let_go_of_old_weights(self, model_id: str) -> None:
        """A model that was fetched anew is read anew: results are kept under the weights that lie there now."""
        with told_to_reader(model_id):
            revision = self._models.revision(model_id)
        if self._revisions.setdefault(model_id, revision) != revision:
            self.unload(model_id)
            self._revisions[model_id] = revision

    def _let_a_model_go(self, over: int) -> bool:
        """Of the models in memory that nobody uses or waits for, the one whose last use is longest ago."""
        with self._lock:
            by_age = sorted(self._workers.values(), key=lambda worker: worker.last_used)
            free = (one for one in by_age if one.state == "ready" and not self._trainings.want(one) and one.retire())
            if (worker := next(free, None)) is not None:
                del self._workers[worker.model_id]
        if worker is not None:
            self._let_go(worker)
        return worker is not None

    def _load(self, model_id: str) -> LoadedModel:
        with self._budget.loading(model_id, lambda: self._models.needs(model_id)):
            return self._models.load(model_id)

    def _worker_there(self, model_id: str) -> ModelWorker:
        if model_id not in self._workers:
            self._workers[model_id] = self._new_worker(model_id)
        return self._workers[model_id]

    def _new_worker(self, model_id: str) -> ModelWorker:
        return Worker(model_id, lambda: self._load(model_id), self._turns, self._waiting_bound)

    # -- the engine itself

    def counters(self) -> Counters:
        with self._lock:
            models = list(self._workers.values())
            hits, in_flight = (self._memory_hits, self._precomputed_hits, self._joined), len(self._in_flight)
            passes, loads, runs, batches = self._gone
        workers = [*models, *self.compute.workers]
        return Counters(
            forward_passes=passes + sum(worker.forward_passes for worker in models),
            model_loads=loads + sum(worker.tally.model_loads for worker in models),
            runs=runs + sum(worker.tally.runs for worker in workers),
            batches=batches + sum(worker.tally.batches for worker in workers),
            memory_hits=hits[0],
            precomputed_hits=hits[1],
            joined_in_flight=hits[2],
            waiting=self._trainings.waiting + sum(worker.waiting for worker in workers),
            in_flight=in_flight,
            models_ready=tuple(worker.model_id for worker in models if worker.state == "ready"),
        )

    def close(self) -> None:
        """Cancel what waits and end the workers' threads at their next step."""
        with self._lock:
            workers = list(self._workers.values())
        self._budget.close()
        self._trainings.close()
        self.compute.close()
        for worker in workers:
            worker.close()
