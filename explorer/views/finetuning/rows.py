"""Rows of tokens under one another, made equally long by padding: what a batch looks like.

It knows tokens and names; no model.
"""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from explorer.lab.types.core import Tokens
from explorer.ui.i18n import t
from explorer.ui.markup import inline, verbatim

PAD = "[PAD]"
_CELL = "padding:.1rem .3rem;border:1px solid var(--line);border-radius:5px;white-space:nowrap;"
_LOOKS = {  # told apart by more than colour: brackets, an underline, a dashed edge
    "special": "color:var(--soft);",
    "first": "background:var(--model-soft);",
    "second": "background:var(--mask-soft);text-decoration:underline;text-underline-offset:.2em;",
    "padding": "color:var(--soft);border-style:dashed;",
}


def draw(rows: Sequence[Tokens], names: Sequence[str], length: int) -> None:
    """One line a row, `length` cells each; the second text of a row is underlined, cells without a token are [PAD]."""
    lines = "".join(
        f'<tr><th style="text-align:left;padding-right:.6rem;white-space:nowrap">{inline(name)}</th>'
        + "".join(_cell(*one) for one in _cells(row, length))
        + "</tr>"
        for row, name in zip(rows, names, strict=True)
    )
    name = html.escape(t("common.scrolls"))
    st.html(
        f'<div class="scroll-x" tabindex="0" role="region" aria-label="{name}">'
        '<table class="token-rows" style="border-collapse:separate;border-spacing:2px;font-size:.86rem">'
        f"{lines}</table></div>"
    )


def _cells(row: Tokens, length: int) -> list[tuple[str, str]]:
    """(what stands in it, how it looks) of every cell."""
    kinds = (
        "special" if special else "second" if segment else "first"
        for special, segment in zip(row.special, row.type_ids, strict=True)
    )  # fmt: skip
    return [*zip(row.pieces, kinds, strict=True), *[(PAD, "padding")] * (length - len(row))]


def _cell(piece: str, look: str) -> str:
    return f'<td class="{look}" style="{_CELL}{_LOOKS[look]}">{inline(verbatim(piece))}</td>'
