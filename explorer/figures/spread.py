"""Many values of the same thing: a row of dots for each name, their mean, and the band from the least to the most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.theme import GREY, MODEL, NOTHING, figure, safe


def strips(values: Mapping[str, NDArray[Any]]) -> go.Figure:
    """One row a name; values in 0 … 1."""
    fig = figure(70 + 52 * len(values))
    for name, some in values.items():
        label = safe(name)
        fig.add_scatter(
            x=[float(some.min()), float(some.max())], y=[label, label], mode="lines", hoverinfo="skip",
            line={"color": GREY, "width": 3},
        )  # fmt: skip
        fig.add_scatter(
            x=some.astype(float).tolist(), y=[label] * len(some), mode="markers",
            hovertemplate="%{x:.1%}<extra></extra>",
            marker={"color": MODEL, "size": 9, "opacity": 0.45},
        )  # fmt: skip
        fig.add_scatter(
            x=[float(some.mean())], y=[label], mode="markers", hovertemplate="%{x:.1%}<extra></extra>",
            marker={"color": MODEL, "size": 15, "symbol": "line-ns-open", "line": {"width": 3}},
        )  # fmt: skip
    fig.update_xaxes(tickformat=".0%", rangemode="tozero")
    fig.update_yaxes(autorange="reversed", gridcolor=NOTHING)
    return fig
