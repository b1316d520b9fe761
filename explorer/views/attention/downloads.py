"""The weights of all heads as files, npz for programs and CSV for spreadsheets, made when the button is clicked."""

from __future__ import annotations

import csv
import io

import numpy as np

from explorer.components.attention_view import View
from explorer.lab.types.attention import LookResult
from explorer.views.attention.common import plain

CSV_UP_TO = 64  # tokens; beyond, a table of all heads has more rows than a spreadsheet opens


def npz(result: LookResult) -> bytes:
    """weights[layers, heads, L, S] in float32 (of a long text: of the layer shown) with the tokens."""
    file = io.BytesIO()
    np.savez_compressed(
        file, weights=result.weights, looking=np.array(result.looking.pieces), seen=np.array(result.seen.pieces),
        layer=np.array(result.layer),
    )  # fmt: skip
    return file.getvalue()


def table(result: LookResult, shown: View, columns: str) -> bytes:
    """One row a weight, float32 in full: all heads, or of more than CSV_UP_TO tokens the head on the stage."""
    rows, n_heads = max(len(result.looking), len(result.seen)), result.weights.shape[1]
    first = max(result.layer, 0)
    heads = [(layer, head) for layer in range(len(result.weights)) for head in range(n_heads)]
    if rows > CSV_UP_TO:
        heads = [(shown.layer - first, shown.head)]
    file = io.StringIO()
    write = csv.writer(file).writerow
    write([name.strip() for name in columns.split(",")])
    looking, seen = ([_safe(piece) for piece in tokens.pieces] for tokens in (result.looking, result.seen))
    for layer, head in heads:
        for i, row in enumerate(result.weights[layer, head]):
            for j, weight in enumerate(row):
                write([first + layer + 1, head + 1, i, looking[i], j, seen[j], f"{weight:.9g}"])
    return ("\ufeff" + file.getvalue()).encode()


def _safe(piece: str) -> str:
    """A token that no spreadsheet runs as a formula."""
    return "'" + plain(piece) if plain(piece)[:1] in ("=", "+", "-", "@", "\t", "\r") else plain(piece)
