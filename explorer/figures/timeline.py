"""Models by size on a logarithmic axis, one row a model in the order of publication; marker and hue tell the build."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from explorer.figures.theme import SERIES, figure, safe


@dataclass(frozen=True)
class Milestone:
    """A published model: `date` as YYYY-MM, `size` in weights, `build` one of the names in the legend."""

    name: str
    date: str
    size: float
    build: str


def sizes(items: Sequence[Milestone], builds: Sequence[tuple[str, str]], x_title: str) -> go.Figure:
    """`builds` are (build, its name in the legend), in the order of the legend; builds without a model are left out."""
    fig = figure(110 + 36 * len(items), showlegend=True)
    rows = [f"{safe(item.name)}  {item.date}" for item in items]
    for (build, name), (colour, _, symbol) in zip(builds, SERIES, strict=False):
        chosen = [(row, item) for row, item in zip(rows, items, strict=True) if item.build == build]
        if chosen:
            fig.add_scatter(
                x=[item.size for _, item in chosen], y=[row for row, _ in chosen], mode="markers", name=safe(name),
                marker={"color": colour, "symbol": symbol, "size": 14, "line": {"width": 1, "color": "#1B1D22"}},
                hovertemplate="%{y}: %{x:.3s}<extra></extra>",
            )  # fmt: skip
    ticks = [1e8, 1e9, 1e10, 1e11, 1e12]
    fig.update_xaxes(
        title=x_title, type="log", range=[7.8, 12.4], tickvals=ticks, ticktext=["100 M", "1 B", "10 B", "100 B", "1 T"],
        showgrid=True, gridcolor="rgba(128,128,128,0.22)",
    )  # fmt: skip
    fig.update_yaxes(categoryorder="array", categoryarray=rows, autorange="reversed")
    return fig
