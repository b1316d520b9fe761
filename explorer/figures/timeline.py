"""Models by date and size on a logarithmic axis; the shape of the marker tells their build."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from explorer.figures.theme import SERIES, figure


@dataclass(frozen=True)
class Milestone:
    """A published model: `date` as YYYY-MM, `size` in weights, `build` one of the names in the legend.

    `label` is where the name stands, in Plotly's words.
    """

    name: str
    date: str
    size: float
    build: str
    label: str = "top center"


def sizes(items: Sequence[Milestone], builds: Sequence[tuple[str, str]], x_title: str, y_title: str) -> go.Figure:
    """`builds` are (build, its name in the legend), in the order of the legend."""
    fig = figure(430, showlegend=True)
    for (build, name), (colour, _, symbol) in zip(builds, SERIES, strict=False):
        chosen = [item for item in items if item.build == build]
        fig.add_scatter(
            x=[f"{item.date}-15" for item in chosen], y=[item.size for item in chosen], mode="markers+text", name=name,
            text=[item.name for item in chosen], textposition=[item.label for item in chosen], cliponaxis=False,
            marker={"color": colour, "symbol": symbol, "size": 13, "line": {"width": 1, "color": "#1B1D22"}},
            hovertemplate="%{text} · %{y:.3s} · %{x|%Y-%m}<extra></extra>",
        )  # fmt: skip
    fig.update_xaxes(title=x_title, range=["2017-11-01", "2021-06-01"], dtick="M6", tickformat="%Y-%m")
    ticks = [1e8, 1e9, 1e10, 1e11, 1e12]
    fig.update_yaxes(
        title=y_title, type="log", range=[7.7, 12.7], tickvals=ticks, ticktext=["100 M", "1 B", "10 B", "100 B", "1 T"]
    )
    return fig
