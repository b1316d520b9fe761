"""Equal sentences on maps: one spot each, at every layer, in every number of dimensions, and no number that is none."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.errors import Told
from explorer.lab import projections, umap_client
from explorer.lab.types import embedding_metrics
from explorer.lab.types.context import EmbedResult, LandInputs, ProjectInputs, ProjectResult
from explorer.lab.types.embedding_metrics import treated
from tests.lab.conftest import last

LAYERS, WIDTH = 3, 24


def embedded(copies: tuple[int, ...], seed: int = 0) -> EmbedResult:
    """Distinct rows, each as often as `copies` says, told apart by rounding only; layer 0 is one spot."""
    rng = np.random.default_rng(seed)
    rows = np.repeat(rng.normal(size=(LAYERS, len(copies), WIDTH)), copies, axis=1)
    rows[0] = rows[0, :1]
    rows += rng.normal(size=rows.shape) * 1e-7
    n = rows.shape[1]
    top = np.zeros((LAYERS, 3, WIDTH), dtype=np.float32)
    ones = np.ones(LAYERS, dtype=np.float32)
    vectors = rows.astype(np.float32)
    return EmbedResult(vectors, np.ones(n, dtype=np.int64), vectors.mean(axis=1), top, ones, ones, ones, n, n)


@pytest.mark.parametrize("method", ["umap", "tsne"])
@pytest.mark.parametrize("treatment", ["raw", "centred"])
def test_equal_sentences_lie_on_one_spot(method: str, treatment: str) -> None:
    copies = (2, 3, 1, 2, 2, 1)
    result = last(projections.project(None, ProjectInputs(embedded(copies), treatment, method)))
    assert isinstance(result, ProjectResult)
    groups = np.repeat(np.arange(len(copies)), copies)
    for placed in (result.flat, result.deep):
        assert np.isfinite(placed).all()
        assert (placed[0] == 0).all()
        for layer in (1, 2):
            spots = [np.unique(placed[layer, groups == group], axis=0) for group in range(len(copies))]
            assert [len(spot) for spot in spots] == [1] * len(copies)
            assert len(np.unique(placed[layer], axis=0)) == len(copies)


@pytest.mark.parametrize("treatment", ["raw", "centred"])
@pytest.mark.parametrize("copies", [(6,), (3, 3), (2, 3, 1, 2)])
def test_equal_sentences_lie_on_one_spot_of_the_principal_directions(copies: tuple[int, ...], treatment: str) -> None:
    placed, kept = embedding_metrics.principal(embedded(copies), treatment)
    assert (placed[0] == 0).all() and np.isnan(kept[0]), "what rounding leaves is no structure"
    groups = np.repeat(np.arange(len(copies)), copies)
    for layer in placed[1:]:
        middles = np.stack([layer[groups == group].mean(axis=0) for group in range(len(copies))])
        assert np.abs(layer - middles[groups]).max() < 1e-5
        apart = np.linalg.norm(middles[:, None] - middles[None], axis=-1)[np.triu_indices(len(copies), 1)]
        assert (apart > 0.1).all()


@pytest.mark.parametrize("copies", [(6,), (5, 1), (2, 2, 2)])
@pytest.mark.parametrize("method", ["umap", "tsne"])
def test_too_few_different_sentences_are_told(copies: tuple[int, ...], method: str) -> None:
    with pytest.raises(Told) as caught:
        last(projections.project(None, ProjectInputs(embedded(copies), "raw", method)))
    assert caught.value.key == "too_few_points"
    assert caught.value.values["used"] == len(copies)


@pytest.mark.parametrize("treatment", ["raw", "centred"])
def test_a_sentence_that_stands_there_already_lands_on_its_own_spot(treatment: str) -> None:
    """Also where it was read alone, so that its vectors differ by rounding; and where a layer has too few for UMAP."""
    scene = embedded((2, 2, 1, 1, 3))
    standing = last(projections.project(None, ProjectInputs(scene, treatment, "umap")))
    assert isinstance(standing, ProjectResult)
    rows = treated(scene, treatment)[:, [0, 2, 5]] * (1 + 1e-6)
    other = rows[:, :1] + np.random.default_rng(1).normal(size=rows[:, :1].shape)
    placed = projections.land(None, LandInputs(scene, treatment, np.concatenate([rows, other], axis=1))).placed
    assert np.isfinite(placed).all()
    np.testing.assert_array_equal(placed[:, :3], standing.flat[:, [0, 2, 5]])
    assert (placed[1:, 3] != standing.flat[1:, 0]).any(axis=1).all()


def test_a_map_with_what_is_no_number_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(umap_client, "receive", lambda stream: ({}, [np.full((4, 2), np.nan)]))
    with pytest.raises(Told) as caught:
        last(projections.project(None, ProjectInputs(embedded((1, 1, 1, 1)), "raw", "tsne")))
    umap_client._end()
    assert caught.value.key == "map_failed"
    assert caught.value.values["method"] == "t-SNE"


@pytest.mark.parametrize("kind", ["agglomerative", "kmeans"])
def test_equal_points_are_no_groups(kind: str) -> None:
    labels, score = embedding_metrics.proposals(np.ones((6, 6)), kind)
    assert labels == (0,) * 6
    assert np.isnan(score)


def test_the_compiler_of_maps_has_a_place_that_can_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    """Also where the cache folder cannot be made: a file stands in its place."""
    from pathlib import Path

    monkeypatch.setenv("SESAME_CACHE", str(tmp_path))
    assert umap_client.compiled_folder() == str(Path(str(tmp_path)) / "compiled")
    blocked = Path(str(tmp_path)) / "blocked"
    blocked.write_text("", encoding="utf-8")
    monkeypatch.setenv("SESAME_CACHE", str(blocked))
    assert umap_client.compiled_folder() != str(blocked / "compiled")


def test_what_could_not_be_compiled_is_not_tried_again_for_everyone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(umap_client, "_unusable", "cannot cache function 'rdist'")
    monkeypatch.setattr(umap_client, "_running", lambda: asked.append("started"))
    with pytest.raises(umap_client.MapError, match="rdist"):
        umap_client.umap_of(np.eye(4), 2)
    assert asked == []
