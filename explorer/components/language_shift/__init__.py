"""One sentence and what the head reads in its place for every alpha and layer that is there; curves beside it.

Knows words, kinds and curves; no model. Alpha and layer are moved in the browser over what has travelled once; a layer
that is not there yet is asked of Python when the dial is let go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.components.events import last_seen, listener, real, whole
from explorer.components.labels import interface
from explorer.components.mounting import declare
from explorer.lab.types.languages import ShiftResult

CURVES = ("converted", "right", "meaning")
TABLE = "shift"  # of assets/text/<lang>/components.toml
LABELS = (
    "figure", "alpha", "layer", "best", "missing", "play", "pause", "speed", "reset", "before", "after",
    *CURVES, "yours", "average", "random", "random_average", "tip", "tip_right", "summary", "csv_columns",
)  # fmt: skip

_mount = declare(Path(__file__).parent)


@dataclass(frozen=True)
class Dials:
    """Where the reader left the dials."""

    layer: int
    alpha: float


@dataclass(frozen=True)
class Line:
    """curves[3, alphas] over `alphas`, at one layer: the mean of many sentences, or of a random direction."""

    alphas: tuple[float, ...]
    curves: NDArray[np.float32]


def language_shift(
    result: ShiftResult,
    alphas: Sequence[float],
    random_alphas: Sequence[float],
    *,
    key: str,
    vocabulary: Sequence[str],
    n_layers: int,
    dials: Dials,
    best: int | None,
    kind_names: Sequence[str],
    averages: Mapping[int, tuple[Line, Line]],
    caption: str = "",
    on_change: Callable[[Dials], None] | None = None,
) -> None:
    """Mounts the figure. `averages`: by layer, the mean over many sentences and the same in random directions.

    n_layers is the number of the last layer; `best` the layer to mark; `kind_names` say what each kind is called.
    """
    used, index = np.unique(result.ids, return_inverse=True)
    tokens = result.tokens
    header = {
        "key": key,
        **interface(TABLE, LABELS),
        "n": last_seen(key),
        "source": [tokens.pieces[at] for at in range(1, len(tokens) - 1)],
        "words": [vocabulary[int(number)] for number in used],
        "layers": list(result.layers),
        "n_layers": n_layers,
        "alphas": [round(float(alpha), 4) for alpha in alphas],
        "random_alphas": [round(float(alpha), 4) for alpha in random_alphas],
        "layer": dials.layer,
        "alpha": dials.alpha,
        "best": best,
        "kinds": list(kind_names),
        "averages": {
            str(layer): [
                {"alphas": list(line.alphas), "curves": np.round(line.curves.astype(float), 5).tolist()}
                for line in pair
            ]
            for layer, pair in averages.items()
        },
        "caption": caption,
    }
    arrays = {
        "ids": index.reshape(result.ids.shape).astype(np.int32),
        "p": result.p.astype(np.float32),
        "kinds": result.kinds,
        "right": result.right,
        "curves": result.curves,
        "random": result.random_curves,
    }
    _mount(
        header,
        arrays,
        on_change_change=listener(key, "change", lambda value: _parse(value, n_layers), on_change),
    )


def _parse(value: Mapping[str, Any], n_layers: int) -> Dials:
    return Dials(whole(value.get("layer"), 0, n_layers), real(value.get("alpha"), -1, 3))
