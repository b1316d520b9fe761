"""A training as it grows: losses of every start on one chart, and the held-out sentences as dots, epoch by epoch.

It knows numbers and their names; no model, no text key.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.theme import REMOVED, SERIES, TRUTH, WHOLE, figure, safe

WIDEST = 0.36  # of the space between two epochs, to either side


def growing(
    losses: Sequence[Sequence[float]],
    held_out: Sequence[Sequence[float]],
    steps: int,
    epochs: int,
    names: Sequence[str],
    training_name: str,
    held_out_name: str,
    x_title: str,
    y_title: str,
) -> go.Figure:
    """Training loss of every start over its steps, thin, and held-out loss after each epoch, as marks on a thick line.

    The axis has room for all `steps` from the beginning, so that nothing jumps while the curves grow.
    """
    fig = figure(205, showlegend=True)
    for one, seen, name, (colour, dash, symbol) in zip(losses, held_out, names, SERIES, strict=False):
        fig.add_scatter(
            x=list(range(1, len(one) + 1)), y=list(one), mode="lines",
            name=safe(f"{name} · {training_name}"),
            line={"color": colour, "dash": dash, "width": 2}, hovertemplate="%{x}: %{y:.2f}<extra></extra>",
        )  # fmt: skip
        fig.add_scatter(
            x=[steps * epoch / epochs for epoch in range(len(seen))], y=list(seen), mode="markers+lines",
            name=safe(f"{name} · {held_out_name}"), line={"color": colour, "width": 4, "dash": dash},
            marker={"symbol": symbol, "size": 11}, hovertemplate="%{x}: %{y:.2f}<extra></extra>",
        )  # fmt: skip
    fig.update_xaxes(title=x_title, range=[-0.02 * steps, 1.02 * steps])
    fig.update_yaxes(title=y_title, rangemode="tozero")
    return fig


def dots(
    p_true: NDArray[Any],
    right: NDArray[np.bool_],
    texts: Sequence[str],
    names: tuple[str, str],
    x_title: str,
    y_title: str,
) -> go.Figure:
    """A column of dots an epoch, a dot a held-out sentence: p_true[epochs + 1, N] of its own label.

    right[epochs + 1, N]: no other label is thought likelier; `names` are those of right and of wrong. Sentences lie
    beside one another in the same order at every epoch, so that each is found again.
    """
    fig = figure(360, showlegend=True)
    epochs, count = p_true.shape
    across = np.linspace(-WIDEST, WIDEST, count) if count > 1 else np.zeros(1)
    x = (np.arange(epochs)[:, None] + across).ravel()
    written = np.tile(np.array([safe(text) for text in texts], dtype=object), epochs)
    p, hit = p_true.ravel(), right.ravel()
    for name, there, colour, symbol in ((names[0], hit, TRUTH, "circle"), (names[1], ~hit, REMOVED, "x")):
        fig.add_scatter(
            x=x[there].tolist(), y=p[there].tolist(), mode="markers", name=safe(name), text=written[there].tolist(),
            marker={"color": colour, "symbol": symbol, "size": 6, "opacity": 0.7},
            hovertemplate="%{text}: %{y:.0%}<extra></extra>",
        )  # fmt: skip
    fig.update_xaxes(title=x_title, tickvals=list(range(epochs)), range=[-0.6, epochs - 0.4])
    fig.update_yaxes(title=y_title, range=[0, 1], tickformat=".0%")
    return fig


def moved(values: NDArray[Any], names: Sequence[str], x_title: str, y_title: str) -> go.Figure:
    """How far each layer has gone: values[S, layers + 1] (0: the embeddings); a group of bars a layer, one a start."""
    fig = figure(260, showlegend=True, bargap=0.25)
    for one, name, (colour, _, _) in zip(values, names, SERIES, strict=False):
        fig.add_bar(
            x=list(range(len(one))), y=one.tolist(), name=safe(name), marker_color=colour,
            hovertemplate="%{x}: %{y:.3f}<extra></extra>",
        )  # fmt: skip
    fig.update_xaxes(title=x_title, tickvals=list(range(values.shape[1])))
    fig.update_yaxes(title=y_title, rangemode="tozero")
    return fig


def data_map(
    confidence: NDArray[Any],
    variability: NDArray[Any],
    correctness: NDArray[Any],
    texts: Sequence[str],
    planted: NDArray[np.bool_] | None,
    names: tuple[str, str],
    x_title: str,
    y_title: str,
) -> go.Figure:
    """Swayamdipta et al. 2020: a dot a training sentence, variability across, confidence upwards, coloured by the share
    of epochs in which its label was given more than half. `planted` marks some of them, `names` are those of the others
    and of these."""
    fig = figure(420, showlegend=planted is not None)
    marked = np.zeros(len(texts), bool) if planted is None else planted
    written = np.array([safe(text) for text in texts], dtype=object)
    for there, name, symbol, size in ((~marked, names[0], "circle", 9), (marked, names[1], "star", 16)):
        if there.any():
            fig.add_scatter(
                x=variability[there].tolist(), y=confidence[there].tolist(), mode="markers", name=safe(name),
                text=written[there].tolist(), hovertemplate="%{text}: %{y:.0%} ± %{x:.2f}<extra></extra>",
                marker={
                    "symbol": symbol, "size": size, "opacity": 0.8, "color": correctness[there].tolist(),
                    "colorscale": [[0, REMOVED], [1, TRUTH]], "cmin": 0, "cmax": 1,
                    "line": {"width": 2 if symbol == "star" else 0},
                },
            )  # fmt: skip
    fig.update_xaxes(title=x_title, rangemode="tozero")
    fig.update_yaxes(title=y_title, range=[0, 1.02], tickformat=".0%")
    return fig


def line(values: NDArray[Any], at: Sequence[float], names: Sequence[str], x_title: str, y_title: str) -> go.Figure:
    """Loss on the way from θ₀ (0) to θ₁ (1) and beyond: values[S, len(at)], a line a start, on one axis."""
    fig = figure(320, showlegend=True)
    for one, name, (colour, dash, symbol) in zip(values, names, SERIES, strict=False):
        fig.add_scatter(
            x=list(at), y=one.tolist(), mode="lines+markers", name=safe(name),
            line={"color": colour, "dash": dash, "width": 3}, marker={"symbol": symbol, "size": 8},
            hovertemplate="α = %{x:.2f}: %{y:.2f}<extra></extra>",
        )  # fmt: skip
    for place, word in ((0, "θ₀"), (1, "θ₁")):
        fig.add_vline(place, line={"width": 1, "dash": "dot"}, annotation_text=word)
    fig.update_xaxes(title=x_title)
    fig.update_yaxes(title=y_title, rangemode="tozero")
    return fig


def rates(
    rates: NDArray[Any],
    losses: NDArray[Any],
    smooth: NDArray[Any],
    steepest: int,
    chosen: float,
    names: tuple[str, str, str, str],
    x_title: str,
    y_title: str,
) -> go.Figure:
    """Loss over a rate that grows with every step: of each batch, and smoothed; its steepest fall; the page's rate."""
    fig = figure(320, showlegend=True)
    fig.add_scatter(
        x=rates.tolist(), y=losses.tolist(), mode="markers", name=safe(names[0]),
        marker={"color": SERIES[0][0], "size": 6, "opacity": 0.5}, hovertemplate="%{x:.1e}: %{y:.2f}<extra></extra>",
    )  # fmt: skip
    fig.add_scatter(
        x=rates.tolist(), y=smooth.tolist(), mode="lines", name=safe(names[1]),
        line={"color": SERIES[0][0], "width": 3}, hovertemplate="%{x:.1e}: %{y:.2f}<extra></extra>",
    )  # fmt: skip
    fig.add_scatter(
        x=[float(rates[steepest])], y=[float(smooth[steepest])], mode="markers", name=safe(names[2]),
        marker={"color": TRUTH, "symbol": "star", "size": 16}, hovertemplate="%{x:.1e}<extra></extra>",
    )  # fmt: skip
    fig.add_vline(chosen, line={"width": 2, "dash": "dash", "color": REMOVED})
    fig.add_scatter(
        x=[None], y=[None], mode="lines", name=safe(names[3]), line={"width": 2, "dash": "dash", "color": REMOVED}
    )  # fmt: skip
    fig.update_xaxes(title=x_title, type="log", tickformat=WHOLE)
    fig.update_yaxes(title=y_title, rangemode="tozero")
    return fig


def published(
    curves: Sequence[tuple[str, Sequence[float], bool]], x: Sequence[int], x_title: str, y_title: str
) -> go.Figure:
    """Curves read off a published figure: (name, values over `x`, whether it is the pre-trained one)."""
    fig = figure(320, showlegend=True)
    for name, values, pre_trained in curves:
        colour, dash, symbol = SERIES[0 if pre_trained else 1]
        fig.add_scatter(
            x=list(x), y=list(values), mode="lines+markers", name=safe(name),
            line={"color": colour, "dash": dash, "width": 3}, marker={"symbol": symbol, "size": 8},
            hovertemplate="%{x}: %{y:.3f}<extra></extra>",
        )  # fmt: skip
    fig.update_xaxes(title=x_title)
    fig.update_yaxes(title=y_title, rangemode="tozero")
    return fig
