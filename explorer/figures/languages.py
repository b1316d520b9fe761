"""Languages of a chapter side by side: numbers by layer, a square of all pairs, a tree of neighbours. Knows no model.

Every language has one colour and one marker, in components/shared/tongues.js too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer import palette
from explorer.figures.theme import GREY, MASK, MODEL, NOTHING, SERIES, figure, safe

_SYMBOLS = {
    "zh": "circle",
    "ja": "triangle-up",
    "en": "square",
    "fr": "diamond",
    "de": "cross",
    "es": "triangle-down",
}
LOOKS = {lang: (palette.LANGUAGES[lang], symbol) for lang, symbol in _SYMBOLS.items()}


def by_layer(
    lines: Mapping[str, NDArray[Any]], x_title: str, y_title: str, *, names: Mapping[str, str],
    layer: int | None = None, share: bool = False,
) -> go.Figure:  # fmt: skip
    """One line an entry over the layers; entries that are languages look like their language. `layer` is marked."""
    fig = figure(300, showlegend=True)
    others = iter(SERIES * 2)
    for key, values in lines.items():
        if key in LOOKS:
            (colour, symbol), dash = LOOKS[key], "solid"
        else:
            colour, dash, symbol = next(others)
        fig.add_scatter(
            x=list(range(len(values))), y=[float(value) for value in values], mode="lines+markers",
            name=safe(names[key]), line={"color": colour, "dash": dash, "width": 2.5},
            marker={"symbol": symbol, "size": 8},
            hovertemplate="%{x}: %{y:.1%}<extra></extra>" if share else "%{x}: %{y:.2f}<extra></extra>",
        )  # fmt: skip
    count = max((len(values) for values in lines.values()), default=1)
    if layer is not None:
        fig.add_vline(x=layer, line={"color": MASK, "width": 2})
    fig.update_xaxes(title=x_title, tickvals=list(range(count)), range=[-0.3, count - 0.7])
    fig.update_yaxes(title=y_title, rangemode="tozero", **({"tickformat": ".0%"} if share else {}))
    return fig


def square(
    values: NDArray[Any], names: Sequence[str], *, low: float, high: float, written: Sequence[Sequence[str]],
    y_names: Sequence[str] = (), x_title: str = "", y_title: str = "",
) -> go.Figure:  # fmt: skip
    """A heat-map of values[rows, columns] with the numbers in it, on one perceptually even scale."""
    rows = list(y_names or names)
    fig = figure(90 + 44 * len(rows))
    fig.add_heatmap(
        z=values.tolist(), x=[safe(name) for name in names], y=[safe(name) for name in rows], zmin=low, zmax=high,
        colorscale="Cividis", showscale=False, text=[list(row) for row in written], texttemplate="%{text}",
        textfont={"size": 14}, hoverinfo="skip", xgap=2, ygap=2,
    )  # fmt: skip
    fig.update_xaxes(side="top", title=x_title)
    fig.update_yaxes(autorange="reversed", title=y_title)
    return fig


def tree(cos: NDArray[Any], names: Sequence[str]) -> go.Figure:
    """Who is joined to whom, and at which cosine: average linkage of cos[n, n], drawn from left to right."""
    joins, order = linkage(cos)
    place: dict[tuple[int, ...], float] = {(n,): float(at) for at, n in enumerate(order)}
    reach: dict[tuple[int, ...], float] = {(n,): 1.0 for n in range(len(cos))}
    fig = figure(70 + 34 * len(cos))
    for a, b, level in joins:
        xs, ys = [reach[a], level, level, reach[b]], [place[a], place[a], place[b], place[b]]
        fig.add_scatter(x=xs, y=ys, mode="lines", line={"color": GREY, "width": 2}, hoverinfo="skip")
        both = tuple(sorted(a + b))
        place[both], reach[both] = (place[a] + place[b]) / 2, level
    fig.update_yaxes(tickvals=list(range(len(order))), ticktext=[safe(names[n]) for n in order], gridcolor=NOTHING)
    lowest = min((level for *_, level in joins), default=0.0)
    fig.update_xaxes(range=[1.02, lowest - 0.05], tickformat=".2f")
    return fig


def linkage(cos: NDArray[Any]) -> tuple[list[tuple[tuple[int, ...], tuple[int, ...], float]], list[int]]:
    """Joins (group, group, mean cosine between them) from the closest on, and the leaves so that no branches cross."""
    groups: list[tuple[int, ...]] = [(n,) for n in range(len(cos))]
    leaves: dict[tuple[int, ...], list[int]] = {group: [*group] for group in groups}
    joins = []
    while len(groups) > 1:
        pairs = [(a, b) for i, a in enumerate(groups) for b in groups[i + 1 :]]
        a, b = max(pairs, key=lambda pair: float(cos[np.ix_(*pair)].mean()))
        joins.append((a, b, float(cos[np.ix_(a, b)].mean())))
        both = tuple(sorted(a + b))
        leaves[both] = leaves[a] + leaves[b]
        groups = [group for group in groups if group not in (a, b)] + [both]
    return joins, leaves[groups[0]]


def falling(values: NDArray[Any], guess: float, guess_name: str, x_title: str, y_title: str) -> go.Figure:
    """A training's losses step by step, with the line of pure guessing."""
    fig = figure(240)
    fig.add_scatter(
        x=list(range(1, len(values) + 1)), y=values.tolist(), mode="lines", line={"color": MODEL, "width": 3}
    )
    fig.add_hline(y=guess, line={"color": GREY, "dash": "dash"}, annotation_text=guess_name)
    fig.update_xaxes(title=x_title)
    fig.update_yaxes(title=y_title, rangemode="tozero")
    return fig
