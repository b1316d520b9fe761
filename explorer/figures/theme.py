"""The one look of all Plotly figures: colours that mean something, type, quiet axes. It knows no result."""

from __future__ import annotations

import html
from typing import Any

import plotly.graph_objects as go

MASK, MODEL, TRUTH, SECOND, REMOVED, GREY = "#E69F00", "#0072B2", "#009E73", "#CC79A7", "#D55E00", "#8A8F99"
# Told apart by dash and marker as well, so that colour is never the only difference.
SERIES = (
    (MODEL, "solid", "circle"),
    (SECOND, "dash", "square"),
    (TRUTH, "dot", "diamond"),
    (MASK, "dashdot", "triangle-up"),
    (REMOVED, "longdash", "cross"),
    ("#56B4E9", "longdashdot", "star"),
    (GREY, "solid", "x"),
)


def figure(height: int, **layout: Any) -> go.Figure:
    """An empty figure of `height` pixels in the house style; transparent, so that it fits light and dark."""
    base: dict[str, Any] = {
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 8, "b": 8, "autoexpand": True},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": 14},
        "hoverlabel": {"font": {"size": 14}},
        "showlegend": False,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    }
    fig = go.Figure(layout={**base, **layout})
    fig.update_xaxes(automargin=True, showgrid=False, zeroline=False)
    fig.update_yaxes(automargin=True, gridcolor="rgba(128,128,128,0.22)", zeroline=False)
    return fig


def safe(text: str) -> str:
    """A reader's word inside a label: Plotly reads <b> and <a> in labels as markup."""
    return html.escape(text, quote=False)
