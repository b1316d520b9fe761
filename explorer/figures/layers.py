"""Numbers of every layer as lines; points of a plane with a name each. It knows no model and no text key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.theme import GREY, MASK, MODEL, SERIES, figure, safe

MARGIN = 0.2  # of a plane's width, left and right


def curves(lines: Mapping[str, NDArray[Any]], x_title: str, y_title: str, layer: int | None = None) -> go.Figure:
    """One line a name over the layers; `layer` is marked. Layers without a number are left open."""
    fig = figure(300, showlegend=True)
    for (name, values), (colour, dash, symbol) in zip(lines.items(), SERIES, strict=False):
        fig.add_scatter(
            x=list(range(len(values))), y=[None if not np.isfinite(v) else float(v) for v in values],
            mode="lines+markers", name=safe(name), line={"color": colour, "dash": dash, "width": 3},
            marker={"symbol": symbol, "size": 8}, hovertemplate="%{x}: %{y:.3f}<extra></extra>",
        )  # fmt: skip
    count = max((len(values) for values in lines.values()), default=1)
    if layer is not None:
        fig.add_vline(x=layer, line={"color": MASK, "width": 2})
    fig.update_xaxes(title=x_title, tickvals=list(range(count)), range=[-0.3, count - 0.7])
    fig.update_yaxes(title=y_title, zeroline=True, zerolinecolor=GREY)
    return fig


def losses(values: Sequence[float], guess: float, guess_name: str, x_title: str, y_title: str) -> go.Figure:
    """A training's cross-entropy, with the guessing line."""
    fig = figure(260)
    fig.add_scatter(x=list(range(1, len(values) + 1)), y=list(values), mode="lines", line={"color": MODEL, "width": 3})
    fig.add_hline(y=guess, line={"color": GREY, "dash": "dash"}, annotation_text=guess_name)
    fig.update_xaxes(title=x_title)
    fig.update_yaxes(title=y_title, rangemode="tozero")
    return fig


def trained(x: Sequence[int], lines: Mapping[str, Sequence[float]], x_title: str, y_title: str) -> go.Figure:
    """What a training tells every so many steps, a line a name."""
    fig = figure(300, showlegend=len(lines) > 1)
    for (name, values), (colour, dash, _) in zip(lines.items(), SERIES, strict=False):
        fig.add_scatter(
            x=list(x), y=list(values), mode="lines", name=safe(name), line={"color": colour, "dash": dash, "width": 3},
            hovertemplate="%{x}: %{y:.2f}<extra></extra>",
        )  # fmt: skip
    fig.update_xaxes(title=x_title)
    fig.update_yaxes(title=y_title, rangemode="tozero")
    return fig


def plane(groups: Mapping[str, tuple[NDArray[Any], Sequence[str]]], height: int = 420) -> go.Figure:
    """Named points, one colour and one shape a group: {group: (points[n, 2], names)}."""
    fig = figure(height, showlegend=len(groups) > 1)
    places = np.concatenate([points for points, _ in groups.values()])
    start = 0
    for (group, (points, names)), (colour, _, symbol) in zip(groups.items(), SERIES, strict=False):
        sides = [_side(places, start + n) for n in range(len(points))]
        start += len(points)
        fig.add_scatter(
            x=points[:, 0].tolist(), y=points[:, 1].tolist(), mode="markers+text", name=safe(group),
            text=[safe(name) for name in names], textposition=sides, hoverinfo="text",
            marker={"color": colour, "symbol": symbol, "size": 10},
        )  # fmt: skip
    low, high = places[:, 0].min(), places[:, 0].max()
    room = MARGIN * ((high - low) or 1.0)  # for names at the edge
    fig.update_xaxes(visible=False, range=[low - room, high + room])
    fig.update_yaxes(visible=False, scaleanchor="x")
    return fig


def _side(places: NDArray[np.float64], n: int) -> str:
    """Where the name of point `n` stands: away from the point next to it."""
    apart = np.linalg.norm(places - places[n], axis=1)
    apart[n] = np.inf
    return "bottom center" if places[apart.argmin(), 1] > places[n, 1] else "top center"
