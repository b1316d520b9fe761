"""Work without a model goes through the engine's queues: maps are made once, and UMAP is prepared beside them."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from explorer.engine.compute.pool import ComputePool
from explorer.engine.local import LocalEngine
from explorer.engine.threads import Turns
from explorer.errors import Told
from explorer.lab import umap_client
from explorer.lab.types.context import PROJECT, EmbedResult, ProjectInputs
from explorer.lab.types.core import Progress
from explorer.lab.types.masking import ScanInputs
from tests.engine.conftest import Asking, Bench, until
from tests.pace import PATIENCE

LAYERS, N, D = 3, 6, 4


def embedded(seed: int, n: int = N) -> EmbedResult:
    rng = np.random.default_rng(seed)
    one = np.zeros(LAYERS, dtype=np.float32)
    return EmbedResult(
        vectors=rng.normal(size=(LAYERS, n, D)).astype(np.float32), pieces=np.ones(n, dtype=np.int64),
        common=np.zeros((LAYERS, D), dtype=np.float32), top=np.zeros((LAYERS, 3, D), dtype=np.float32),
        anisotropy=one, self_similarity=one, intra_sentence=one, n_tokens=n, n_words=1,
    )  # fmt: skip


@pytest.fixture
def engine(bench: Bench) -> LocalEngine:
    """An engine with the real experiments, and no model."""
    bench.engines.append(LocalEngine(bench.models))
    return bench.engines[-1]


def test_a_class_that_asks_for_one_map_has_it_made_once(engine: LocalEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, made, all_here = ProjectInputs(embedded(1), "raw", "tsne"), [], threading.Barrier(4)

    def tsne_of(rows: Any, dims: int) -> Any:
        made.append(dims)
        threading.Event().wait(0.05)  # long enough for the others to ask
        return np.zeros((len(rows), dims))

    monkeypatch.setattr(umap_client, "tsne_of", tsne_of)

    def ask() -> list[Any]:
        all_here.wait(timeout=PATIENCE)
        return list(engine.stream(PROJECT, None, asked))

    for reader in [Asking(ask) for _ in range(4)]:
        *steps, result = reader.answer()
        assert result.flat.shape == (LAYERS, N, 2) and result.deep.shape == (LAYERS, N, 3)
        assert all(isinstance(step, Progress) for step in steps)
    assert sorted(made) == [2] * LAYERS + [3] * LAYERS
    assert engine.peek(PROJECT, None, asked) is not None
    assert engine.peek(PROJECT, None, ProjectInputs(embedded(1), "raw", "umap")) is None


def test_a_map_of_too_few_points_and_a_process_that_cannot_be_started_are_told(
    engine: LocalEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Told) as told:
        engine.run(PROJECT, None, ProjectInputs(embedded(2, n=3), "raw", "tsne"))
    assert (told.value.key, told.value.values) == ("too_few_points", {"limit": 4, "used": 3})

    def refused(*_: object, **__: object) -> None:
        raise OSError("no more processes")

    umap_client._end()
    monkeypatch.setattr(umap_client.subprocess, "Popen", refused)
    with pytest.raises(Told) as told:
        engine.run(PROJECT, None, ProjectInputs(embedded(2), "raw", "tsne"))
    assert told.value.key == "map_failed"
    monkeypatch.setattr(umap_client, "_unusable", "")  # what `warm` finds out here is forgotten with this test
    with pytest.raises(umap_client.MapError, match="ended"):
        umap_client.warm()


def test_what_is_prepared_is_prepared_once_and_a_failure_is_known() -> None:
    begun, go = [], threading.Event()

    def prepare() -> None:
        begun.append(1)
        assert go.wait(PATIENCE)
        if len(begun) > 1:
            raise umap_client.MapError("no")

    pool = ComputePool(Turns(1), 4, prepare)
    assert pool.state == "cold"
    pool.warm()
    pool.warm()
    assert pool.state == "loading"
    go.set()
    until(lambda: pool.state == "ready")
    assert begun == [1]
    failing = ComputePool(Turns(1), 4, prepare)
    failing.warm()
    until(lambda: failing.state == "failed")


def test_work_apart_takes_no_turn_from_the_models(bench: Bench) -> None:
    """While a map waits for its own process, a click computes on the only turn there is."""
    bench.add("apart", lambda _, inputs: bench._hold(bench.models.load("fake"), inputs), runs="apart")
    engine = bench.engine(shared_turns=Turns(1))
    asking = Asking(lambda: engine.run(bench["apart"], None, ScanInputs("a map"), session="a"))
    assert bench.held.wait(PATIENCE)
    assert engine.run(bench["read"], "fake", ScanInputs("a click"), session="b").result.tokens.text == "a click"
    bench.gate.set()
    asking.answer()
