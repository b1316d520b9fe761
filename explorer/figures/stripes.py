"""Attention weights as a square: rows look, columns are looked at."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.theme import figure


def square(weights: NDArray[Any], looked: str, looks: str) -> go.Figure:
    """weights[query, key] in 0 … 1."""
    fig = figure(420)
    fig.add_heatmap(
        z=weights.astype(float), colorscale="Cividis", zmin=0, zmax=1, colorbar={"thickness": 12, "tickformat": ".0%"},
        hovertemplate="%{y} → %{x}: %{z:.1%}<extra></extra>",
    )  # fmt: skip
    fig.update_xaxes(title=looked, constrain="domain")
    fig.update_yaxes(title=looks, autorange="reversed", scaleanchor="x", constrain="domain")
    return fig
