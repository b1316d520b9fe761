"""Which stretch of a long text each window reads: a bar a window, along the tokens."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from explorer.figures.theme import GREY, MODEL, NOTHING, SECOND, TRUTH, figure, safe

COLOURS = {"cut": TRUTH, "head_tail": SECOND, "slide": MODEL, "text": GREY}


def cover(rows: Sequence[tuple[str, str, Sequence[tuple[int, int]]]], total: int, x_title: str) -> go.Figure:
    """`rows` are (name, way, [(first, last) …]); ways are the keys of COLOURS."""
    fig = figure(80 + 26 * len(rows), barmode="overlay", bargap=0.35)
    for name, way, spans in rows:
        for first, last in spans:
            fig.add_bar(
                x=[last - first], base=[first], y=[safe(name)], orientation="h", marker_color=COLOURS[way],
                hovertemplate=f"{first:,}–{last:,}<extra></extra>",
            )  # fmt: skip
    fig.update_xaxes(title=x_title, range=[0, total])
    fig.update_yaxes(autorange="reversed", gridcolor=NOTHING)
    return fig
