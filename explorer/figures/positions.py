"""Cosines between position vectors: the whole square, and one row of it."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.theme import MODEL, REMOVED, figure


def grid(cosine: NDArray[np.int8]) -> go.Figure:
    """cosine[p, p] in per cent, one pixel or more a pair, the first position top left."""
    fig = figure(440)
    fig.add_heatmap(
        z=cosine, zmin=-40, zmax=100, colorscale="Cividis", hovertemplate="%{y} · %{x}: %{z} %<extra></extra>",
        colorbar={"ticksuffix": " %", "thickness": 12},
    )  # fmt: skip
    fig.update_xaxes(constrain="domain", showgrid=False)
    fig.update_yaxes(autorange="reversed", scaleanchor="x", constrain="domain", showgrid=False)
    return fig


def profile(row: NDArray[np.int_], place: int) -> go.Figure:
    """One position against all others."""
    fig = figure(200)
    fig.add_scatter(
        x=list(range(len(row))), y=(row / 100).tolist(), mode="lines", line={"color": MODEL, "width": 2},
        hovertemplate="%{x}: %{y:.2f}<extra></extra>",
    )  # fmt: skip
    fig.add_vline(x=place, line={"color": REMOVED, "width": 1.5, "dash": "dot"})
    fig.update_yaxes(range=[-0.6, 1.05], tickformat=".1f")
    return fig
