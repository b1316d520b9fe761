"""Sentences of all languages as points of a plane, at every layer: as they are, and with their language taken away.

Knows vectors and two ways to flatten them. Each layer's map is turned to lie like its neighbour's: points then glide.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from explorer import numerics
from explorer.content import corpora
from explorer.errors import Told
from explorer.lab import umap_client
from explorer.lab.experiment import implements
from explorer.lab.types.core import Progress
from explorer.lab.types.languages import PLACE, POINT, PlaceInputs, PlaceResult, PointInputs, PointResult

if TYPE_CHECKING:
    from explorer.models.network.model import Model


@implements(PLACE)
def place(model: Model, inputs: PlaceInputs) -> Iterator[Progress | PlaceResult]:
    """Progress (a step is a language, then with UMAP a layer), then the maps. A language's mean is over these lines.

    Raises Told: corpus_changed, too_few_lines (limit, used), map_failed (method, reason).
    """
    if inputs.digest != corpora.digest():
        raise Told("corpus_changed")
    if len(inputs.lines) < 2:
        raise Told("too_few_lines", limit=2, used=len(inputs.lines))
    k, n, layers = len(corpora.LANGUAGES), len(inputs.lines), model.n_layers + 1
    steps = k + (2 * layers if inputs.method == "umap" else 0)
    vectors = np.zeros((layers, k, n, model.d_model))
    for at, lang in enumerate(corpora.LANGUAGES):
        rows = [list(model.tokenizer.encode(corpora.sentences(lang)[line]).ids) for line in inputs.lines]
        ids, mask = model.tensor_inputs(rows)
        states = model.hidden_states(ids, mask).cpu().numpy()
        for row, own in enumerate(rows):
            vectors[:, at, row] = states[:, row, 1 : len(own) - 1].mean(axis=1)
        yield Progress(at + 1, steps)
    maps = np.zeros((2, layers, k, n, 2))
    kept, apart = np.full((2, layers), np.nan), np.zeros((2, layers))
    turn, offset = np.full((2, layers, model.d_model, 2), np.nan), np.full((2, layers, k, 2), np.nan)
    for way, x in enumerate((vectors, vectors - vectors.mean(axis=2, keepdims=True))):
        for layer in range(layers):
            rows_of = x[layer].reshape(k * n, -1)
            apart[way, layer] = spread(x[layer].mean(axis=1)) / max(spread(x[layer].mean(axis=0)), 1e-12)
            if inputs.method == "umap":
                with umap_client.told("UMAP"):
                    maps[way, layer] = umap_client.umap_of(rows_of, 2).reshape(k, n, 2)
                yield Progress(k + way * layers + layer + 1, steps)
            else:
                flat, kept[way, layer] = numerics.principal_coordinates(rows_of, 2)
                maps[way, layer] = flat.reshape(k, n, 2)
        maps[way] = numerics.aligned(maps[way].reshape(layers, k * n, 2)).reshape(layers, k, n, 2)
        if inputs.method == "pca":
            taken = vectors.mean(axis=2) if way else np.zeros((layers, k, model.d_model))
            for layer in range(layers):
                turn[way, layer], start = projection(x[layer].reshape(k * n, -1), maps[way, layer].reshape(k * n, 2))
                offset[way, layer] = start - taken[layer] @ turn[way, layer]
    found = [array.astype(np.float32) for array in (maps, kept, apart, turn, offset)]
    yield PlaceResult(inputs.method, *found)


@implements(POINT)
def point(model: Model, inputs: PointInputs) -> PointResult:
    """The vector of one sentence at every layer, as `place` makes those of its map. Raises Told("text_empty")."""
    ids = model.tokenizer.encode(inputs.text).ids
    if len(ids) < 3:
        raise Told("text_empty")
    states = model.hidden_states(*model.tensor_inputs([list(ids)])).cpu().numpy()
    return PointResult(states[:, 0, 1:-1].mean(axis=1).astype(np.float32))


def projection(rows: NDArray[Any], placed: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """What took rows[n, d] to placed[n, 2], as (turn[d, 2], start[2]): placed = rows @ turn + start.

    Of all that do, the one that is blind to directions in which the rows do not differ: PCA's own.
    """
    middle, centre = rows.mean(axis=0), placed.mean(axis=0)
    turn = np.linalg.pinv(rows - middle, rcond=1e-7) @ (placed - centre)
    return turn, centre - middle @ turn


def spread(points: NDArray[Any]) -> float:
    """Mean distance between two of points[n, d]."""
    distance = np.linalg.norm(points[:, None] - points[None], axis=-1)
    return float(distance[~np.eye(len(points), dtype=bool)].mean())
