"""What an engine knows of the place where a model's jobs are done, and that place of a model. Nothing is done here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from explorer.engine.jobs import Job

State = Literal["cold", "loading", "ready", "failed"]

WAITING_BOUND = 64


class LoadedModel(Protocol):
    """What the engine itself knows of a model."""

    forward_passes: int


@dataclass
class Tally:
    """What a worker has done; only its own thread writes."""

    model_loads: int = 0
    runs: int = 0
    batches: int = 0


class ModelWorker(Protocol):
    """Where a model's jobs are done, as the engine sees it: `Worker` in this process, others elsewhere."""

    @property
    def model_id(self) -> str: ...

    @property
    def state(self) -> State: ...

    @property
    def last_used(self) -> float: ...

    @property
    def waiting(self) -> int: ...

    @property
    def forward_passes(self) -> int: ...

    @property
    def tally(self) -> Tally: ...

    def submit(self, job: Job) -> None:
        """Queue it. Raises Busy when the line is full, Cancelled after `close`."""
        ...

    def warm(self) -> None: ...

    def close(self, timeout: float = 5.0) -> None: ...

    def retire(self) -> bool:
        """Close it if it is idle and holds memory of this process; whether it is closed then."""
        ...

    def release(self) -> None: ...
