"""Parallel sentences as points: coloured by language or by meaning, lines to the translations of the one pointed at.

Knows points of all layers, twice (as they are; with their language taken away), and their texts; no model. Layer,
treatment and colour are changed in the browser; only the method is asked of Python.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.components.events import MalformedEventError, last_seen, listener
from explorer.components.labels import interface
from explorer.components.mounting import declare

METHODS = ("pca", "umap")
TABLE = "map"  # of assets/text/<lang>/components.toml
LABELS = (
    "figure", "layer", "play", "pause", "raw", "centred", "by_language", "by_meaning", *METHODS, "apart", "kept",
    "treatment", "colour", "method", "hint", "own", "csv_columns",
)  # fmt: skip

_mount = declare(Path(__file__).parent)


@dataclass(frozen=True)
class Own:
    """A sentence of the reader's beside those of the map: its language's code, and points[2, layers, 2] as maps."""

    text: str
    language: str
    points: NDArray[np.float32]


def language_map(
    maps: NDArray[np.float32],
    apart: NDArray[np.float32],
    kept: NDArray[np.float32],
    *,
    key: str,
    languages: Sequence[str],
    names: Sequence[str],
    texts: Sequence[Sequence[str]],
    layer: int,
    method: str,
    caption: str = "",
    own: Own | None = None,
    on_method: Callable[[str], None] | None = None,
) -> None:
    """Mounts the map. maps[2, layers, languages, lines, 2]; apart, kept[2, layers]; texts[language][line].

    languages are codes, `names` what they are called in the interface.
    """
    header = {
        "key": key,
        **interface(TABLE, LABELS),
        "n": last_seen(key),
        "shape": list(maps.shape),
        "languages": list(languages),
        "names": list(names),
        "texts": [list(lines) for lines in texts],
        "layer": layer,
        "method": method,
        "caption": caption,
        "own": {"text": own.text, "language": own.language} if own else None,
    }
    arrays = {"maps": maps, "apart": apart, "kept": np.nan_to_num(kept, nan=-1.0).astype(np.float32)}
    if own:
        arrays["own"] = own.points.astype(np.float32)
    _mount(header, arrays, on_method_change=listener(key, "method", _parse, on_method))


def _parse(value: Mapping[str, Any]) -> str:
    if value.get("method") not in METHODS:
        raise MalformedEventError("no method of ours")
    return str(value["method"])
