"""Maps of vectors by UMAP or t-SNE at every layer, and new vectors landing on a UMAP that stands already.

Knows vectors; no model and no words. The fits are made in a process of their own (umap_client.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer import numerics
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
# A sentence read alone and the same among others, which are longer, differ by rounding: in shares of a vector's length.
READ_ALONE = 1e-4


@implements(PROJECT)
def project(_: None, inputs: ProjectInputs) -> Iterator[Progress | ProjectResult]:
    """Progress a layer, then the maps. Sentences that are one and the same lie on one spot at every layer.

    Raises Told: too_few_points (limit, used: different ones), map_failed (method, reason).
    """
    untreated = inputs.embedded.vectors
    layers, n, _d = untreated.shape
    if n < LEAST_POINTS:
        raise Told("too_few_points", limit=LEAST_POINTS, used=n)
    fit = umap_client.tsne_of if inputs.method == "tsne" else umap_client.umap_of
    groups = [spots(untreated[layer]) for layer in range(layers)]
    distinct = max(len(firsts) for firsts, _ in groups)
    if distinct < LEAST_POINTS:
        raise Told("too_few_points", limit=LEAST_POINTS, used=distinct)
    flat, deep = np.zeros((layers, n, 2)), np.zeros((layers, n, DIMS))
    for layer, rows in enumerate(embedding_metrics.treated(inputs.embedded, inputs.treatment)):
        firsts, spot = groups[layer]
        if len(firsts) < LEAST_POINTS:  # too few for a graph of neighbours: what there is lies on a line or a plane
            flat[layer] = numerics.principal_coordinates(rows[firsts], 2)[0][spot]
            deep[layer] = numerics.principal_coordinates(rows[firsts], DIMS)[0][spot]
        else:
            flat[layer], deep[layer] = _told(inputs.method, fit, rows[firsts], spot)
        yield Progress(layer + 1, layers)
    yield ProjectResult(flat, deep)


def _told(method: str, fit: Callable[[Array, int], Array], rows: Array, spot: Array) -> tuple[Array, Array]:
    """The maps in two and three dimensions. Raises Told("map_failed")."""
    with umap_client.told({"umap": "UMAP", "tsne": "t-SNE"}.get(method, method)):
        return fit(rows, 2)[spot], fit(rows, DIMS)[spot]


def spots(rows: Array) -> tuple[Array, Array]:
    """Rows that are one and the same, but for rounding, lie on one spot of every map.

    The first row of each spot, and for every one of rows[n, d] the number of its spot.
    """
    firsts: list[int] = []
    spot = np.zeros(len(rows), dtype=np.int64)
    exact = np.asarray(rows, dtype=np.float64)
    for n, row in enumerate(exact):
        apart = np.linalg.norm(exact[firsts] - row, axis=1) if firsts else np.zeros(0)
        same = np.flatnonzero(apart <= numerics.TINY * max(float(np.linalg.norm(row)), 1e-12))
        spot[n] = same[0] if len(same) else len(firsts)
        if not len(same):
            firsts.append(n)
    return np.array(firsts, dtype=np.int64), spot


@implements(LAND)
def land(_: None, inputs: LandInputs) -> LandResult:
    """Where new sentences land: one that stands there already on its own spot, which UMAP alone would only be near.

    Nothing is fitted again where the map was made lately; else it comes out the same. Raises Told("map_failed").
    """
    treated = embedding_metrics.treated(inputs.embedded, inputs.treatment)
    placed = np.zeros((*inputs.rows.shape[:2], 2))
    for layer, (base, new) in enumerate(zip(treated, inputs.rows, strict=True)):
        untreated = np.asarray(inputs.embedded.vectors[layer], dtype=np.float64)
        rows = base[spots(untreated)[0]]
        with umap_client.told("UMAP"):
            if len(rows) >= LEAST_POINTS:
                standing, found = umap_client.umap_of(rows, 2), umap_client.landed(rows, new)
            else:
                standing = numerics.principal_coordinates(rows, 2)[0]
                found = _along(rows, standing, new)
        apart = np.linalg.norm(rows[None] - np.asarray(new)[:, None], axis=-1)
        equal = apart.min(axis=1) <= READ_ALONE * np.linalg.norm(untreated, axis=1).mean()
        placed[layer] = np.where(equal[:, None], standing[apart.argmin(axis=1)], found)
    return LandResult(placed)


def _along(rows: Array, standing: Array, new: Array) -> Array:
    """Where new[m, d] land on the principal coordinates standing[n, 2] of rows[n, d]: the map is linear."""
    middle = rows.mean(axis=0)
    solve, *_ = np.linalg.lstsq(rows - middle, standing, rcond=1e-9)
    return np.asarray((new - middle) @ solve)
