"""One service for many tasks, drawn to scale: an area is a number of bytes. It knows no model."""

from __future__ import annotations

import math

import plotly.graph_objects as go

from explorer.figures.theme import MASK, MODEL, figure

GAP = 0.12  # between two squares, of a whole model's side


def squares(wholes: int, parts: int, part: float, most: int) -> go.Figure:
    """`wholes` squares of side 1 and `parts` of side `part`; the frame is as wide as `most` whole ones need it.

    part  √(bytes of one part / bytes of a whole); too small to be seen, it is drawn as a dot
    """
    columns = math.ceil(math.sqrt(most))
    reach = columns * (1 + GAP)
    fig = figure(240)
    for n in range(wholes):
        _square(fig, n % columns * (1 + GAP), n // columns * (1 + GAP), 1.0, MODEL)
    if parts:
        left, step = 1 + 2 * GAP, max(part * (1 + GAP), reach / 40)
        across = max(1, int((reach - left) / step)) if reach - left >= step else 1
        places = [(left + n % across * step, n // across * step) for n in range(parts)]
        for x, y in places:
            _square(fig, x, y, part, MASK)
        fig.add_scatter(
            x=[x + part / 2 for x, _ in places], y=[y + part / 2 for _, y in places], mode="markers",
            marker={"size": 3, "color": MASK}, hoverinfo="skip",
        )  # fmt: skip
        reach = max(reach, max(x for x, _ in places) + part)
    hidden = {"visible": False, "fixedrange": True, "constrain": "domain"}
    fig.update_xaxes(range=[-0.05, reach], **hidden)
    fig.update_yaxes(range=[reach, -0.05], scaleanchor="x", **hidden)
    return fig


def _square(fig: go.Figure, x: float, y: float, side: float, colour: str) -> None:
    fig.add_shape(type="rect", x0=x, x1=x + side, y0=y, y1=y + side, fillcolor=colour, line={"width": 0})
