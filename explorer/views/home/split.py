"""x → x′ and x″ on the reader's own sentence: hide some (BERT) or hide the rest (GPT)."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from explorer import numerics
from explorer.components.token_strip import StripChange, token_strip
from explorer.engine import catalog, get_engine
from explorer.errors import Told
from explorer.lab.types.core import Tokens
from explorer.lab.types.masking import FILL
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent
from explorer.views._shared import typed
from explorer.views.home.common import MAX_TOKENS, State, asked, chips, hide, read, store, text_of


def draw() -> None:
    state = store().get()
    text = text_of(state)
    tokens = None
    with st.container(key="stage-home"):
        try:
            tokens = read(text)
            hidden = hide(tokens, state)
            token_strip(
                chips(tokens, hidden),
                key="home-strip",
                mode="toggle" if state.how == "bert" else "pick",
                focus=None if state.how == "bert" else hidden[0],
                on_change=_change,
            )
        except Told as problem:
            page_parts.error(problem)
        with st.container(horizontal=True, vertical_alignment="center"):
            widgets.choice(
                "home-how", t("home.split.how"), ("bert", "gpt"), state.how, lambda how: t(f"home.split.{how}"),
                lambda how: store().set(how=how, masks=()),
            )  # fmt: skip
            if state.how == "bert":
                st.button(t("home.split.reroll"), key="home-reroll", type="tertiary", on_click=_reroll)
        widgets.text_line("home-text", t("home.input"), text, _write, t("home.placeholder"))
    if tokens is not None:
        _remarks(text, tokens)
        left, right = st.columns([1, 0.44], gap="large")
        with left:
            page_parts.guarded(lambda: _parts(tokens, hidden, state))
        with right:
            page_parts.steps([(t(f"home.split.step{n}"), "") for n in (1, 2, 3)])
            page_parts.honesty("home.split.honesty")
        page_parts.show_code(f"home_{state.how}", text=tokens.text, hidden=list(hidden))


def _remarks(written: str, tokens: Tokens) -> None:
    """What was left out, and what was read in another script."""
    model = catalog.default("masked").id
    if len(tokens.text) < len(written):
        page_parts.notice("common.cut", "warn", limit=MAX_TOKENS, typed=len(written), used=len(tokens.text))
    if get_engine().simplify(model, tokens.text)[1]:
        page_parts.notice("common.simplified")
    typed.remarks(model, tokens.text)


def _parts(tokens: Tokens, hidden: tuple[int, ...], state: State) -> None:
    """The model's guess at each hidden place, and x′ and x″ in two lines."""
    if state.how == "bert":
        _guesses(tokens, hidden)
    seen = _seen(tokens, hidden, state.how)
    page_parts.figures(
        [
            (verbatim(seen), t("home.split.seen"), ""),
            (verbatim(" · ".join(tokens.surface(p) for p in hidden)), t("home.split.guess"), ""),
        ]
    )
    page_parts.quiet(t("home.split.caption"))
    if state.how == "gpt":
        page_parts.quiet(t("home.split.gpt_note"))


def _seen(tokens: Tokens, hidden: tuple[int, ...], how: str) -> str:
    """The text with a gap for every hidden token; under GPT's split it simply ends."""
    if how == "gpt":
        return tokens.text[: tokens.offsets[hidden[0]][0]] + "…"
    out, end = "", 0
    for position in hidden:
        start, stop = tokens.offsets[position]
        out, end = out + tokens.text[end:start] + "＿", stop
    return out + tokens.text[end:]


def _guesses(tokens: Tokens, hidden: tuple[int, ...]) -> None:
    model = catalog.default("masked").id
    vocabulary = get_engine().vocabulary(model)
    result = widgets.run(FILL, model, asked(tokens, hidden)).result
    rows = []
    for n, position in enumerate(hidden):
        chances = numerics.softmax(result.logits[n])
        best = int(result.logits[n].argmax())
        rows.append(
            (
                tokens.surface(position),
                vocabulary[best].removeprefix("##"),
                percent(float(chances[best])),
                percent(float(chances[result.original[n]])),
            )
        )
    page_parts.subtitle(t("home.split.answer"))
    page_parts.table(
        tuple(t(f"home.split.{name}") for name in ("col_word", "col_guess", "col_guess_p", "col_p")),
        rows,
        numeric=(2, 3),
        answer=3,
    )


def _change(change: StripChange) -> None:
    state = store().now()
    if state.how == "gpt":
        store().set(cut=change.focus or 0)
    else:
        store().set(text=text_of(state), masks=change.covered)


def _reroll() -> None:
    store().change(lambda state: replace(state, masks=(), seed=(state.seed + 1) % 10_000))


def _write(text: str) -> None:
    store().write(text=text or " ", masks=(), cut=0)
