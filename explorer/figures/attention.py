"""What the last token of a text takes from each token before it, head by head."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.theme import MASK, figure, safe


def last_token(weights: NDArray[np.float32], tokens: Sequence[str], head: int, name: str) -> go.Figure:
    """weights[head, token] as a heat-map, a row a head, counted from 1; the head in place `head` is framed."""
    heads, count = weights.shape
    fig = figure(90 + 34 * heads)
    fig.add_heatmap(
        z=weights, x=list(range(count)), y=[f"{name} {n + 1}" for n in range(heads)], colorscale="Cividis", zmin=0,
        zmax=float(weights.max()), xgap=1, ygap=2, customdata=[[safe(token) for token in tokens]] * heads,
        hovertemplate="%{y} · %{customdata}: %{z:.1%}<extra></extra>", colorbar={"tickformat": ".0%", "thickness": 12},
    )  # fmt: skip
    fig.add_shape(type="rect", x0=-0.5, x1=count - 0.5, y0=head - 0.5, y1=head + 0.5, line={"color": MASK, "width": 3})
    if count <= 60:
        fig.update_xaxes(tickvals=list(range(count)), ticktext=[safe(token) for token in tokens])
    fig.update_yaxes(autorange="reversed")
    return fig
