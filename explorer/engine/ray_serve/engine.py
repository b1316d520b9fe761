"""The engine whose models compute in replicas: `LocalEngine` with other workers. Imports no Ray before one is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from explorer.engine.installed import Models
from explorer.engine.local import LocalEngine
from explorer.engine.model_worker import ModelWorker
from explorer.engine.ray_serve.remote import RemoteWorker, Replicas

TRAININGS_AT_ONCE = 16  # each has cores of its own, or waits for them


def of_ray(model_id: str) -> Replicas:
    from explorer.engine.ray_serve.deployment import RayReplicas

    return RayReplicas(model_id)


class RayEngine(LocalEngine):
    """Implements `explorer.engine.base.Engine`. Results, lines and readers are here; models are in replicas.

    `replicas` gives a model's; the other options are those of `LocalEngine`.
    """

    def __init__(
        self, models: Models | None = None, *, replicas: Callable[[str], Replicas] = of_ray, **options: Any
    ) -> None:
        super().__init__(models, **{"trainings_at_once": TRAININGS_AT_ONCE, **options})
        self._replicas = replicas

    def _new_worker(self, model_id: str) -> ModelWorker:
        return RemoteWorker(model_id, self._models.revision(model_id), self._replicas(model_id), self._waiting_bound)

    def close(self) -> None:
        super().close()
        if self._replicas is of_ray:
            from explorer.engine.ray_serve.deployment import disconnect

            disconnect()
