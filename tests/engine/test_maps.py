"""Maps beside the models' workers: made once, however many readers ask at one moment."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from explorer.engine import maps
from explorer.errors import Told
from explorer.lab import projecting
from explorer.lab.types.context import EmbedResult

LAYERS, N, D = 3, 6, 4


def embedded(seed: int) -> EmbedResult:
    rng = np.random.default_rng(seed)
    one = np.zeros(LAYERS, dtype=np.float32)
    return EmbedResult(
        vectors=rng.normal(size=(LAYERS, N, D)).astype(np.float32), pieces=np.ones(N, dtype=np.int64),
        common=np.zeros((LAYERS, D), dtype=np.float32), top=np.zeros((LAYERS, 3, D), dtype=np.float32),
        anisotropy=one, self_similarity=one, intra_sentence=one, n_tokens=N, n_words=1,
    )  # fmt: skip


def test_a_class_that_asks_for_one_map_has_it_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    result, made, all_here = embedded(1), [], threading.Barrier(4)

    def tsne_of(rows: Any, dims: int) -> Any:
        made.append(dims)
        threading.Event().wait(0.05)  # long enough for the others to ask
        return np.zeros((len(rows), dims))

    monkeypatch.setattr(projecting, "tsne_of", tsne_of)

    def ask() -> None:
        all_here.wait(timeout=10)
        list(maps.fit(result, "raw", "tsne"))

    readers = [threading.Thread(target=ask) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(timeout=20)
    assert sorted(made) == [2] * LAYERS + [3] * LAYERS
    assert maps.kept(result, "raw", "tsne") is not None


def test_where_no_process_can_be_started_the_reader_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError("no more processes")

    projecting._end()
    monkeypatch.setattr(projecting.subprocess, "Popen", refused)
    with pytest.raises(Told) as told:
        list(maps.fit(embedded(2), "raw", "tsne"))
    assert told.value.key == "failed"
    with pytest.raises(projecting.ProjectingError, match="ended"):
        projecting.warm()
