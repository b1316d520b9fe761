"""What is read against what is said: a square of attention, with rings where each said word stood in what was read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer import palette
from explorer.figures.theme import MASK, figure, safe


def grid(
    weights: NDArray[np.float32],
    said: Sequence[str],
    read: Sequence[str],
    step: int,
    rings: Sequence[tuple[int, int]],
    names: tuple[str, str],
) -> go.Figure:
    """weights[said, read] as a heat-map; row `step` framed, a ring at each (said, read) of `rings`.

    names  of rows and columns
    """
    rows, columns = weights.shape
    fig = figure(140 + 24 * rows)
    fig.add_heatmap(
        z=weights, colorscale="Cividis", zmin=0, zmax=float(weights.max()), xgap=1, ygap=1,
        customdata=[[(safe(row), safe(column)) for column in read] for row in said],
        hovertemplate="%{customdata[0]} ← %{customdata[1]}: %{z:.1%}<extra></extra>",
        colorbar={"tickformat": ".0%", "thickness": 12},
    )  # fmt: skip
    fig.add_scatter(
        x=[column for _, column in rings], y=[row for row, _ in rings], mode="markers", showlegend=False,
        hoverinfo="skip",
        marker={"symbol": "circle-open", "size": 14, "color": palette.LIGHT["card"], "line": {"width": 2}},
    )  # fmt: skip
    fig.add_shape(
        type="rect", x0=-0.5, x1=columns - 0.5, y0=step - 0.5, y1=step + 0.5, line={"color": MASK, "width": 3}
    )
    fig.update_xaxes(
        title=names[1], tickvals=list(range(columns)), ticktext=[safe(word) for word in read], tickangle=-90,
        range=[-0.5, columns - 0.5], fixedrange=True,
    )  # fmt: skip
    fig.update_yaxes(
        title=names[0], tickvals=list(range(rows)), ticktext=[safe(word) for word in said],
        range=[rows - 0.5, -0.5], fixedrange=True,
    )  # fmt: skip
    return fig
