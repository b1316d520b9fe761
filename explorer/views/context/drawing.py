"""From vectors to the figure: cosines, maps, curves and scores of one scene, for components/layers_map.

It knows what the figure wants and which engine call computes it; nothing of the page around it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from cachetools import LRUCache

from explorer import numerics
from explorer.components.layers_map import MapChange, MapData, Point, layers_map
from explorer.engine import get_engine
from explorer.errors import Told
from explorer.lab.types import embedding_metrics as geometry
from explorer.lab.types.context import LEAST_POINTS, PROJECT, EmbedResult, ProjectInputs, ProjectResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views.context import common
from explorer.views.context.common import Line, State

ALL_TREATMENTS = 60  # points up to which all three ways of measuring travel to the browser at once
ORDERED = 120  # points up to which the rows can be clustered at every layer
GROUP = "context"
KEPT = 24  # what was last worked out for readers

_kept: LRUCache[tuple[object, ...], tuple[EmbedResult, Any]] = LRUCache(KEPT)
_guard = threading.Lock()


def points_of(lines: Sequence[Line]) -> list[Point]:
    return [Point(line.text, line.start, line.end, line.sense) for line in lines]


def data_of(result: EmbedResult, labels: Sequence[int], state: State) -> MapData:
    """Everything the figure scrubs through; kept, because a click elsewhere on the page draws the same again."""
    found = projected(result, state)
    ways = geometry.TREATMENTS if result.vectors.shape[1] <= ALL_TREATMENTS else (state.treatment,)
    key = ("data", tuple(labels), state.treatment, state.method if found else "pca")
    drawn: MapData = _remembered(result, key, lambda: _data(result, labels, state.treatment, ways, state.method, found))
    return drawn


def projected(result: EmbedResult, state: State) -> ProjectResult | None:
    """The map by UMAP or t-SNE, if it is there."""
    return None if state.method == "pca" else widgets.peek(PROJECT, None, _asked(result, state))


def _asked(result: EmbedResult, state: State) -> ProjectInputs:
    return ProjectInputs(result, state.treatment, state.method)


def proposals(result: EmbedResult, treatment: str, layer: int, kind: str) -> tuple[tuple[int, ...], float]:
    """The groups that clustering finds at one layer, and their silhouette (geometry.proposals)."""

    def make() -> tuple[tuple[int, ...], float]:
        return geometry.proposals(geometry.all_cosines(result, treatment)[layer], kind)

    found: tuple[tuple[int, ...], float] = _remembered(result, (kind, treatment, layer), make)
    return found


def _remembered(result: EmbedResult, key: tuple[object, ...], make: Callable[[], Any]) -> Any:
    key = (id(result), *key)
    with _guard:
        if key in _kept:
            return _kept[key][1]
    made = make()
    with _guard:
        _kept[key] = result, made  # the result is held, so that its id stays its own
    return made


def _data(
    result: EmbedResult,
    labels: Sequence[int],
    treatment: str,
    ways: Sequence[str],
    method: str,
    found: ProjectResult | None,
) -> MapData:
    """Cosines, PCA (always), `found` maps of `method`, scores and curves, at every layer."""
    n = result.vectors.shape[1]
    cos = {way: geometry.all_cosines(result, way) for way in ways}
    placed, kept = geometry.principal(result, treatment)
    placed_by = {"pca:flat": placed[:, :, :2], "pca:deep": placed}
    if found:
        placed_by[f"{method}:flat"] = numerics.aligned(found.flat)
        placed_by[f"{method}:deep"] = numerics.aligned(found.deep)
    trust = {
        name: np.array([geometry.trustworthiness(c, p, 5) for c, p in zip(cos[treatment], where, strict=True)])
        for name, where in placed_by.items()
    }
    curves = {"anisotropy": result.anisotropy}
    for way in ways:
        curves |= {f"{way}:{name}": values for name, values in geometry.parted(cos[way], labels).items()}
    orders = np.array([geometry.order(c) for c in cos[treatment]]) if n <= ORDERED else np.zeros((0, 0))
    return MapData(cos, placed_by, trust, curves, kept, orders)


def figure(
    points: Sequence[Point],
    result: EmbedResult,
    state: State,
    *,
    key: str,
    senses: Sequence[str],
    parts: Sequence[str],
    relabel: bool = False,
    caption: str = "",
    data: MapData | None = None,
) -> None:
    """One figure of the scene; all of them are scrubbed together."""
    last = len(result.vectors) - 1
    layers_map(
        points, data, key=key,
        senses=senses, layer=min(state.layer, last),
        method=state.method, treatment=state.treatment, parts=parts, relabel=relabel,
        umap_ready=get_engine().state(None) == "ready",
        caption=caption, layers=len(result.vectors), group=GROUP, on_change=_change,
    )  # fmt: skip


def complete(result: EmbedResult, state: State) -> None:
    """The map that was asked for and is not there yet, with numbers while it is made."""
    if state.method == "pca" or projected(result, state):
        return
    n = result.vectors.shape[1]
    if n < LEAST_POINTS:
        page_parts.error(Told("too_few_points", limit=LEAST_POINTS, used=n))
        return
    if state.method == "umap" and get_engine().state(None) in ("cold", "loading"):
        get_engine().warm(None)
        page_parts.notice("context.umap_warming")
    try:
        widgets.result(PROJECT, None, _asked(result, state), t("context.fitting"))
    except Told as problem:
        page_parts.error(problem)
        return
    widgets.draw_again()


def _change(change: MapChange) -> None:
    if change.kind == "layer":
        common.store().set(layer=change.layer)
    elif change.kind == "method":
        common.store().set(method=change.value, layer=change.layer)
    elif change.kind == "treatment":
        common.store().set(treatment=change.value, layer=change.layer)
    elif change.kind == "sense":
        relabel(change.point)


def relabel(point: int) -> None:
    """The point's next sense: A, B, C, none, A …"""
    state = common.store().now()
    if not state.text:
        return
    scene = common.own(common.in_use(state))
    senses = [line.sense for line in scene.lines]
    if point < len(senses):
        senses[point] = -1 if senses[point] >= 2 else senses[point] + 1
        common.store().set(text="\n".join(line.text for line in scene.lines), senses=tuple(senses))
