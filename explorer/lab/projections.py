"""Maps of vectors by UMAP or t-SNE at every layer, and new vectors landing on a UMAP that stands already.

Knows vectors; no model and no words. The fits are made in a process of their own (umap_client.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.errors import Told
from explorer.lab import umap_client
from explorer.lab.experiment import implements
from explorer.lab.types import embedding_metrics
from explorer.lab.types.context import (
    LAND,
    LEAST_POINTS,
    PROJECT,
    LandInputs,
    LandResult,
    ProjectInputs,
    ProjectResult,
)
from explorer.lab.types.core import Progress

Array = NDArray[Any]
DIMS = 3


@implements(PROJECT)
def project(_: None, inputs: ProjectInputs) -> Iterator[Progress | ProjectResult]:
    """Progress a layer, then the maps. Points that are all one and the same stay on one spot.

    Raises Told: too_few_points (limit, used).
    """
    untreated = inputs.embedded.vectors
    layers, n, _d = untreated.shape
    if n < LEAST_POINTS:
        raise Told("too_few_points", limit=LEAST_POINTS, used=n)
    fit = umap_client.tsne_of if inputs.method == "tsne" else umap_client.umap_of
    flat, deep = np.zeros((layers, n, 2)), np.zeros((layers, n, DIMS))
    for layer, rows in enumerate(embedding_metrics.treated(inputs.embedded, inputs.treatment)):
        if not _one_spot(untreated[layer]):
            flat[layer], deep[layer] = fit(rows, 2), fit(rows, DIMS)
        yield Progress(layer + 1, layers)
    yield ProjectResult(flat, deep)


@implements(LAND)
def land(_: None, inputs: LandInputs) -> LandResult:
    """Nothing is fitted again where the map was made lately; else it comes out the same."""
    treated = embedding_metrics.treated(inputs.embedded, inputs.treatment)
    placed = np.zeros((*inputs.rows.shape[:2], 2))
    for layer, (base, new) in enumerate(zip(treated, inputs.rows, strict=True)):
        if not _one_spot(inputs.embedded.vectors[layer]):
            placed[layer] = umap_client.landed(base, new)
    return LandResult(placed)


def _one_spot(rows: Array) -> bool:
    return bool(np.ptp(rows, axis=0).max() <= 1e-6)
