"""Points on the unit circle, coloured by where they come from; how far they spread; and methods along the years.

It knows numbers and their names; no model, no text key.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.theme import GREY, SERIES, figure, safe

HEIGHT = 330
REACH = 1.15


def circle(points: NDArray[Any], names: Sequence[str]) -> go.Figure:
    """points[N, 2] on the unit circle, in order along the ring; a colour and a shape for each of as many stretches as
    there are names."""
    fig = figure(HEIGHT, showlegend=True)
    turn = np.linspace(0, 2 * np.pi, 121)
    fig.add_scatter(
        x=np.cos(turn).tolist(), y=np.sin(turn).tolist(), mode="lines", line={"color": GREY, "width": 1},
        hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    for part, name, (colour, _, symbol) in zip(np.array_split(points, len(names)), names, SERIES, strict=False):
        fig.add_scatter(
            x=part[:, 0].tolist(), y=part[:, 1].tolist(), mode="markers", name=safe(name),
            marker={"color": colour, "symbol": symbol, "size": 9, "opacity": 0.7},
            hovertemplate="%{x:.2f}, %{y:.2f}<extra></extra>",
        )  # fmt: skip
    fig.update_xaxes(range=[-REACH, REACH], constrain="domain")
    fig.update_yaxes(range=[-REACH, REACH], scaleanchor="x", scaleratio=1)
    return fig


def spreads(
    x: Sequence[int], values: Sequence[float], most: float, most_name: str, total: int, x_title: str, y_title: str
) -> go.Figure:
    """The standard deviation as the training goes on, with the line that points all round the circle would lie on."""
    fig = figure(220)
    fig.add_scatter(
        x=list(x), y=list(values), mode="lines+markers", line={"color": SERIES[0][0], "width": 3}, marker={"size": 6},
        hovertemplate="%{x}: %{y:.3f}<extra></extra>",
    )  # fmt: skip
    fig.add_hline(y=most, line={"color": GREY, "dash": "dash"}, annotation_text=safe(most_name))
    fig.update_xaxes(title=x_title, range=[0, total])
    fig.update_yaxes(title=y_title, range=[0, 0.8])
    return fig


def years(rows: Sequence[tuple[str, float, str]], chosen: str, x_title: str) -> go.Figure:
    """Methods along the years, a line for each family: (name, year, family); those of the chosen family are large."""
    families = list(dict.fromkeys(family for _, _, family in rows))
    fig = figure(110 + 65 * len(families))
    for family, (colour, _, symbol) in zip(families, SERIES, strict=False):
        own = [(name, year) for name, year, of in rows if of == family]
        fig.add_scatter(
            x=[year for _, year in own], y=[family] * len(own), mode="markers+text",
            text=[safe(name) for name, _ in own],
            textposition=["top center", "bottom center"] * len(own), name=safe(family),
            marker={"color": colour, "symbol": symbol, "size": 18 if family == chosen else 10},
            hovertemplate="%{text}, %{x:.0f}<extra></extra>",
        )  # fmt: skip
    low, high = min(year for _, year, _ in rows), max(year for _, year, _ in rows)
    fig.update_xaxes(title=x_title, dtick=1, tickformat="d", range=[low - 0.6, high + 0.6])
    fig.update_yaxes(range=[len(families) - 0.3, -0.7])  # the first on top, with room for names at either end
    return fig
