"""What the engine has done, and what the process takes, as Prometheus reads it: `/metrics`.

Knows the engine's counters and prometheus-client's forms. Like `/status` it holds numbers only: no reader, no text.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from explorer.engine import get_engine

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics_core import Metric

GAUGES = {  # all other counters only grow
    "waiting": "Requests that wait for a model or a place",
    "in_flight": "Requests that are being computed",
}
TOTALS = {
    "forward_passes": "Forward passes of the networks",
    "model_loads": "Times that a model was read into memory",
    "runs": "Experiments that were computed",
    "batches": "Forward passes that several requests shared",
    "memory_hits": "Answers that were still in memory",
    "precomputed_hits": "Answers that came with the app",
    "joined_in_flight": "Requests that waited for an answer under way",
}


class Engine:
    """Collects the counters of the engine of this process, whenever it is asked."""

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily

        counters = get_engine().counters()
        for name, what in TOTALS.items():
            yield CounterMetricFamily(f"sesame_{name}", what, value=getattr(counters, name))
        for name, what in GAUGES.items():
            yield GaugeMetricFamily(f"sesame_{name}", what, value=getattr(counters, name))
        models = GaugeMetricFamily("sesame_model_ready", "Models in memory", labels=["model"])
        for model in counters.models_ready:
            models.add_metric([model], 1)
        yield models


async def metrics(request: Request) -> Response:
    from prometheus_client.exposition import choose_encoder

    encode, kind = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(_registry()), headers={"Content-Type": kind, "Cache-Control": "no-store"})


@cache
def _registry() -> CollectorRegistry:
    from prometheus_client import CollectorRegistry, ProcessCollector

    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(Engine())
    return registry
