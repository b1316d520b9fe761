"""Numbers of every layer as lines; points of a plane with a name each. It knows no model and no text key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.theme import GREY, MASK, MODEL, SERIES, figure, safe

MARGIN = 0.2  # of a plane's width, left and right
WIDE, LINE, NARROW, POINT = (
    620,
    20,
    7.5,
    8,
)  # pixels: a plane, a line of writing, a Latin letter, from a point to its name
WIDE_FROM = 0x2E80  # letters from here on are as wide as they are high


def curves(lines: Mapping[str, NDArray[Any]], x_title: str, y_title: str, layer: int | None = None) -> go.Figure:
    """One line a name over the layers; `layer` is marked. Layers without a number are left open."""
    fig = figure(300, showlegend=True)
    for (name, values), (colour, dash, symbol) in zip(lines.items(), SERIES, strict=False):
        fig.add_scatter(
            x=list(range(len(values))), y=[None if not np.isfinite(v) else float(v) for v in values],
            mode="lines+markers", name=safe(name), line={"color": colour, "dash": dash, "width": 3},
            marker={"symbol": symbol, "size": 8}, hovertemplate="%{x}: %{y:.3f}<extra></extra>",
        )  # fmt: skip
    count = max((len(values) for values in lines.values()), default=1)
    if layer is not None:
        fig.add_vline(x=layer, line={"color": MASK, "width": 2})
    fig.update_xaxes(title=x_title, tickvals=list(range(count)), range=[-0.3, count - 0.7])
    fig.update_yaxes(title=y_title, zeroline=True, zerolinecolor=GREY)
    return fig


def losses(values: Sequence[float], guess: float, guess_name: str, x_title: str, y_title: str) -> go.Figure:
    """A training's cross-entropy, with the guessing line."""
    fig = figure(260)
    fig.add_scatter(x=list(range(1, len(values) + 1)), y=list(values), mode="lines", line={"color": MODEL, "width": 3})
    fig.add_hline(y=guess, line={"color": GREY, "dash": "dash"}, annotation_text=guess_name)
    fig.update_xaxes(title=x_title)
    fig.update_yaxes(title=y_title, rangemode="tozero")
    return fig


def trained(x: Sequence[int], lines: Mapping[str, Sequence[float]], x_title: str, y_title: str) -> go.Figure:
    """What a training tells every so many steps, a line a name."""
    fig = figure(300, showlegend=len(lines) > 1)
    for (name, values), (colour, dash, _) in zip(lines.items(), SERIES, strict=False):
        fig.add_scatter(
            x=list(x), y=list(values), mode="lines", name=safe(name), line={"color": colour, "dash": dash, "width": 3},
            hovertemplate="%{x}: %{y:.2f}<extra></extra>",
        )  # fmt: skip
    fig.update_xaxes(title=x_title)
    fig.update_yaxes(title=y_title, rangemode="tozero")
    return fig


def plane(groups: Mapping[str, tuple[NDArray[Any], Sequence[str]]], height: int = 420) -> go.Figure:
    """Named points, one colour and one shape a group: {group: (points[n, 2], names)}."""
    fig = figure(height, showlegend=len(groups) > 1)
    places = np.concatenate([points for points, _ in groups.values()])
    chosen = _sides(places, [name for _, names in groups.values() for name in names], height)
    for (group, (points, names)), (colour, _, symbol) in zip(groups.items(), SERIES, strict=False):
        sides, chosen = chosen[: len(points)], chosen[len(points) :]
        fig.add_scatter(
            x=points[:, 0].tolist(), y=points[:, 1].tolist(), mode="markers+text", name=safe(group),
            text=[safe(name) for name in names], textposition=sides, hoverinfo="text",
            marker={"color": colour, "symbol": symbol, "size": 10},
        )  # fmt: skip
    low, high = places[:, 0].min(), places[:, 0].max()
    room = MARGIN * ((high - low) or 1.0)  # for names at the edge
    fig.update_xaxes(visible=False, range=[low - room, high + room])
    fig.update_yaxes(visible=False, scaleanchor="x")
    return fig


def _sides(places: NDArray[np.float64], names: Sequence[str], height: int) -> list[str]:
    """Where each point's name stands: away from the point next to it, or wherever it lies on fewer names before it.

    Sizes are those of a plane about `WIDE` pixels wide; a wide letter counts as two narrow ones.
    """
    span = np.maximum(np.ptp(places, axis=0), 1e-9)
    pixels = places * min(WIDE / (span[0] * (1 + 2 * MARGIN)), height / span[1]) * (1, -1)
    taken: list[tuple[float, float, float, float]] = []
    sides = []
    for n, name in enumerate(names):
        apart = np.linalg.norm(places - places[n], axis=1)
        apart[n] = np.inf
        below = places[apart.argmin(), 1] > places[n, 1]
        long = sum(NARROW * (1 + (ord(letter) > WIDE_FROM)) for letter in name)
        first, second = ("bottom center", "top center") if below else ("top center", "bottom center")
        boxes = {side: _box(pixels[n], side, long) for side in (first, second, "middle right", "middle left")}
        side = min(boxes, key=lambda side: sum(_shared(boxes[side], other) for other in taken))
        taken.append(boxes[side])
        sides.append(side)
    return sides


def _box(at: NDArray[np.float64], side: str, long: float) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) of a name in pixels, at this side of its point."""
    x, y = float(at[0]), float(at[1])
    left = {"middle right": x + POINT, "middle left": x - POINT - long}.get(side, x - long / 2)
    top = {"top center": y - POINT - LINE, "bottom center": y + POINT}.get(side, y - LINE / 2)
    return left, top, left + long, top + LINE


def _shared(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> float:
    """The area that two boxes share."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return max(wide, 0.0) * max(high, 0.0)
