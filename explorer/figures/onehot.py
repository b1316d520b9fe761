"""The right answer as a one-hot row over the model's probabilities: what the cross-entropy compares."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from explorer.figures.theme import MODEL, TRUTH, figure, safe


def against(
    words: Sequence[str], p: Sequence[float], written: Sequence[str], truth: int, truth_name: str, model_name: str
) -> go.Figure:
    """`p[i]` in 0…1 for each word, and as it is `written`; `truth` is the place of the right answer."""
    fig = figure(320, showlegend=True, barmode="group", bargap=0.3, bargroupgap=0.08)
    labels = [f"{safe(word)}\u200b" * 1 + "\u200c" * n for n, word in enumerate(words)]  # the same word twice stays two
    fig.add_bar(
        x=labels,
        y=[float(n == truth) for n in range(len(words))],
        name=truth_name,
        marker_color=TRUTH,
        hoverinfo="skip",
    )
    fig.add_bar(
        x=labels, y=list(p), name=model_name, marker={"color": MODEL, "pattern": {"shape": "/", "fgopacity": 0.35}},
        text=list(written), textposition="outside", textangle=-90, constraintext="none",
        hoverinfo="skip", cliponaxis=False,
    )  # fmt: skip
    fig.update_yaxes(range=[0, 1.3], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    return fig
