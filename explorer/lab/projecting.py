"""UMAP and t-SNE of points at one layer, and new points landing on a UMAP that stands already.

Imports umap-learn and scikit-learn inside functions: the first fit of a process compiles for several seconds.
Knows vectors; no model, no words.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
SEED = 42
LEAST = 4  # points below which a neighbourhood graph says nothing


def neighbours(n: int) -> int:
    """Neighbours that UMAP looks at among `n` points."""
    return min(15, max(2, n - 1))


def umap_of(rows: Array, dims: int) -> tuple[Array, Any]:
    """Coordinates[n, dims] of rows[n, d], and the fitted reducer that lets others land beside them."""
    import warnings

    from umap import UMAP

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a fixed seed means one thread is known and meant
        reducer = UMAP(
            n_components=dims, n_neighbors=neighbours(len(rows)), init="pca" if len(rows) > dims + 1 else "random",
            metric="cosine", random_state=SEED, n_jobs=1,
        )  # fmt: skip
        placed = np.asarray(reducer.fit_transform(rows.astype(np.float32)), dtype=np.float64)
    return placed, reducer


def landed(reducer: Any, rows: Array) -> Array:
    """Where rows[m, d] land on the map of `reducer`, whose own points stay where they are."""
    return np.asarray(reducer.transform(rows.astype(np.float32)), dtype=np.float64)


def tsne_of(rows: Array, dims: int) -> Array:
    """Coordinates[n, dims] of rows[n, d]; t-SNE has no way to add points later."""
    from sklearn.manifold import TSNE

    perplexity = min(30.0, max(1.5, (len(rows) - 1) / 3))
    start = "pca" if min(rows.shape) > dims else "random"
    model = TSNE(n_components=dims, perplexity=perplexity, init=start, metric="euclidean", random_state=SEED, n_jobs=1)
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)  # then Euclidean is cosine's order
    return np.asarray(model.fit_transform(unit.astype(np.float32)), dtype=np.float64)
