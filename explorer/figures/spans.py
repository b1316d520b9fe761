"""Where an answer starts and ends: scores along the tokens of a passage, all spans as a triangle, marks by language.

It knows numbers and names; no model.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.theme import FAINT, GREY, MASK, MODEL, MODEL_PALE, NOTHING, SECOND, SERIES, TRUTH, figure, safe

FEW = 60  # tokens that can be written below their bars
ROOM = 0.08  # of the axis, above the highest bar


def ends(
    pieces: Sequence[str], starts: NDArray[np.float32], stops: NDArray[np.float32], names: tuple[str, str],
    chosen: tuple[int, int], first: int,
) -> go.Figure:  # fmt: skip
    """Two probabilities a token, of start and of end, as bars; the chosen span is underlaid."""
    fig = figure(300, showlegend=True, barmode="group", bargap=0.25, bargroupgap=0)
    places = list(range(len(pieces)))
    shown = [f"{first + n + 1} · {safe(piece)}" for n, piece in zip(places, pieces, strict=True)]
    for name, values, colour, pattern in zip(names, (starts, stops), (MODEL, SECOND), ("", "/"), strict=True):
        fig.add_bar(
            x=places, y=values.tolist(), name=safe(name), marker={"color": colour, "pattern": {"shape": pattern}},
            customdata=shown, hovertemplate="%{customdata}: %{y:.1%}",
        )  # fmt: skip
    low, high = (n - first for n in chosen)
    if low >= 0 and high < len(pieces):
        fig.add_vrect(low - 0.5, high + 0.5, fillcolor=TRUTH, opacity=0.14, line_width=0, layer="below")
    if len(pieces) <= FEW:
        upright = 0 if len(pieces) < FEW // 2 else 90
        fig.update_xaxes(tickvals=places, ticktext=[safe(piece) for piece in pieces], tickangle=upright)
    else:
        every = places[:: len(places) // 12]
        fig.update_xaxes(tickvals=every, ticktext=[str(first + n + 1) for n in every])
    fig.update_yaxes(range=[0, max(float(starts.max()), float(stops.max())) * (1 + ROOM)], tickformat=".0%")
    return fig


def triangle(
    sums: NDArray[np.float32], pieces: Sequence[str], best: tuple[int, int], first: int, names: tuple[str, str]
) -> go.Figure:
    """Every span of a window: rows are starts, columns ends, the darker the higher start + end; what is not allowed
    (the end before the start, too long) is grey; a cross on the best."""
    count = len(pieces)
    fig = figure(460)
    known = np.isfinite(sums)
    floor, top = float(sums[known].min()), float(sums[known].max())
    fig.add_heatmap(
        z=np.where(known, np.nan, 0.0), colorscale=[[0, FAINT], [1, FAINT]], showscale=False, hoverinfo="skip",
    )  # fmt: skip
    words = [f"{first + n + 1} · {safe(piece)}" for n, piece in enumerate(pieces)]
    fig.add_heatmap(
        z=np.where(known, np.round(sums, 2), np.nan), zmin=floor, zmax=top, showscale=True,
        colorscale=[[0, NOTHING], [0.5, MODEL_PALE], [1, MODEL]], colorbar={"thickness": 12, "tickfont": {"size": 13}},
        customdata=np.array([[f"{row} → {column}" for column in words] for row in words]),
        hovertemplate="%{customdata}: %{z:.2f}<extra></extra>",
    )  # fmt: skip
    start, end = best[0] - first, best[1] - first
    if start >= 0 and end < count:
        fig.add_scatter(
            x=[end], y=[start], mode="markers", hoverinfo="skip",
            marker={"symbol": "x-thin", "size": 14, "line": {"width": 3, "color": TRUTH}},
        )  # fmt: skip
    every = list(range(0, count, max(1, count // 8)))
    labels = [str(first + n + 1) for n in every]
    fig.update_xaxes(
        title=safe(names[1]), range=[-0.5, count - 0.5], constrain="domain", tickvals=every, ticktext=labels
    )
    fig.update_yaxes(title=safe(names[0]), range=[count - 0.5, -0.5], scaleanchor="x", tickvals=every, ticktext=labels)
    return fig


def marks(
    languages: Sequence[str], rows: Sequence[tuple[str, Sequence[float], Sequence[float]]],
    chance: Sequence[float], chance_name: str, taught: str,
) -> go.Figure:  # fmt: skip
    """A group of bars a language: `rows` are (name, values, half intervals); a short line is what chance would say. The
    language that was taught is written bold."""
    fig = figure(340, showlegend=True, barmode="group", bargap=0.3)
    names = [f"<b>{safe(name)}</b>" if name == taught else safe(name) for name in languages]
    for (name, values, halves), (colour, _, _), pattern in zip(rows, SERIES, ("", "/", "."), strict=False):
        fig.add_bar(
            x=names, y=list(values), name=safe(name), marker={"color": colour, "pattern": {"shape": pattern}},
            error_y={"type": "data", "array": list(halves), "color": GREY, "thickness": 1.5, "width": 4},
            hovertemplate="%{x}: %{y:.3f}",
        )  # fmt: skip
    fig.add_scatter(
        x=names, y=list(chance), name=safe(chance_name), mode="markers", hovertemplate="%{x}: %{y:.3f}",
        marker={"symbol": "line-ew-open", "size": 30, "color": MASK, "line": {"width": 3}},
    )  # fmt: skip
    top = max(value + half for _, values, halves in rows for value, half in zip(values, halves, strict=True))
    fig.update_yaxes(range=[0, min(1.05, top * (1 + ROOM))])
    return fig
