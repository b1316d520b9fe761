"""What a monitor reads: every counter of the engine, as it is now, and nothing that a reader wrote."""

from __future__ import annotations

from dataclasses import fields, replace
from types import SimpleNamespace

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.testclient import TestClient

from explorer.engine.base import Counters
from explorer.server import metrics
from explorer.server.routes import routes

COUNTED = Counters(
    forward_passes=3, model_loads=1, runs=5, batches=2, memory_hits=7, precomputed_hits=11, joined_in_flight=13,
    waiting=17, in_flight=19, models_ready=("mini-mbert",),
)  # fmt: skip


def _read(client: TestClient) -> dict[str, float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["Cache-Control"] == "no-store"
    return {
        sample.name: sample.value for family in text_string_to_metric_families(answer.text) for sample in family.samples
    }


def test_a_monitor_reads_every_counter_as_it_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [COUNTED]
    monkeypatch.setattr(metrics, "get_engine", lambda: SimpleNamespace(counters=lambda: now[0]))
    client = TestClient(Starlette(routes=routes()))
    found = _read(client)
    for field in fields(Counters):
        if field.name == "models_ready":
            continue
        name = f"sesame_{field.name}" + "_total" * (field.name not in metrics.GAUGES)
        assert found.pop(name) == getattr(COUNTED, field.name)
    assert found.pop("sesame_model_ready") == 1
    assert found["process_resident_memory_bytes"] > 1e7
    assert all(name.startswith("process_") for name in found), "nothing else is told"
    now[0] = replace(COUNTED, runs=6)
    assert _read(client)["sesame_runs_total"] == 6
