"""Words in many sentences, all layers at once: sentences, heat-map of cosines, map, and curves that follow a scrubber.

Knows arrays over layers and words to show; no model. Scrubbing, playing, the way of measuring, the order, 2-D and 3-D
are changed in the browser; only a method whose map is not here yet, and a changed label, are asked of Python.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.components.events import MalformedEventError, last_seen, listener, whole
from explorer.components.labels import interface
from explorer.components.mounting import declare

TABLE = "layers"  # of assets/text/<lang>/components.toml
LABELS = (
    "figure", "layer", "layer0", "play", "pause", "scrub", "heat", "map", "curves", "given", "clustered",
    "raw", "centred", "top", "pca", "umap", "tsne", "flat", "deep", "verdict", "verdict_not",
    "verdict_same", "verdict_none", "why_nothing", "why_same", "more", "auc_means", "silhouette_means",
    "anisotropy_means", "heat_scale", "scrolls", "kept", "trust",
    "turn", "cell", "relabel", "within", "between", "auc", "silhouette", "anisotropy", "method",
    "measure", "order", "preparing", "csv_columns", "nolabel", "speed",
)  # fmt: skip
PARTS = ("list", "scrub", "verdict", "heat", "map", "curves")
TREATMENTS, METHODS = ("raw", "centred", "top"), ("pca", "umap", "tsne")
MOST = 512

_mount = declare(Path(__file__).parent)


@dataclass(frozen=True)
class Point:
    """One sentence with its word marked (start…end); `sense` < 0: no label. `trail` ≥ 0: it came from that point."""

    text: str
    start: int
    end: int
    sense: int = -1
    trail: int = -1
    name: str = ""


@dataclass(frozen=True)
class MapData:
    """cos[treatment][layers, n, n]; maps["method:flat" or "method:deep"][layers, n, 2 or 3]; trust and curves[layers].

    A layer's row of NaN means: these points have no directions there (all the same).
    """

    cos: Mapping[str, NDArray[Any]]
    maps: Mapping[str, NDArray[Any]]
    trust: Mapping[str, NDArray[Any]]
    curves: Mapping[str, NDArray[Any]]
    kept: NDArray[Any]
    orders: NDArray[Any] = field(default_factory=lambda: np.zeros((0, 0)))


@dataclass(frozen=True)
class MapChange:
    """What the reader did: another layer, method or treatment to remember, or a sense for one point."""

    kind: str
    value: str = ""
    layer: int = 0
    point: int = -1


def layers_map(
    points: Sequence[Point],
    data: MapData | None,
    *,
    key: str,
    senses: Sequence[str],
    layer: int,
    method: str = "pca",
    treatment: str = "centred",
    parts: Sequence[str] = PARTS,
    layers: int = 0,
    group: str = "",
    umap_ready: bool = True,
    relabel: bool = False,
    caption: str = "",
    on_change: Callable[[MapChange], None] | None = None,
) -> None:
    """Mounts the figure at `layer`. `relabel`: a click on a point gives it its next sense.

    `parts` says what is drawn; without `data` (sentences and scrubber alone) `layers` says how many there are. Figures
    of one `group` are scrubbed together.
    """
    n = len(points)
    data = data or MapData({}, {}, {}, {}, np.zeros(0))
    if any(cos.shape[1:] != (n, n) for cos in data.cos.values()):
        raise ValueError("one row and one column of cosines a point")
    header = {
        "key": key,
        **interface(TABLE, LABELS),
        "n": last_seen(key),
        "points": [
            {"text": p.text, "start": p.start, "end": p.end, "sense": p.sense, "trail": p.trail, "name": p.name}
            for p in points
        ],
        "senses": list(senses),
        "layers": layers or int(next(iter(data.maps.values())).shape[0]),
        "group": group or key,
        "layer": layer,
        "method": method,
        "treatment": treatment,
        "parts": list(parts),
        "umap_ready": umap_ready,
        "relabel": relabel,
        "caption": caption,
    }
    arrays: dict[str, NDArray[Any]] = {}
    for prefix, named in (("cos", data.cos), ("map", data.maps), ("trust", data.trust), ("curve", data.curves)):
        arrays |= {f"{prefix}:{name}": np.asarray(values, dtype=np.float32) for name, values in named.items()}
    arrays["kept"] = np.asarray(data.kept, dtype=np.float32)
    arrays["orders"] = np.asarray(data.orders, dtype=np.int32)
    _mount(header, arrays, on_change_change=listener(key, "change", parse, on_change))


def parse(value: Mapping[str, Any]) -> MapChange:
    """An event of the browser, checked. Raises MalformedEventError."""
    kind = value.get("kind")
    if kind == "sense":
        return MapChange("sense", point=whole(value.get("point"), 0, MOST))
    allowed = {"method": METHODS, "treatment": TREATMENTS, "layer": ("",)}
    if kind not in allowed or value.get("value") not in allowed[kind]:
        raise MalformedEventError("no change of ours")
    return MapChange(str(kind), str(value["value"]), layer=whole(value.get("layer"), 0, 200))
