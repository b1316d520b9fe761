"""Background downloads: started by one page, watched by any, stopped by whoever may.

Knows threads; what a fetch does is in fetch.py. One object a process (`fetches`), as several sessions share it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

from explorer.errors import ModelUnavailable, Told
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.download.fetch import Options, Progress, fetch

AT_ONCE = 2


@dataclass(frozen=True)
class Job:
    """A fetch as it stands. `error` is why it ended, where it did not end well. `asked`: it was only looked for."""

    info: ModelInfo
    progress: Progress
    running: bool
    error: Told | None = None
    asked: bool = False

    @property
    def model(self) -> str:
        return self.info.id


class Fetches:
    """Every fetch of this process. All methods may be called from any thread and return at once."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._cancels: dict[str, threading.Event] = {}
        self._changed = threading.Condition()
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def start(self, info: ModelInfo, options: Options | None = None) -> Job:
        """Starts a fetch, or joins the one that is running for this model."""
        with self._changed:
            job = self._jobs.get(info.id)
            if job is None or not job.running:
                asked = options is not None and options.look_only
                job = self._jobs[info.id] = Job(info, Progress(info.id, "queued"), running=True, asked=asked)
                cancel = self._cancels[info.id] = threading.Event()
                # a daemon, so that stopping the app does not wait for it: a fetch can be left at any moment
                threading.Thread(target=self._run, args=(job, options, cancel), name="fetch", daemon=True).start()
            return job

    def cancel(self, model_id: str) -> None:
        """Ends a fetch before its next block; what was received stays."""
        with self._changed:
            if cancel := self._cancels.get(model_id):
                cancel.set()

    def job(self, model_id: str) -> Job | None:
        """How a fetch stands, or how the last one ended; None if there was none."""
        with self._changed:
            return self._jobs.get(model_id)

    def jobs(self) -> tuple[Job, ...]:
        with self._changed:
            return tuple(self._jobs.values())

    def wait(self, model_id: str, timeout: float) -> Job | None:
        """The job once it has ended, or as it is after `timeout` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: not ((job := self._jobs.get(model_id)) and job.running), timeout)
            return self._jobs.get(model_id)

    def forget(self, model_id: str) -> None:
        """Say no more of a fetch that has ended."""
        with self._changed:
            if (job := self._jobs.get(model_id)) and not job.running:
                del self._jobs[model_id]

    def _run(self, job: Job, options: Options | None, cancel: threading.Event) -> None:
        progress, error = job.progress, None
        try:
            with self._places:
                for progress in fetch(job.info, options, cancel=cancel):
                    self._note(replace(job, progress=progress))
        except Told as caught:
            error = caught
        except Exception as caught:  # a fetch that died must not be shown as running for ever
            error = ModelUnavailable("source_broken", place=progress.place, reason=f"{type(caught).__name__}: {caught}")
        self._note(replace(job, progress=progress, running=False, error=error))

    def _note(self, job: Job) -> None:
        with self._changed:
            self._jobs[job.model] = job
            self._changed.notify_all()


fetches = Fetches()
