"""Probabilities as horizontal bars: one bar a treatment, with the single draws behind a mean as dots."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from explorer.figures.theme import GREY, MODEL, NOTHING, figure, safe


def treatments(
    names: Sequence[str], values: Sequence[float], written: Sequence[str], draws: Sequence[Sequence[float]] = ()
) -> go.Figure:
    """One bar a treatment; `values` in 0…1 and as they are `written`, `draws[i]` the single values behind bar i."""
    fig = figure(60 + 58 * len(names), bargap=0.42)
    labels = [safe(name) for name in names]
    fig.add_bar(
        x=list(values), y=labels, orientation="h", marker_color=MODEL, width=0.52, cliponaxis=False,
        hoverinfo="skip",
    )  # fmt: skip
    for label, text in zip(labels, written, strict=True):
        fig.add_annotation(
            x=1, xref="paper", xshift=6, y=label, text=safe(text), showarrow=False, xanchor="left", font={"size": 16}
        )
    for label, several in zip(labels, draws, strict=False):
        if len(several) > 1:
            fig.add_scatter(
                x=list(several), y=[label] * len(several), mode="markers", hovertemplate="%{x:.1%}<extra></extra>",
                marker={"color": GREY, "size": 8, "symbol": "line-ns-open", "line": {"width": 2}},
            )  # fmt: skip
    fig.update_layout(margin_r=72)  # the written values stand beside the plot, also on a phone
    fig.update_xaxes(range=[0, 1.03], tickformat=".0%", tickvals=[0, 0.5, 1], tickangle=0)
    fig.update_yaxes(autorange="reversed", gridcolor=NOTHING)
    return fig


def counts(names: Sequence[str], values: Sequence[float], total: int) -> go.Figure:
    """How many of `total` positions each bar stands for."""
    fig = figure(50 + 44 * len(names), bargap=0.4)
    fig.add_bar(
        x=list(values), y=[safe(name) for name in names], orientation="h", marker_color=MODEL, cliponaxis=False,
        text=[f"{value:g}" for value in values], textposition="outside", hoverinfo="skip",
    )  # fmt: skip
    fig.update_xaxes(range=[0, max(total, 1) * 1.12])
    fig.update_yaxes(autorange="reversed", gridcolor=NOTHING)
    return fig
