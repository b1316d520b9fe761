"""What several starts reach as more examples teach them: their means as lines, from the least to the most as bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.theme import GREY, SERIES, figure, safe


def bands(
    values: Mapping[int, NDArray[Any]], names: Sequence[str], x_title: str, y_title: str, line: tuple[str, float]
) -> go.Figure:
    """values[runs, names] in 0 … 1 for each number of examples; a grey line with its name across all."""
    fig = figure(360, showlegend=True)
    amounts = [str(amount) for amount in values]
    for n, (name, (colour, dash, symbol)) in enumerate(zip(names, SERIES, strict=False)):
        columns = [one[:, n].astype(float) for one in values.values()]
        low, high = ([float(edge(one)) for one in columns] for edge in (min, max))
        fig.add_scatter(
            x=[*amounts, *amounts[::-1]], y=[*high, *low[::-1]], fill="toself", fillcolor=colour, opacity=0.14,
            mode="none", hoverinfo="skip", showlegend=False,
        )  # fmt: skip
        fig.add_scatter(
            x=amounts, y=[float(one.mean()) for one in columns], mode="lines+markers", name=safe(name),
            line={"color": colour, "dash": dash, "width": 3}, marker={"symbol": symbol, "size": 10},
            hovertemplate="%{x}: %{y:.1%}<extra></extra>",
        )  # fmt: skip
    fig.add_hline(y=line[1], line={"color": GREY, "dash": "dash"}, annotation_text=safe(line[0]))
    fig.update_xaxes(title=x_title, type="category")
    fig.update_yaxes(title=y_title, tickformat=".0%")
    return fig
