"""再来一句: a new sentence lands on a map that stands already; the map is not made anew.

It knows a scene, its vectors and one more sentence. On the PCA the new point is projected, on the UMAP transformed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.components.layers_map import MapData, Point
from explorer.lab.types import embedding_metrics as geometry
from explorer.lab.types.context import LAND, EmbedResult, LandInputs
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views.context import common, drawing, stage
from explorer.views.context import words as standing
from explorer.views.context.common import Scene, State


def draw(scene: Scene, result: EmbedResult, state: State) -> None:
    page_parts.subsection("context.arrive")
    widgets.text_line(
        "context-new", t("context.arrive.line"), state.new, lambda new: common.store().set(new=new),
        t("context.arrive.placeholder", word=scene.word),
    )  # fmt: skip
    if not state.new.strip():
        return
    added = standing.occurrence(state.model, state.new.strip(), scene.word)
    if added is None:
        page_parts.notice("errors.word_missing", "warn", word=scene.word)
        return
    alone = stage.embed(state.model, type(scene.inputs())((added,)))
    figure(scene, result, alone, [Point(added.text, added.start, added.end, -1, name=t("context.arrive.new"))], state,
           key="context-arrive")  # fmt: skip


def figure(
    scene: Scene, result: EmbedResult, more: EmbedResult, added: Sequence[Point], state: State, *, key: str
) -> None:
    """The scene's own map, fitted on its own sentences, with the added points where they land."""
    data = with_landed(scene, result, more, state)
    points = [*drawing.points_of(scene.lines), *added]
    drawing.figure(points, result, state, key=key, senses=scene.senses, parts=("map",), data=data)
    if state.method == "tsne":
        page_parts.quiet(t("context.arrive.tsne"))
    elif state.method == "umap":
        page_parts.quiet(t("context.arrive.umap"))


def with_landed(scene: Scene, result: EmbedResult, more: EmbedResult, state: State) -> MapData:
    """PCA (and UMAP where it stands) of the scene, with the vectors of `more` projected onto them."""
    way = "centred" if state.treatment == "raw" else state.treatment
    x = geometry.treated(result, way)
    y = _treated_like(result, more, way)
    both = np.concatenate([x, y], axis=1)
    n = x.shape[1]
    placed = {}
    flat, kept = geometry.principal(result, way)
    added = np.zeros((len(x), y.shape[1], flat.shape[2]))
    for layer in range(len(x)):
        # the map is linear in the centred rows: solve for it on the points it was made of, apply it to the new ones
        base = x[layer] - x[layer].mean(axis=0)
        if np.abs(flat[layer]).max() > 0:
            solve, *_ = np.linalg.lstsq(base, flat[layer], rcond=1e-9)
            added[layer] = (y[layer] - x[layer].mean(axis=0)) @ solve
    joined = np.concatenate([flat, added], axis=1)
    placed["pca:flat"], placed["pca:deep"] = joined[:, :, :2], joined
    if state.method == "umap" and (found := drawing.projected(result, state)):
        base = found.flat
        rows = _treated_like(result, more, state.treatment)
        landed = widgets.run(LAND, None, LandInputs(result, state.treatment, rows)).result.placed
        middle = base.mean(axis=1, keepdims=True)
        radius = np.maximum(np.linalg.norm(base - middle, axis=-1).max(axis=1), 1e-9)[:, None, None]
        placed["umap:flat"] = np.concatenate([base - middle, landed - middle], axis=1) / radius
    length = np.linalg.norm(result.vectors, axis=-1).mean(axis=1)
    cos: dict[str, NDArray[Any]] = {state.treatment: geometry.cosines(both, length)}
    labels = [*(line.sense for line in scene.lines), *[-1] * y.shape[1]]
    curves = {f"{state.treatment}:{k}": v for k, v in geometry.parted(cos[state.treatment], labels).items()}
    trust = {
        "pca:flat": np.array(
            [
                geometry.trustworthiness(c, p[:n, :2], 5)
                for c, p in zip(geometry.cosines(x), placed["pca:flat"], strict=True)
            ]
        )
    }
    return MapData(cos, placed, trust, curves, kept)


def _treated_like(result: EmbedResult, more: EmbedResult, way: str) -> np.ndarray:
    """The vectors of `more`, treated with the means and directions of `result`."""
    y = more.vectors.astype(np.float64)
    if way == "raw":
        return y
    if way == "centred":
        return np.asarray(y - result.vectors.astype(np.float64).mean(axis=1, keepdims=True))
    y = y - result.common[:, None]
    return np.asarray(y - np.einsum("lnk,lkd->lnd", np.einsum("lnd,lkd->lnk", y, result.top), result.top))
