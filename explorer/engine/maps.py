"""Maps of vectors that need no model: where they are computed, what is kept, and when UMAP is ready.

Runs beside the models' workers, one fit at a time, in a process of its own (explorer/lab/projecting.py), so that
neither a fit nor UMAP's compiling keeps a model or a reader waiting.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.engine.failures import told_to_reader
from explorer.errors import Told
from explorer.lab import geometry, projecting
from explorer.lab.types.context import EmbedResult
from explorer.lab.types.core import Progress

__all__ = ["Place", "fit", "geometry", "kept", "land", "projecting", "ready", "start_warming", "warm"]

Array = NDArray[Any]
DIMS = 3
KEPT = 48  # layers' maps

_log = logging.getLogger(__name__)
_ready = threading.Event()
_fitting = threading.Lock()
_guard = threading.Lock()
_warming: threading.Thread | None = None
_maps: OrderedDict[tuple[str, ...], Place] = OrderedDict()


@dataclass(frozen=True)
class Place:
    """One layer's map: placed[n, 3], the first two of a 2-D fit and all three of a 3-D fit apart."""

    flat: Array
    deep: Array


def ready() -> bool:
    """Whether UMAP is compiled."""
    return _ready.is_set()


def start_warming() -> None:
    """Compile UMAP in a background thread; once a process, later calls do nothing."""
    global _warming
    with _guard:
        if _warming is None:
            _warming = threading.Thread(target=warm, name="warm umap", daemon=True)
            _warming.start()


def warm() -> None:
    """What compiles, compiles now."""
    try:
        projecting.warm()
    except projecting.ProjectingError as error:  # without UMAP the page still has PCA and t-SNE, and says so
        _log.warning("UMAP cannot be used: %s", error)
        return
    _ready.set()


def fit(result: EmbedResult, treatment: str, method: str) -> Iterator[Progress | tuple[Place, ...]]:
    """The maps of all layers by "umap" or "tsne": Progress a layer, then the maps, from memory where they are.

    Raises Told("too_few_points") below `projecting.LEAST` points.
    """
    n = result.vectors.shape[1]
    if n < projecting.LEAST:
        raise Told("too_few_points", limit=projecting.LEAST, used=n)
    x = geometry.treated(result, treatment)
    base = _digest(result, treatment, method)
    out = []
    for layer, rows in enumerate(x):
        key = (*base, str(layer))
        place = _get(key)
        if place is None:
            with _fitting, told_to_reader("maps"):  # a class that asks for one map has it made once
                place = _get(key) or _fit(rows, result.vectors[layer], method)
            _put(key, place)
        out.append(place)
        yield Progress(layer + 1, len(x))
    yield tuple(out)


def kept(result: EmbedResult, treatment: str, method: str) -> tuple[Place, ...] | None:
    """The maps of all layers if they lie in memory."""
    base = _digest(result, treatment, method)
    found = [_get((*base, str(layer))) for layer in range(len(result.vectors))]
    return None if any(place is None for place in found) else tuple(place for place in found if place)


def land(result: EmbedResult, treatment: str, rows: Array) -> Array:
    """Where rows[layers, m, d], treated like the others, land on their UMAPs: [layers, m, 2]; nothing is refitted."""
    with told_to_reader("maps"):
        return np.stack(
            [
                np.zeros((rows.shape[1], 2)) if _one_spot(untreated) else projecting.landed(base, own)
                for base, untreated, own in zip(geometry.treated(result, treatment), result.vectors, rows, strict=True)
            ]
        )


def _fit(rows: Array, untreated: Array, method: str) -> Place:
    """One layer. Points that are all one and the same stay on one spot."""
    n = len(rows)
    if _one_spot(untreated):
        return Place(np.zeros((n, 2)), np.zeros((n, DIMS)))
    if method == "tsne":
        return Place(projecting.tsne_of(rows, 2), projecting.tsne_of(rows, DIMS))
    return Place(projecting.umap_of(rows, 2), projecting.umap_of(rows, DIMS))


def _one_spot(rows: Array) -> bool:
    return bool(np.ptp(rows, axis=0).max() <= 1e-6)


def _digest(result: EmbedResult, treatment: str, method: str) -> tuple[str, ...]:
    content = np.ascontiguousarray(result.vectors)
    return hashlib.sha256(content.tobytes()).hexdigest(), str(content.shape), treatment, method


def _get(key: tuple[str, ...]) -> Place | None:
    with _guard:
        if key in _maps:
            _maps.move_to_end(key)
        return _maps.get(key)


def _put(key: tuple[str, ...], place: Place) -> None:
    with _guard:
        _maps[key] = place
        while len(_maps) > KEPT:
            _maps.popitem(last=False)
