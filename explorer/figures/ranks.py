"""Rank of chosen words at every layer, on a logarithmic axis that has the first rank on top."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from explorer.figures.theme import SERIES, TRUTH, figure, safe


def by_layer(
    ranks: Mapping[str, Sequence[int]], vocab_size: int, x_title: str, y_title: str, truth: str | None = None
) -> go.Figure:
    """One line a word; `ranks[word][layer]` with 1 for the first. `truth` gets the colour of the original."""
    fig = figure(380, showlegend=True)
    layers = max((len(row) for row in ranks.values()), default=1)
    others = iter([style for style in SERIES if style[0] != TRUTH] * 2)
    for word, row in ranks.items():
        colour, dash, symbol = (TRUTH, "solid", "diamond") if word == truth else next(others)
        fig.add_scatter(
            x=list(range(len(row))), y=list(row), mode="lines+markers", name=safe(word),
            line={"color": colour, "dash": dash, "width": 3}, marker={"symbol": symbol, "size": 9},
            hovertemplate=f"{safe(word)} · %{{y:,}}<extra>%{{x}}</extra>",
        )  # fmt: skip
    ticks = [10**n for n in range(math.ceil(math.log10(vocab_size)))]
    fig.update_xaxes(title=x_title, tickvals=list(range(layers)), range=[-0.3, layers - 0.7])
    fig.update_yaxes(
        title=y_title,
        type="log",
        range=[math.log10(vocab_size), -0.15],
        tickvals=ticks,
        ticktext=[f"{n:,}" for n in ticks],
    )
    return fig
