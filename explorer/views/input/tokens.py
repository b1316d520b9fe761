"""两把刀: two tokenizers on the same text: how many tokens, how many a 字, what is unknown, what falls into bytes."""

from __future__ import annotations

import re

import streamlit as st

from explorer.engine import catalog, get_engine
from explorer.lab.types.core import Tokens
from explorer.ui import chrome
from explorer.ui.i18n import t
from explorer.ui.numbers import thousands
from explorer.ui.prose import verbatim
from explorer.views.input import common
from explorer.views.input.common import Reading, State

_BYTE = re.compile(r"<0x[0-9A-F]{2}>")
LISTED = 40


def draw(reading: Reading, state: State) -> None:
    left, right = common.sides(state)
    other = common.read(state, right)
    chrome.section("input.tokens")
    body, side = st.columns([1, 0.44], gap="large")
    with body:
        _choose(left, right)
        _table(reading.tokens, other.tokens, left, right)
        with st.expander(t("input.tokens.list")):
            _list(reading.tokens, left)
            _list(other.tokens, right)
    with side:
        chrome.steps([(t(f"input.tokens.step{n}"), "") for n in (1, 2, 3)])
        chrome.honesty("input.tokens.honesty")
    folder = catalog.entry(right).folder.as_posix().split("/assets/")[-1]
    chrome.show_code("input_tokens", text=common.text_of(state), folder_b=f"assets/{folder}")


def _choose(left: str, right: str) -> None:
    """Which two of the catalogue's tokenizers."""
    known = common.models()
    columns = st.columns(2)
    for column, side, now in ((columns[0], "left", left), (columns[1], "right", right)):
        key = f"input-{side}"
        st.session_state[key] = now
        column.selectbox(
            t(f"input.tokens.{side}"), known, key=key, format_func=lambda name: catalog.entry(name).name,
            on_change=lambda side=side, key=key: common.store().set(**{side: st.session_state[key]}),
        )  # fmt: skip


def _table(a: Tokens, b: Tokens, left: str, right: str) -> None:
    head = ("", *(catalog.entry(name).name for name in (left, right)))
    columns = [_counts(a, left), _counts(b, right)]
    rows = [(t(f"input.tokens.{name}"), *(column[name] for column in columns)) for name in columns[0]]
    chrome.table(head, rows, numeric=(1, 2))


def _counts(tokens: Tokens, model: str) -> dict[str, str]:
    ordinary = [i for i in range(len(tokens)) if not tokens.special[i]]
    characters = sum(not char.isspace() for char in tokens.text)
    in_bytes = sum(_BYTE.fullmatch(tokens.pieces[i]) is not None for i in ordinary)
    longest = max((tokens.surface(i).strip() for i in ordinary), key=len, default="")
    return {
        "n": str(len(ordinary)),
        "special": str(len(tokens) - len(ordinary)),
        "per_char": f"{len(ordinary) / max(characters, 1):.2f}",
        "unknown": str(sum(tokens.unknown)),
        "bytes": str(in_bytes),
        "longest": verbatim(longest),
        "vocabulary": thousands(len(get_engine().vocabulary(model))),
    }


def _list(tokens: Tokens, model: str) -> None:
    chrome.subtitle(catalog.entry(model).name)
    head = tuple(t(f"input.tokens.col_{name}") for name in ("n", "token", "id", "range", "segment"))
    rows = [
        (
            str(i),
            verbatim(tokens.pieces[i]),
            str(tokens.ids[i]),
            "—" if tokens.special[i] else f"{tokens.offsets[i][0]}–{tokens.offsets[i][1]}",
            str(tokens.type_ids[i]),
        )
        for i in range(min(len(tokens), LISTED))
    ]
    chrome.table(head, rows, numeric=(0, 2, 4))
    if len(tokens) > LISTED:
        chrome.quiet(t("input.tokens.listed", n=LISTED, all=len(tokens)))
