"""The queues of work without a model: what computes here takes turns with the models, what computes apart does not.

Knows the two kinds of place an experiment can name (`Experiment.runs`) and that UMAP has to be compiled once. Knows
nothing of what is computed; imports no torch.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from explorer.engine.model_worker import State
from explorer.engine.threads import Turns
from explorer.engine.worker import Worker
from explorer.lab import umap_client
from explorer.lab.types.experiment import Experiment

_log = logging.getLogger(__name__)


class ComputePool:
    """One worker a place; `prepare` is what takes long the first time and is best done before anybody asks."""

    def __init__(self, shared_turns: Turns, waiting_bound: int, prepare: Callable[[], None] = umap_client.warm) -> None:
        self._workers = {
            "here": Worker("compute here", None, shared_turns, waiting_bound),
            "apart": Worker("compute apart", None, Turns(1), waiting_bound),
        }
        self._prepare = prepare
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.state: State = "cold"

    def worker(self, experiment: Experiment[Any, Any, Any]) -> Worker:
        """Where an experiment without a model is queued."""
        return self._workers[experiment.runs]

    @property
    def workers(self) -> tuple[Worker, ...]:
        return tuple(self._workers.values())

    def warm(self) -> None:
        """Prepare in the background; once, later calls do nothing.

        Not a job of the queue: whoever waits in it would wait for the whole of it, with what nobody else wants of the
        processor. As it is, the first call hurries it (umap_client.py).
        """
        with self._lock:
            if self._thread is None:
                self.state = "loading"
                self._thread = threading.Thread(target=self._warm, name="warm umap", daemon=True)
                self._thread.start()

    def _warm(self) -> None:
        try:
            self._prepare()
        except umap_client.MapError as error:  # without UMAP the page still has PCA and t-SNE, and says so
            _log.warning("UMAP cannot be used: %s", error)
            self.state = "failed"
        else:
            self.state = "ready"

    def close(self) -> None:
        """Cancel what waits and end what runs at its next step."""
        for worker in self.workers:
            worker.close()
