"""The one look of all Plotly figures: colours that mean something, type, quiet axes. It knows no result."""

from __future__ import annotations

import html
from typing import Any

import plotly.graph_objects as go

from explorer import palette

MASK, MODEL, TRUTH, SECOND, REMOVED = (palette.LIGHT[name] for name in ("mask", "model", "truth", "second", "removed"))
GREY, MODEL_PALE, GRID, FAINT, NOTHING = (
    palette.CHARTS[name] for name in ("grey", "model-pale", "grid", "faint", "nothing")
)
_STYLES = (
    ("solid", "circle"),
    ("dash", "square"),
    ("dot", "diamond"),
    ("dashdot", "triangle-up"),
    ("longdash", "cross"),
    ("longdashdot", "star"),
    ("solid", "x"),
)
# Told apart by dash and marker as well, so that colour is never the only difference.
SERIES = tuple((colour, *style) for colour, style in zip(palette.colours("series"), _STYLES, strict=True))
WHOLE = ",~r"  # ticks of a logarithmic axis: the library writes what stands between powers of ten as a small digit


def figure(height: int, **layout: Any) -> go.Figure:
    """An empty figure of `height` pixels in the house style; transparent, so that it fits light and dark."""
    base: dict[str, Any] = {
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 8, "b": 8, "autoexpand": True},
        "paper_bgcolor": NOTHING,
        "plot_bgcolor": NOTHING,
        "font": {"size": 14},
        "hoverlabel": {"font": {"size": 14}},
        "showlegend": False,
        "legend": {"font": {"size": 14}, "orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    }
    fig = go.Figure(layout={**base, **layout})
    # Said for each axis: Streamlit's own theme sets what hangs in the air to 12 px.
    letters = {"tickfont": {"size": 14}, "title": {"font": {"size": 14}}}
    fig.update_xaxes(automargin=True, showgrid=False, zeroline=False, **letters)
    fig.update_yaxes(automargin=True, gridcolor=GRID, zeroline=False, **letters)
    return fig


def safe(text: str) -> str:
    """A reader's word inside a label: Plotly reads <b> and <a> in labels as markup."""
    return html.escape(text, quote=False)
