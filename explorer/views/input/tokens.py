"""两把刀: two tokenizers on the same text: how many tokens, how many a 字, what is unknown, what falls into bytes."""

from __future__ import annotations

import re
from functools import partial

import streamlit as st

from explorer.engine import catalog, get_engine
from explorer.ui import page_parts, snippets, widgets
from explorer.ui.i18n import clauses, language, t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import thousands
from explorer.views.input import common
from explorer.views.input.common import Reading, State

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_WORD = re.compile("[A-Za-z\u00c0-\u024f]+")
LISTED = 40
SEPARATORS = {"[SEP]", "</s>"}
COUNTS = ("n", "special", "per_char", "per_han", "per_word", "unknown", "bytes", "longest", "vocabulary")


def draw(reading: Reading, state: State) -> None:
    page_parts.section("input.tokens")
    left, right = common.sides(state)
    body, side = st.columns([1, 0.44], gap="large")
    with body:
        _choose(left, right)
        widgets.toggle(
            "input-hide", t("input.tokens.hide"), state.hide, lambda on: common.store().set(hide=on, guess=0),
        )  # fmt: skip
        if common.secret(state):
            _ask()
            return
        readings = [common.read(state, name) for name in dict.fromkeys((left, right)) if common.here(name)]
        if readings and state.hide:
            _guessed(readings, state.guess)
        if readings:
            _table(readings)
            with st.expander(t("input.tokens.list")):
                for one in readings:
                    _list(one)
    with side:
        page_parts.steps([(t(f"input.tokens.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("input.tokens.honesty")
    names = [name for name in (left, right) if common.here(name)] or [reading.model]
    first, last = (catalog.entry(name) for name in (names[0], names[-1]))
    page_parts.show_code("input_tokens", text=reading.first, of=first, folder_b=snippets.source(last))


def _ask() -> None:
    """How many tokens the reader expects; the answer comes with a click."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(t("input.tokens.guess"), 1, 999, 10, key="input-guess")
        st.button(
            t("input.tokens.show"), key="input-show", type="primary",
            on_click=lambda: common.store().set(guess=int(st.session_state["input-guess"])),
        )  # fmt: skip


def _guessed(readings: list[Reading], guess: int) -> None:
    counts = clauses(
        t("input.tokens.guessed_one", model=catalog.entry(one.model).name, n=len(one.tokens),
          off=abs(len(one.tokens) - guess))
        for one in readings
    )  # fmt: skip
    page_parts.notice("input.tokens.guessed", guess=guess, counts=counts)


def _choose(left: str, right: str) -> None:
    """Which two of all tokenizers."""
    known = common.models()
    columns = st.columns(2)
    for column, side, now in ((columns[0], "left", left), (columns[1], "right", right)):
        key, changed = widgets.bind(f"input-{side}-{language()}", now, partial(_set, side))
        column.selectbox(t(f"input.tokens.{side}"), known, key=key, format_func=_name, on_change=changed)


def _set(side: str, model: str) -> None:
    common.store().set(**{side: model})


def _name(model: str) -> str:
    name = catalog.entry(model).name
    return name if common.here(model) else t("input.tokens.absent", model=name)


def _table(readings: list[Reading]) -> None:
    columns = [_counts(reading) for reading in readings]
    head = ("", *(catalog.entry(reading.model).name for reading in readings))
    rows = [(t(f"input.tokens.{name}"), *(column[name] for column in columns)) for name in COUNTS]
    page_parts.table(head, rows, numeric=tuple(range(1, len(head))))
    for reading, column in zip(readings, columns, strict=True):
        if reading.second is not None and not SEPARATORS & set(reading.tokens.pieces):
            name = catalog.entry(reading.model).name
            page_parts.notice("input.tokens.no_separator", model=name, special=column["special"])


def _counts(reading: Reading) -> dict[str, str]:
    """What is counted of one tokenizer, as it is written; the names are COUNTS."""
    tokens = reading.tokens
    ordinary = [i for i in range(len(tokens)) if not tokens.special[i]]
    surfaces = [tokens.text[slice(*tokens.offsets[i])] for i in ordinary]
    han = sum(_HAN.search(surface) is not None for surface in surfaces)
    words = sum(_WORD.search(surface) is not None and not _HAN.search(surface) for surface in surfaces)
    ranges = [tokens.offsets[i] for i in ordinary]
    special = [verbatim(tokens.pieces[i]) for i in range(len(tokens)) if tokens.special[i]]
    return {
        "n": str(len(ordinary)),
        "special": " ".join(special) or t("input.tokens.none"),
        "per_char": _share(len(ordinary), sum(not char.isspace() for char in tokens.text)),
        "per_han": _share(han, len(_HAN.findall(tokens.text))),
        "per_word": _share(words, len(_WORD.findall(tokens.text))),
        "unknown": str(sum(tokens.unknown)),
        "bytes": str(sum(ranges.count(span) > 1 and span[1] > span[0] for span in ranges)),
        "longest": verbatim(max((surface.strip() for surface in surfaces), key=len, default="")),
        "vocabulary": thousands(get_engine().facts(reading.model).vocab_size),
    }


def _share(tokens: int, of: int) -> str:
    """How many tokens for each of so many; a dash where there is none."""
    return f"{tokens / of:.2f}" if of else "—"


def _list(reading: Reading) -> None:
    tokens = reading.tokens
    page_parts.subtitle(catalog.entry(reading.model).name)
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
    page_parts.table(head, rows, numeric=(0, 2, 4))
    if len(tokens) > LISTED:
        page_parts.quiet(t("input.tokens.listed", n=LISTED, all=len(tokens)))
