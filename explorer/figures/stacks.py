"""Networks drawn to scale: as wide as their vectors, as high as their layers. It knows shapes and names only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from explorer.figures.theme import FAINT, GREY, MASK, MODEL, SECOND, SERIES, TRUTH, figure, safe


def to_scale(shapes: Mapping[str, tuple[int, int]], chosen: str, titles: tuple[str, str]) -> go.Figure:
    """{name: (width, layers)}: a box each, one in the other, all to one scale; the chosen one is filled."""
    fig = figure(360)
    highest = max(layers for _, layers in shapes.values())
    for name, (width, layers) in sorted(shapes.items(), key=lambda item: -item[1][0] * item[1][1]):
        on = name == chosen
        fig.add_shape(
            type="rect", x0=-width / 2, x1=width / 2, y0=0, y1=layers, layer="below" if not on else "between",
            line={"color": MODEL if on else GREY, "width": 3 if on else 1}, fillcolor=MODEL if on else FAINT,
            opacity=0.75 if on else 1.0,
        )  # fmt: skip
        if on:
            fig.add_annotation(
                x=0, y=highest, text=f"<b>{safe(name)}</b>  {width:,} × {layers}", showarrow=False, yanchor="bottom",
                font={"size": 16},
            )  # fmt: skip
    most = max(width for width, _ in shapes.values()) / 2
    fig.update_xaxes(title=titles[0], range=[-most * 1.05, most * 1.05], showticklabels=False)  # half of it is below 0
    fig.update_yaxes(title=titles[1], range=[0, highest * 1.15])
    return fig


def parts(rows: Sequence[tuple[str, Sequence[float]]], names: Sequence[str]) -> go.Figure:
    """One bar a row, cut into shares of 1 with a colour and a name each."""
    fig = figure(110 + 50 * len(rows), showlegend=True, barmode="stack", bargap=0.35)
    fig.update_layout(legend_traceorder="normal")  # as the parts stand in the bars
    for n, name in enumerate(names):
        fig.add_bar(
            x=[shares[n] for _, shares in rows], y=[safe(row) for row, _ in rows], orientation="h", name=safe(name),
            marker_color=SERIES[n][0], hovertemplate="%{x:.1%}<extra>" + safe(name) + "</extra>",
        )  # fmt: skip
    fig.update_xaxes(range=[0, 1], tickformat=".0%")
    fig.update_yaxes(autorange="reversed")
    return fig


def block(names: Sequence[str], kinds: Sequence[str]) -> go.Figure:
    """One layer from bottom to top; the line beside it is the way past a part, which ends where it is added."""
    fig = figure(330)
    colours = {"norm": MASK, "add": TRUTH, "attention": MODEL, "forward": MODEL}
    for n, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        fig.add_shape(
            type="rect", x0=-1, x1=1, y0=n - 0.33, y1=n + 0.33, line={"color": colours.get(kind, GREY), "width": 2},
            fillcolor=FAINT,
        )  # fmt: skip
        fig.add_annotation(x=0, y=n, text=safe(name), showarrow=False, font={"size": 15})
        if n:
            fig.add_shape(type="line", x0=0, x1=0, y0=n - 0.67, y1=n - 0.33, line={"color": GREY, "width": 2})
    start = 0
    for n, kind in enumerate(kinds):
        if kind == "add":
            fig.add_shape(
                type="path", path=f"M 1 {start} L 1.5 {start} L 1.5 {n} L 1 {n}", line={"color": TRUTH, "width": 3}
            )
            start = n if kinds[1] == "norm" else n + 1  # post-LN: the way goes on behind the norm
    fig.update_xaxes(visible=False, range=[-1.6, 1.9])
    fig.update_yaxes(visible=False, range=[-0.5, len(names) - 0.5])
    return fig


def two_losses(
    first: Sequence[float], second: Sequence[float], names: tuple[str, str], titles: tuple[str, str], total: int
) -> go.Figure:
    """Two losses over the steps of a training."""
    fig = figure(300, showlegend=True)
    for values, name, colour, dash in ((first, names[0], MODEL, "solid"), (second, names[1], SECOND, "dash")):
        fig.add_scatter(
            x=list(range(1, len(values) + 1)), y=list(values), mode="lines", name=safe(name),
            line={"color": colour, "dash": dash, "width": 3}, hovertemplate="%{x}: %{y:.2f}<extra></extra>",
        )  # fmt: skip
    fig.update_xaxes(title=titles[0], range=[0, total])
    fig.update_yaxes(title=titles[1], rangemode="tozero")
    return fig
