"""Attention in the browser: thumbnails of all heads, one of them large, one token's weights.

Knows tokens, weights as bytes, and what a reader chose to look at. It knows no model, and not where weights come from.
All heads travel as one byte a weight (steps of 1/255), so that another head needs no answer from Python; the chosen
head's weights travel as float32 as well, and what is read out and saved are these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from explorer.components.events import MalformedEventError, last_seen, listed, listener, real, whole
from explorer.components.labels import interface
from explorer.components.mounting import declare

TABLE = "attention"  # of assets/text/<lang>/components.toml
LABELS = (
    "heads",  # name of the thumbnails
    "heads_keys",  # how to use them with a pointer and from the keyboard
    "heads_touch",  # how to use them with a finger
    "several",  # a click adds to the heads chosen
    "head",  # {layer} {head}
    "mean",  # {n}: several heads combined
    "large",  # name of the large picture
    "large_keys",
    "across",
    "down",
    "grid",
    "layout",  # name of these three
    "closer",
    "farther",
    "mass",  # {p}: per token the strongest weights that hold this share
    "mass_all",
    "reset",
    "filters",  # opens the choices below on a narrow screen
    "hide_special",
    "hide_diagonal",
    "blocks",  # name of the choice of sentence blocks
    "block_all",
    "looks",  # {token} {list}
    "looked",  # {token} {list}
    "weight",  # {from} {to} {p}
    "nothing",  # no token is chosen
    "clear",
    "capped",  # {n}: only the strongest lines are drawn
    "hidden_share",  # {p}: weight that goes to what is hidden
    "csv_columns",  # 5 names: row position, token that looks, column position, token looked at, weight
)

LAYOUTS = ("across", "down", "grid")
BLOCKS = ("all", "aa", "ab", "ba", "bb")
MAX_COMBINED = 32
_mount = declare(Path(__file__).parent)


@dataclass(frozen=True)
class Mark:
    """A token: as the tokenizer names it, whether it is a special one, and its sentence (0 or 1)."""

    text: str
    special: bool = False
    side: int = 0


@dataclass(frozen=True)
class View:
    """What is looked at: a head (several in `heads`, the last chosen being layer and head), pins, filters."""

    layer: int = 0
    head: int = 0
    heads: tuple[tuple[int, int], ...] = ()
    pins: tuple[int, ...] = ()
    layout: Literal["across", "down", "grid"] = "across"
    mass: float = 0.9
    special: bool = False
    diagonal: bool = False
    block: Literal["all", "aa", "ab", "ba", "bb"] = "all"


def attention_view(
    looking: Sequence[Mark],
    seen: Sequence[Mark],
    weights: NDArray[np.uint8],
    exact: NDArray[np.float32],
    *,
    key: str,
    view: View,
    thumbs: NDArray[np.uint8] | None = None,
    held: int = -1,
    simple: bool = False,
    on_view: Callable[[View], None] | None = None,
    caption: str = "",
    title: str = "",
) -> None:
    """Mounts the view. `on_view` runs as a Streamlit callback before the page's next run.

    weights[layers, heads, L, S]  0…255; of layer `held` alone ([1, heads, L, S]) where that is not −1
    thumbs[layers, heads, l, s]   small pictures of all layers, needed only where weights holds one layer
    exact[L, S]                   the weights of `view`'s head, or the mean of its `heads`, in float32
    simple                        one picture, no thumbnails
    """
    payload = {"weights": weights, "exact": exact}
    if thumbs is not None:
        payload["thumbs"] = thumbs
    shape = (thumbs if thumbs is not None else weights).shape
    header = {
        "key": key,
        **interface(TABLE, LABELS),
        "looking": [[mark.text, int(mark.special), mark.side] for mark in looking],
        "seen": None if seen == looking else [[mark.text, int(mark.special), mark.side] for mark in seen],
        "shape": list(shape),
        "held": held,
        "view": asdict(view),
        "simple": simple,
        "caption": caption,
        "title": title,
        "n": last_seen(key),
    }
    parse = partial(parse_view, layers=shape[0], heads=shape[1], tokens=len(looking))
    _mount(header, payload, on_view_change=listener(key, "view", parse, on_view))


def parse_view(value: Mapping[str, Any], layers: int, heads: int, tokens: int) -> View:
    """The event as a View; MalformedEventError if it names a head or a token that is not there."""
    combined = []
    for pair in listed(value.get("heads"), MAX_COMBINED):
        layer, head = listed(pair, 2) if isinstance(pair, list) and len(pair) == 2 else (None, None)
        combined.append((whole(layer, 0, layers - 1), whole(head, 0, heads - 1)))
    layout, block = value.get("layout"), value.get("block")
    if layout not in LAYOUTS or block not in BLOCKS:
        raise MalformedEventError("no such layout")
    return View(
        layer=whole(value.get("layer"), 0, layers - 1),
        head=whole(value.get("head"), 0, heads - 1),
        heads=tuple(combined),
        pins=tuple(whole(pin, 0, tokens - 1) for pin in listed(value.get("pins"), tokens)),
        layout=layout,
        mass=real(value.get("mass"), 0.1, 1.0),
        special=value.get("special") is True,
        diagonal=value.get("diagonal") is True,
        block=block,
    )


def as_bytes(weights: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Weights 0…1 as 0…255, each within 1/510 of what it was."""
    return np.rint(np.clip(weights, 0, 1) * 255).astype(np.uint8)
