"""Who sees whom: a square of words, one row for every word that is to be guessed. It knows no model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures.theme import FAINT, MASK, MODEL, NOTHING, SECOND, figure, safe

HIDDEN, LEFT, RIGHT, BLANK = 0, 1, 2, 3  # what a cell can be: not seen, seen, seen by another network, the word itself
_COLOURS = (FAINT, MODEL, SECOND, MASK)
ROOMY = 13  # words whose names stand side by side


def square(cells: NDArray[np.int8], words: Sequence[str], at: int, names: tuple[str, str]) -> go.Figure:
    """cells[guessed, seen] of the kinds above; row `at`, the blank, is framed. `names`: of the axes."""
    n = len(words)
    fig = figure(300)
    steps = [(k / 4, colour) for k, colour in enumerate(_COLOURS)]
    scale = [stop for (low, colour) in steps for stop in ((low, colour), (low + 0.25, colour))]
    fig.add_heatmap(
        z=cells.astype(float), zmin=-0.5, zmax=3.5, colorscale=scale, showscale=False, xgap=1, ygap=1, hoverinfo="skip",
    )  # fmt: skip
    fig.add_shape(
        type="rect", x0=-0.5, x1=n - 0.5, y0=at - 0.5, y1=at + 0.5, line={"color": MASK, "width": 3}, fillcolor=None
    )
    every = -(-n // ROOMY)  # of a long sentence every second word is named, the blank among them
    named = range(at % every, n, every)
    ticks = {
        "tickvals": list(named),
        "ticktext": [safe(words[place]) for place in named],
        "tickfont": {"size": 13},
    }
    fig.update_xaxes(title=names[1], tickangle=-90, constrain="domain", fixedrange=True, **ticks)
    fig.update_yaxes(
        title=names[0], autorange="reversed", scaleanchor="x", constrain="domain", gridcolor=NOTHING,
        fixedrange=True, **ticks,
    )  # fmt: skip
    return fig


def seen(n: int, kind: str) -> NDArray[np.int8]:
    """[guessed, seen] of a sentence of n words for "two" (a network each way), "left", "both" (the word covered)."""
    right, left = np.triu(np.ones((n, n), dtype=np.int8), 1), np.tril(np.ones((n, n), dtype=np.int8), -1)
    cells = left * LEFT + right * {"two": RIGHT, "left": HIDDEN, "both": LEFT}[kind]
    np.fill_diagonal(cells, BLANK)
    return cells.astype(np.int8)
