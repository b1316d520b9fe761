"""A number for every head as a map: layers down, heads across. It knows no meaning of the number."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.theme import figure


def heat(values: NDArray[np.float32], layer: str, head: str, free: bool) -> go.Figure:
    """`free`: from the smallest value to the largest; else shares, from 0 to 1."""
    n_layers, n_heads = values.shape
    fig = figure(90 + 22 * n_layers)
    fig.add_heatmap(
        z=np.asarray(values, dtype=float), x=list(range(1, n_heads + 1)), y=list(range(1, n_layers + 1)),
        colorscale="Cividis", zmin=None if free else 0, zmax=None if free else 1, xgap=2, ygap=2,
        hovertemplate=f"{layer} %{{y}} · {head} %{{x}}: %{{z:.3f}}<extra></extra>",
        colorbar={"thickness": 12, "tickformat": "" if free else ".0%"},
    )  # fmt: skip
    # Every second name where all of them would lie over one another or be turned on a narrow screen.
    step = 1 if n_heads <= 8 else 2
    fig.update_xaxes(title=head, tickvals=list(range(step, n_heads + 1, step)), tickangle=0)
    fig.update_yaxes(title=layer, autorange="reversed", tickvals=list(range(1, n_layers + 1)))
    return fig
