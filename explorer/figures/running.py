"""Numbers that add up or run along a text: one line a series, a tick a token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from explorer.figures.theme import SERIES, WHOLE, figure, safe

MOST_TICKS = 24  # more names than that lie on each other; the others are said at their points


def along(series: Mapping[str, Sequence[float]], ticks: Sequence[str], y_title: str, height: int = 320) -> go.Figure:
    """One line a series over the tokens in `ticks` (several tokens may read alike; places keep them apart)."""
    fig = figure(height, showlegend=len(series) > 1)
    for (name, values), (colour, dash, symbol) in zip(series.items(), SERIES, strict=False):
        fig.add_scatter(
            x=list(range(len(values))), y=list(values), mode="lines+markers", name=safe(name),
            line={"color": colour, "dash": dash, "width": 3}, marker={"symbol": symbol, "size": 8},
            text=[safe(tick) for tick in ticks[: len(values)]], hovertemplate="%{text} · %{y:.2f}<extra></extra>",
        )  # fmt: skip
    if len(ticks) <= 60:
        every = -(-len(ticks) // MOST_TICKS)
        fig.update_xaxes(
            tickvals=list(range(0, len(ticks), every)), ticktext=[safe(tick) for tick in ticks[::every]]
        )  # fmt: skip
    fig.update_yaxes(title=y_title)
    return fig


def windows(
    series: Mapping[str, tuple[Sequence[str], Sequence[float]]], order: Sequence[str], x_title: str, y_title: str
) -> go.Figure:
    """One line a series over named steps; `order` is that of the axis, of which a series may lack some steps."""
    fig = figure(360, showlegend=True)
    for (name, (steps, values)), (colour, dash, symbol) in zip(series.items(), SERIES, strict=False):
        fig.add_scatter(
            x=list(steps), y=list(values), mode="lines+markers", name=safe(name),
            line={"color": colour, "dash": dash, "width": 3}, marker={"symbol": symbol, "size": 9},
            hovertemplate="%{x} · %{y:.2f}<extra></extra>",
        )  # fmt: skip
    fig.update_xaxes(title=x_title, type="category", categoryorder="array", categoryarray=list(order))
    fig.update_yaxes(title=y_title, rangemode="tozero")
    return fig


def powers(
    series: Mapping[str, tuple[Sequence[float], Sequence[float]]], x_title: str, y_title: str, height: int = 320
) -> go.Figure:
    """One line a series, both axes logarithmic: what goes as a power is straight."""
    fig = figure(height, showlegend=len(series) > 1)
    for (name, (x, y)), (colour, dash, symbol) in zip(series.items(), SERIES, strict=False):
        fig.add_scatter(
            x=list(x), y=list(y), mode="lines+markers", name=safe(name),
            line={"color": colour, "dash": dash, "width": 3}, marker={"symbol": symbol, "size": 9},
            hovertemplate="%{x:,} · %{y:.3f}<extra></extra>",
        )  # fmt: skip
    fig.update_xaxes(title=x_title, type="log", tickformat=WHOLE, dtick=1)
    fig.update_yaxes(title=y_title, type="log", tickformat=WHOLE)
    return fig
