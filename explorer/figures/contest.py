"""Several trainings on one chart, and what each entrant got right: bars with their intervals and other seeds.

It knows numbers and their names; no experiment, no text key.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.theme import GREY, MASK, MODEL, NOTHING, REMOVED, figure, safe
from explorer.figures.theme import SERIES as LINES


def curves(
    losses: Sequence[Sequence[float]], every: int, total: int, names: Sequence[str], titles: tuple[str, str]
) -> go.Figure:
    """A line each: the n-th value is the mean of `every` updates. The axis has room for all from the beginning."""
    fig = figure(300, showlegend=True)
    for one, name, (colour, dash, symbol) in zip(losses, names, LINES, strict=False):
        fig.add_scatter(
            x=[every * (n + 1) for n in range(len(one))], y=list(one), mode="lines+markers", name=safe(name),
            line={"color": colour, "dash": dash, "width": 3}, marker={"symbol": symbol, "size": 7},
            hovertemplate="%{x}: %{y:.2f}<extra>" + safe(name) + "</extra>",
        )  # fmt: skip
    fig.update_xaxes(title=titles[0], range=[0, total * 1.02])
    fig.update_yaxes(title=titles[1], rangemode="tozero")
    return fig


def scores(
    names: Sequence[str], shares: NDArray[Any], ends: NDArray[Any], others: NDArray[Any], line: float, grey: int
) -> go.Figure:
    """A bar a name with its interval `ends` [2, names]; `others` [seeds, names] as marks; a broken line at `line`.

    The bar at `grey` is no entrant, but what the others are compared with.
    """
    fig = figure(96 + 36 * len(names), bargap=0.35)
    labels = [safe(name) for name in names]
    fig.add_bar(
        x=shares.tolist(), y=labels, orientation="h", hovertemplate="%{y}: %{x:.1%}<extra></extra>",
        marker_color=[GREY if n == grey else MODEL for n in range(len(labels))],
        error_x={
            "type": "data", "symmetric": False, "array": (ends[1] - shares).tolist(),
            "arrayminus": (shares - ends[0]).tolist(), "thickness": 2, "color": MASK,
        },
    )  # fmt: skip
    for row in others:
        fig.add_scatter(
            x=row.tolist(), y=labels, mode="markers", hovertemplate="%{y}: %{x:.1%}<extra></extra>",
            marker={"color": REMOVED, "size": 12, "symbol": "line-ns-open", "line": {"width": 2}},
        )  # fmt: skip
    fig.add_vline(line, line={"width": 2, "dash": "dash", "color": GREY})
    fig.update_xaxes(range=[0, 1.02], tickformat=".0%", tickvals=[0, 0.5, 1], tickangle=0)
    fig.update_yaxes(autorange="reversed", gridcolor=NOTHING)
    return fig
