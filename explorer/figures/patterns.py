"""Patterns of attention as matrices of True and False, what they cost, and how far they carry. NumPy only.

mask[i, j]: position i may look at j. Every pattern lets a position see itself. Sources: local, global, random are Big
Bird's (Zaheer et al. 2020); local and strided in turn are the Sparse Transformer's (Child et al. 2019), which GPT-3
alternates with dense layers (Brown et al. 2020).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.theme import FAINT, GREY, MODEL, MODEL_PALE, SERIES, figure, safe

Mask = NDArray[np.bool_]
NAMES = ("dense", "causal", "local", "dilated", "strided", "global", "random", "bigbird", "sparse")


def mask(name: str, n: int, w: int, layer: int = 0) -> Mask:
    """The pattern `name` for n positions and a reach of w to either side; `layer` matters where layers alternate."""
    at = np.arange(n)
    apart: NDArray[np.int64] = np.abs(at[:, None] - at[None, :])
    back: Mask = at[:, None] >= at[None, :]
    local: Mask = apart <= w
    itself: Mask = apart == 0
    everywhere: Mask = (at[:, None] < 2) | (at[None, :] < 2)
    if name == "dense":
        return np.ones((n, n), dtype=bool)
    if name == "causal":
        return back
    if name == "local":
        return local
    if name == "dilated":
        near: Mask = apart <= 2 * w
        return near & _every(apart, 2)
    stride = max(1, round(math.sqrt(n)))
    if name == "strided":
        return _every(apart, stride)
    if name == "global":
        return everywhere | itself
    rng = np.random.default_rng(0)
    scattered = itself.copy()
    for i in at:
        scattered[i, rng.choice(n, size=min(n, 2 * w + 1), replace=False)] = True
    if name == "random":
        return scattered
    if name == "bigbird":
        return local | everywhere | scattered
    if name == "sparse":  # even layers local, odd layers strided; nobody sees the future
        recent: Mask = apart < stride
        return back & (_every(apart, stride) if layer % 2 else recent)
    raise ValueError(name)


def _every(apart: NDArray[np.int64], stride: int) -> Mask:
    found: Mask = apart % stride == 0
    return found


def reach(name: str, n: int, w: int, layers: int) -> Mask:
    """reach[i, j]: what stood at j can have come to i after `layers` layers."""
    carried = np.eye(n, dtype=bool)
    for layer in range(layers):
        carried = (mask(name, n, w, layer).astype(np.float32) @ carried.astype(np.float32)) > 0
    return carried


def pairs(name: str, n: int, w: int) -> int:
    """How many products q · k one head of one layer computes (the mean of two layers where they alternate)."""
    return round(sum(int(mask(name, n, w, layer).sum()) for layer in (0, 1)) / 2)


def picture(allowed: Mask, reached: Mask, words: Sequence[str]) -> go.Figure:
    """Dark: may look. Pale: reached in the chosen number of layers. Empty: not reached. `words` name the two."""
    n = len(allowed)
    fig = figure(420)
    fig.add_heatmap(
        z=np.where(allowed, 2, np.where(reached, 1, 0)).astype(float), zmin=0, zmax=2, showscale=False,
        colorscale=[[0, FAINT], [0.5, MODEL_PALE], [1, MODEL]], xgap=0.5, ygap=0.5,
        hovertemplate="%{y} → %{x}<extra></extra>",
    )  # fmt: skip
    fig.update_xaxes(title=safe(words[1]), range=[-0.5, n - 0.5], constrain="domain")
    fig.update_yaxes(title=safe(words[0]), range=[n - 0.5, -0.5], scaleanchor="x")
    return fig


POWERS = range(2, 11, 2)


def power(k: int) -> str:
    """10 to the k as a reader writes it: 10⁴."""
    return "10" + str(k).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def costs(w: int, names: Mapping[str, str], x_title: str, y_title: str) -> go.Figure:
    """n², n·w, n·√n and n·log n over n, both axes logarithmic. `names` are the curves' by key."""
    fig = figure(340, showlegend=True)
    lengths = [2**k for k in range(5, 17)]
    curves = {
        "square": [n**2 for n in lengths],
        "window": [n * (2 * w + 1) for n in lengths],
        "root": [n * math.sqrt(n) for n in lengths],
        "log": [n * math.log2(n) for n in lengths],
    }
    for (key, values), (colour, dash, symbol) in zip(curves.items(), SERIES, strict=False):
        fig.add_scatter(
            x=lengths, y=values, name=safe(names[key]), mode="lines+markers",
            line={"color": colour, "dash": dash, "width": 3}, marker={"symbol": symbol, "size": 7},
            hovertemplate="%{x:,}: %{y:,.0f}<extra></extra>",
        )  # fmt: skip
    fig.update_xaxes(title=x_title, type="log", tickvals=lengths[::2], ticktext=[f"{n:,}" for n in lengths[::2]])
    fig.update_yaxes(title=y_title, type="log", tickvals=[10**k for k in POWERS], ticktext=[power(k) for k in POWERS])
    return fig


def measured(
    lengths: Sequence[int], seconds: Sequence[float], megabytes: Sequence[float], names: Sequence[str], x_title: str
) -> go.Figure:
    """Milliseconds and megabytes of dense attention over its length, both axes logarithmic."""
    fig = figure(320, showlegend=True)
    for name, values, (colour, dash, symbol) in zip(
        names, ([1000 * one for one in seconds], list(megabytes)), SERIES, strict=False
    ):
        fig.add_scatter(
            x=list(lengths), y=values, name=safe(name), mode="lines+markers",
            line={"color": colour, "dash": dash, "width": 3}, marker={"symbol": symbol, "size": 9},
            hovertemplate="%{x:,}: %{y:.3g}<extra></extra>",
        )  # fmt: skip
    fig.update_xaxes(title=x_title, type="log", tickvals=list(lengths), ticktext=[f"{n:,}" for n in lengths])
    fig.update_yaxes(type="log", tickformat="~g", dtick=1)
    return fig


def price(widths: Sequence[str], losses: Sequence[float], line: float, x_title: str, y_title: str) -> go.Figure:
    """Loss for each window; the dotted line is pure guessing."""
    fig = figure(280)
    colour, dash, symbol = SERIES[0]
    fig.add_scatter(
        x=[safe(width) for width in widths], y=list(losses), mode="lines+markers+text",
        text=[f"{loss:.2f}" for loss in losses], textposition="top center", cliponaxis=False,
        line={"color": colour, "dash": dash, "width": 3}, marker={"symbol": symbol, "size": 10}, hoverinfo="skip",
    )  # fmt: skip
    fig.add_hline(y=line, line={"dash": "dot", "color": GREY})
    fig.update_xaxes(title=x_title, type="category")
    fig.update_yaxes(title=y_title, range=[0, max(line, *losses) * 1.1])
    return fig
