"""Published scores: a dot a row beside its number, or a line over a setting; what differs by chance lies in a band.

It knows numbers and their names; no model, no text key.
"""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from explorer.figures.theme import GREY, GRID, MODEL, MODEL_PALE, NOTHING, TRUTH, figure, safe

Row = tuple[str, float]


def dots(rows: Sequence[Row], marked: Sequence[str], digits: int, band: tuple[float, float] | None = None) -> go.Figure:
    """A dot a row, its number beside it; the rows named in `marked` are filled, the others are rings."""
    fig = figure(60 + 30 * len(rows))
    values = [value for _, value in rows]
    low, high = min([*values, *(band or ())]), max([*values, *(band or ())])
    room = (high - low) * 0.14 or 1
    if band is not None:
        fig.add_vrect(*band, fillcolor=MODEL_PALE, opacity=0.35, line_width=0, layer="below")
    fig.add_scatter(
        x=values, y=[safe(name) for name, _ in rows], mode="markers+text", cliponaxis=False,
        text=[f"{value:.{digits}f}" for value in values], textposition="middle right", hoverinfo="skip",
        marker={
            "size": 12, "color": MODEL,
            "symbol": ["circle" if name in marked else "circle-open" for name, _ in rows], "line": {"width": 2},
        },
    )  # fmt: skip
    fig.update_xaxes(range=[low - room, high + 2.6 * room], showgrid=True, gridcolor=GRID)
    fig.update_yaxes(autorange="reversed")
    return fig


def two_lines(
    settings: tuple[Sequence[Row], Sequence[Row]], axes: tuple[str, str], band: tuple[float, float]
) -> go.Figure:
    """Two settings side by side on one scale of scores."""
    fig = figure(300)
    laid: go.Figure = make_subplots(rows=1, cols=2, shared_yaxes=True, horizontal_spacing=0.06, figure=fig)
    values = [value for rows in settings for _, value in rows]
    low, high = min([*values, band[0]]), max([*values, band[1]])
    room = (high - low) * 0.2 or 1
    for column, (rows, name) in enumerate(zip(settings, axes, strict=True), 1):
        laid.add_scatter(
            x=[safe(word) for word, _ in rows], y=[value for _, value in rows], mode="lines+markers+text",
            text=[f"{value:.2f}" for _, value in rows], textposition="top center", cliponaxis=False, hoverinfo="skip",
            line={"color": MODEL, "width": 3}, marker={"size": 9}, name=safe(name), row=1, col=column,
        )  # fmt: skip
        laid.add_hrect(*band, fillcolor=MODEL_PALE, opacity=0.35, line_width=0, layer="below", row=1, col=column)
        laid.update_xaxes(
            type="category", title=safe(name), automargin=True, showgrid=False, title_font_size=14, tickfont_size=14,
            linecolor=GREY, row=1, col=column,
        )  # fmt: skip
    laid.update_yaxes(range=[low - room, high + room], gridcolor=GRID, zeroline=False, automargin=True)
    laid.update_layout(plot_bgcolor=NOTHING)
    return laid


def against(rows: Sequence[tuple[str, float, float | None]], names: tuple[str, str]) -> go.Figure:
    """People and a machine on one line a row: (name, people, machine or None); a grey line joins the two of a row.

    People are diamonds, machines are dots: colour is never the only difference.
    """
    fig = figure(80 + 34 * len(rows), showlegend=True)
    for name, person, machine in rows:
        if machine is not None:
            fig.add_scatter(
                x=[person, machine], y=[safe(name)] * 2, mode="lines", line={"color": GREY, "width": 3},
                hoverinfo="skip", showlegend=False,
            )  # fmt: skip
    people = [(name, person) for name, person, _ in rows]
    machines = [(name, machine) for name, _, machine in rows if machine is not None]
    looks = ((people, names[0], TRUTH, "diamond"), (machines, names[1], MODEL, "circle"))
    for points, name, colour, symbol in looks:
        if points:
            fig.add_scatter(
                x=[value for _, value in points], y=[safe(row) for row, _ in points], mode="markers", name=safe(name),
                marker={"size": 13, "color": colour, "symbol": symbol}, cliponaxis=False,
                hovertemplate="%{y}: %{x:.1f}<extra></extra>",
            )  # fmt: skip
    fig.update_xaxes(range=[45, 103], showgrid=True, gridcolor=GRID)
    fig.update_yaxes(categoryorder="array", categoryarray=[safe(name) for name, _, _ in rows][::-1])
    return fig
