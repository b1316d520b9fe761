"""A text that is broken: how much each way makes the decoder say, where every token came from, and who may see whom.

It knows positions and words; no model, no text key.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer import palette
from explorer.figures.theme import FAINT, GREY, MASK, MODEL, NOTHING, REMOVED, SECOND, TRUTH, figure, safe

NOTHING_HERE, KEPT, MOVED, COVERED = 0, 1, 2, 3  # what a cell of the matrix says of a shown and a written place
UNSEEN, ENCODER, CROSS, DECODER = 0, 1, 2, 3  # by which attention a place sees another
MOST_NAMED = 36  # words on an axis that can still be read
MOST_UPRIGHT = 20  # side by side without being turned, if they are short


def lengths(
    names: Sequence[str], read: Sequence[int], said: Sequence[int], chosen: int, words: tuple[str, str]
) -> go.Figure:
    """Tokens that the encoder reads and the decoder says, a pair of bars a way to break; `words` name the two."""
    fig = figure(80 + 46 * len(names), showlegend=True, bargap=0.3, barmode="group")
    labels = [safe(("▸ " if n == chosen else "") + name) for n, name in enumerate(names)]
    for name, values, colour in ((words[0], read, GREY), (words[1], said, MODEL)):
        fig.add_bar(
            x=list(values), y=labels, orientation="h", name=safe(name), cliponaxis=False, hoverinfo="skip",
            marker={"color": colour, "opacity": 1 if colour == MODEL else 0.6},
            text=[str(value) for value in values], textposition="outside", textfont_size=13, constraintext="none",
        )  # fmt: skip
    fig.update_xaxes(range=[0, max([1, *read, *said]) * 1.12], visible=False)
    fig.update_yaxes(autorange="reversed", gridcolor=NOTHING)
    return fig


def cells(origins: Sequence[int], hidden: Sequence[int], moved: Sequence[int], count: int) -> NDArray[np.int8]:
    """[shown, written]: which of the `count` written places each shown one holds, or stands for where it is a hole.

    origins  where each shown token stood in the text, −1 for a hole; `hidden`: places that are not shown, ascending
    """
    found = np.zeros((len(origins), count), dtype=np.int8)
    row = 0
    for hole, run in groupby(origins, lambda at: at < 0):
        places = list(run)
        if hole:
            before = origins[row - 1] if row else -1
            after = origins[row + len(places)] if row + len(places) < len(origins) else count
            under = [at for at in hidden if before < at < after]
            one_each = len(under) == len(places)
            for n in range(len(places)):
                found[row + n, [under[n]] if one_each else under] = COVERED
        else:
            for n, at in enumerate(places):
                found[row + n, at] = MOVED if at in moved else KEPT
        row += len(places)
    return found


def matrix(found: NDArray[np.int8], shown: Sequence[str], written: Sequence[str], names: tuple[str, str]) -> go.Figure:
    """`cells` drawn: rows from the top are what is shown, columns what was written; a column that no row holds is
    shaded. The dotted line is where nothing has moved."""
    rows, columns = found.shape
    fig = figure(min(520, max(230, 90 + 22 * max(rows, columns))))
    text = [
        [f"{safe(one)} ← {safe(other)}" if found[r, c] else "" for c, other in enumerate(written)]
        for r, one in enumerate(shown)
    ]
    fig.add_heatmap(
        z=found.astype(float), text=text, zmin=-0.5, zmax=3.5, colorscale=_steps((FAINT, MODEL, SECOND, MASK)),
        showscale=False, xgap=1, ygap=1, hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    for column in np.flatnonzero(~found.any(axis=0)).tolist():
        fig.add_vrect(column - 0.5, column + 0.5, fillcolor=REMOVED, opacity=0.35, line_width=0)
    end = min(rows, columns) - 0.5
    fig.add_shape(type="line", x0=-0.5, y0=-0.5, x1=end, y1=end, line={"color": GREY, "width": 1, "dash": "dot"})
    _named(fig, shown, written, names)
    return fig


def seen(read: int, said: int, which: str) -> NDArray[np.int8]:
    """[who looks, at whom] over the `read` tokens of the broken text and then the `said` ones of the target.

    "encoder": every token of the broken text sees all of it; there is no target · "decoder": all are one text, each
    sees itself and its left · "both": the broken text sees all of itself, the target all of that, itself and its left
    """
    count = read + said
    left: NDArray[np.bool_] = np.tri(count, dtype=bool)
    broken: NDArray[np.bool_] = np.arange(count) < read
    if which == "encoder":
        return np.full((read, read), ENCODER, dtype=np.int8)
    if which == "decoder":
        return np.where(left, DECODER, UNSEEN).astype(np.int8)
    across: NDArray[np.bool_] = ~broken[:, None] & broken[None, :]
    whole: NDArray[np.bool_] = broken[:, None] & broken[None, :]
    later: NDArray[np.bool_] = ~broken[:, None] & ~broken[None, :] & left
    return np.select([whole, across, later], [ENCODER, CROSS, DECODER], UNSEEN).astype(np.int8)


def sight(
    allowed: NDArray[np.int8],
    words: Sequence[str],
    at: int,
    between: int,
    names: tuple[str, str],
    parts: tuple[str, str] | None = None,
    blocks: tuple[str, str, str] | None = None,
) -> go.Figure:
    """`seen` drawn: row `at` is framed if it is there, a line lies after `between` tokens.

    parts   what the tokens before that line are called, and those after it
    blocks  of the picture of both: what looks at what, upper left, lower left, lower right
    """
    count = len(allowed)
    fig = figure(420 if parts else 260)
    text = [
        [f"{safe(words[r])} → {safe(words[c])}" if allowed[r, c] else "" for c in range(count)] for r in range(count)
    ]
    gap = 1 if count <= MOST_NAMED else 0
    fig.add_heatmap(
        z=allowed.astype(float), text=text, zmin=-0.5, zmax=3.5, colorscale=_steps((FAINT, MODEL, TRUTH, SECOND)),
        showscale=False, xgap=gap, ygap=gap, hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    if between < count:
        across = {"x0": -0.5, "x1": count - 0.5, "y0": between - 0.5, "y1": between - 0.5}
        down = {"y0": -0.5, "y1": count - 0.5, "x0": between - 0.5, "x1": between - 0.5}
        for line in (across, down):
            fig.add_shape(type="line", line={"color": GREY, "width": 2}, **line)
    if at < count:
        fig.add_shape(type="rect", x0=-0.5, x1=count - 0.5, y0=at - 0.5, y1=at + 0.5, line={"color": MASK, "width": 3})
    _named(fig, [""] * count, [""] * count, names)
    middles = ((between - 1) / 2, (between + count - 1) / 2)
    if parts is not None:
        ticks = {"showticklabels": True, "tickvals": middles, "ticktext": [safe(part) for part in parts]}
        fig.update_xaxes(tickangle=0, **ticks)
        fig.update_yaxes(tickangle=-90, **ticks)
    for word, x, y in zip(blocks or (), (0, 0, 1), (0, 1, 1), strict=False):
        fig.add_annotation(
            x=middles[x], y=middles[y], text=safe(word), showarrow=False, borderpad=3, opacity=0.92,
            bgcolor=palette.LIGHT["card"], font={"color": palette.LIGHT["ink"], "size": 13},
        )  # fmt: skip
    fig.update_yaxes(scaleanchor="x")
    return fig


def _named(fig: go.Figure, rows: Sequence[str], columns: Sequence[str], names: tuple[str, str]) -> None:
    """Words on both axes, from the top and from the left; none where they could not be read."""

    def ticks(words: Sequence[str]) -> dict[str, object]:
        if not any(words) or len(words) > MOST_NAMED:
            return {"showticklabels": False, "ticks": ""}
        return {"tickvals": list(range(len(words))), "ticktext": [safe(word) for word in words], "tickfont_size": 13}

    upright = len(columns) <= MOST_UPRIGHT and max(map(len, columns), default=0) <= 2
    fig.update_xaxes(
        title=safe(names[1]), tickangle=0 if upright else -90, constrain="domain", range=[-0.5, len(columns) - 0.5],
        fixedrange=True,
        **ticks(columns),
    )  # fmt: skip
    fig.update_yaxes(
        title=safe(names[0]), constrain="domain", gridcolor=NOTHING, range=[len(rows) - 0.5, -0.5], fixedrange=True,
        **ticks(rows),
    )  # fmt: skip


def _steps(colours: Sequence[str]) -> list[tuple[float, str]]:
    """A colour scale of four plain steps."""
    return [stop for k, colour in enumerate(colours) for stop in ((k / 4, colour), ((k + 1) / 4, colour))]
