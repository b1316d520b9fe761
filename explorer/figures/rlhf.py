"""A policy on its way: reward by the model and by the true rule, how far it has gone; and reward against √KL.

Knows arrays and names; no text key and no result's type.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.theme import GREY, MASK, MODEL, SECOND, TRUTH, figure, safe


def rewards(model: Sequence[float], rule: Sequence[float], names: tuple[str, str, str], total: int) -> go.Figure:
    """Two lines over the updates; names: of the model's reward, of the rule's, of the x axis."""
    fig = figure(300, showlegend=True)
    for values, name, colour, dash in ((model, names[0], MODEL, "solid"), (rule, names[1], TRUTH, "dash")):
        fig.add_scatter(
            x=list(range(len(values))), y=[float(value) for value in values], mode="lines", name=safe(name),
            line={"color": colour, "dash": dash, "width": 3}, hovertemplate="%{x}: %{y:.2f}<extra></extra>",
        )  # fmt: skip
    fig.update_xaxes(title=names[2], range=[0, total])
    fig.update_yaxes(zeroline=True, zerolinecolor=GREY)
    return fig


def small(values: Sequence[float], name: str, x_title: str) -> go.Figure:
    """One quantity over the updates, its name above it."""
    fig = figure(190, margin={"l": 8, "r": 12, "t": 34, "b": 8})
    fig.add_scatter(
        x=list(range(len(values))), y=[float(value) for value in values], mode="lines",
        line={"color": SECOND, "width": 3}, hovertemplate="%{x}: %{y:.2f}<extra></extra>",
    )  # fmt: skip
    fig.update_layout(title={"text": safe(name), "font": {"size": 15}, "x": 0, "y": 0.97})
    fig.update_xaxes(title=x_title)
    fig.update_yaxes(rangemode="tozero")
    return fig


def against_distance(
    run: NDArray[Any], best_of: NDArray[Any], names: tuple[str, str, str, str], titles: tuple[str, str]
) -> go.Figure:
    """run[step, 3], best_of[n, 3]: √KL, reward by the model, reward by the rule; names in that order, run first."""
    fig = figure(360, showlegend=True)
    looks = (("circle", 5, "solid"), ("diamond", 9, "dot"))
    for (rows, own), (symbol, size, dash) in zip(((run, names[:2]), (best_of, names[2:])), looks, strict=True):
        for column, colour in ((1, MODEL), (2, TRUTH)):
            fig.add_scatter(
                x=rows[:, 0].tolist(), y=rows[:, column].tolist(), mode="lines+markers", name=safe(own[column - 1]),
                line={"color": colour, "dash": dash, "width": 2}, marker={"symbol": symbol, "size": size},
                hovertemplate="√KL %{x:.2f}: %{y:.2f}<extra></extra>",
            )  # fmt: skip
    fig.update_xaxes(title=titles[0], rangemode="tozero")
    fig.update_yaxes(title=titles[1], zeroline=True, zerolinecolor=GREY)
    return fig


def accuracy(values: Sequence[float], lines: Sequence[tuple[float, str]], x_title: str, y_title: str) -> go.Figure:
    """Accuracy after every epoch; named lines at fixed heights beside it."""
    fig = figure(260)
    fig.add_scatter(
        x=list(range(1, len(values) + 1)), y=[float(value) for value in values], mode="lines+markers",
        line={"color": MODEL, "width": 3}, hovertemplate="%{x}: %{y:.1%}<extra></extra>",
    )  # fmt: skip
    for (height, name), colour in zip(lines, (MASK, GREY), strict=False):
        fig.add_hline(y=height, line={"color": colour, "dash": "dash"}, annotation_text=safe(name),
                      annotation_position="top left")  # fmt: skip
    fig.update_xaxes(title=x_title, dtick=1)
    fig.update_yaxes(title=y_title, range=[0.45, 1], tickformat=".0%")
    return fig


def weights(names: Sequence[str], values: Sequence[float]) -> go.Figure:
    """A rule: one bar a feature, to the right where the panel likes it."""
    fig = figure(60 + 36 * len(names), bargap=0.4)
    colours = [MODEL if value >= 0 else SECOND for value in values]
    fig.add_bar(
        x=[float(value) for value in values], orientation="h", marker_color=colours, hoverinfo="skip",
        y=[f"{safe(name)}  {value:+.1f}".replace("-", "−") for name, value in zip(names, values, strict=True)],
    )  # fmt: skip
    most = max(1.0, float(np.abs(values).max())) * 1.1
    fig.update_xaxes(range=[-most, most], zeroline=True, zerolinecolor=GREY)
    fig.update_yaxes(autorange="reversed")
    return fig
