"""x → x′ and x″ on the reader's own sentence: hide some (BERT) or hide the rest (GPT)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import streamlit as st

from explorer import examples
from explorer.components.token_strip import Chip, StripChange, token_strip
from explorer.engine import catalog, get_engine
from explorer.engine.base import EngineError
from explorer.lab.types.core import Tokens
from explorer.lab.types.masking import Edit, FillInputs
from explorer.ui import chrome, widgets
from explorer.ui.i18n import language, section, t
from explorer.ui.numbers import percent
from explorer.ui.prose import verbatim
from explorer.ui.state import MAX_LINK, Store, limit

PRESETS = ("weather", "science", "poem", "own")
MAX_TOKENS = 64
SHARE = 0.15


@dataclass(frozen=True)
class State:
    """The whole front page. An empty `text` stands for the page's own example."""

    text: str = limit("", longest=MAX_LINK)
    how: Literal["bert", "gpt"] = "bert"
    masks: tuple[int, ...] = limit((), low=1, high=80, longest=64)
    cut: int = limit(0, low=0, high=80)
    seed: int = limit(0, low=0, high=9999)
    classes: Literal["sentiment", "nli", "pos", "vocabulary"] = "vocabulary"


def store() -> Store[State]:
    return Store(State, "home")


def draw() -> None:
    state = store().get()
    text = state.text or examples.entry("home", "default", language())["text"]
    tokens = None
    with st.container(key="stage-home"):
        try:
            tokens = read(text)
            hidden = hide(tokens, state)
            token_strip(
                chips(tokens, hidden), key="home-strip", labels=section("components.strip"), lang=language(),
                mode="toggle" if state.how == "bert" else "pick", focus=None if state.how == "bert" else hidden[0],
                on_change=_change,
            )  # fmt: skip
        except EngineError as problem:
            chrome.error(problem)
        with st.container(horizontal=True, vertical_alignment="center"):
            widgets.choice(
                "home-how", t("home.split.how"), ("bert", "gpt"), state.how, lambda how: t(f"home.split.{how}"),
                lambda how: store().set(how=how, masks=()),
            )  # fmt: skip
            if state.how == "bert":
                st.button(t("home.split.reroll"), key="home-reroll", type="tertiary", on_click=_reroll)
        widgets.text_line("home-text", t("home.input"), text, _write, t("home.placeholder"))
    if tokens is not None:
        left, right = st.columns([1, 0.44], gap="large")
        with left:
            chrome.guarded(lambda: _parts(tokens, hidden, state))
        with right:
            chrome.steps([(t(f"home.split.step{n}"), "") for n in (1, 2, 3)])
            chrome.honesty("home.split.honesty")


def read(text: str) -> Tokens:
    """`text` as the model reads it, cut to what the front page shows. Raises EngineError("text_empty")."""
    if not text.strip():
        raise EngineError("text_empty")
    model = catalog.default("masked").id
    tokens = get_engine().tokens(model, text[: MAX_TOKENS * 24])
    if len(tokens) > MAX_TOKENS:
        tokens = get_engine().tokens(model, text[: tokens.offsets[MAX_TOKENS - 2][1]])
    if all(tokens.special):
        raise EngineError("text_empty")  # signs without width, say: no token of them is left
    return tokens


def hide(tokens: Tokens, state: State) -> tuple[int, ...]:
    """The positions of x″: those the reader chose, else 15 % drawn with the seed, or everything after the cut."""
    ordinary = [p for p in range(len(tokens)) if not tokens.special[p]]
    if state.how == "gpt":
        start = state.cut if state.cut in ordinary else ordinary[min((len(ordinary) + 1) // 2, len(ordinary) - 1)]
        return tuple(p for p in ordinary if p >= start)
    wanted = state.masks or (_own_masks() if not state.text and not state.seed else ())
    chosen = tuple(p for p in wanted if p in ordinary)
    if chosen:
        return chosen
    rng = np.random.default_rng(state.seed)
    return tuple(sorted(int(p) for p in rng.choice(ordinary, size=max(1, round(SHARE * len(ordinary))), replace=False)))


def _own_masks() -> tuple[int, ...]:
    """What the page's own example hides before anyone has touched it."""
    return tuple(examples.entry("home", "default", language())["masks"])


def chips(tokens: Tokens, hidden: tuple[int, ...]) -> list[Chip]:
    return [
        Chip(
            text=tokens.pieces[p], id=tokens.ids[p], start=tokens.offsets[p][0], end=tokens.offsets[p][1],
            original="" if tokens.special[p] else tokens.surface(p), word=tokens.words[p],
            kind="special" if tokens.special[p] else "unknown" if tokens.unknown[p] else "token",
            covered="mask" if p in hidden else None,
        )
        for p in range(len(tokens))
    ]  # fmt: skip


def _parts(tokens: Tokens, hidden: tuple[int, ...], state: State) -> None:
    """x′ and x″ in two lines, and the model's guess at each hidden place."""
    seen = _seen(tokens, hidden, state.how)
    chrome.figures(
        [
            (verbatim(seen), t("home.split.seen"), ""),
            (verbatim(" · ".join(tokens.surface(p) for p in hidden)), t("home.split.guess"), ""),
        ]
    )
    chrome.quiet(t("home.split.caption"))
    if state.how == "gpt":
        chrome.quiet(t("home.split.gpt_note"))
        return
    _guesses(tokens, hidden)


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
    engine, model = get_engine(), catalog.default("masked").id
    mask = engine.tokens(model, "[MASK]").ids[1]
    vocabulary = engine.vocabulary(model)
    inputs = FillInputs(tokens.text, tuple(Edit(p, mask) for p in hidden), hidden)
    result = widgets.run("masking.fill", model, inputs)
    rows = []
    for n, position in enumerate(hidden):
        chances = np.exp(result.logits[n].astype(np.float64) - float(result.logits[n].max()))
        chances /= chances.sum()
        best = int(result.logits[n].argmax())
        rows.append(
            (
                tokens.surface(position),
                vocabulary[best].removeprefix("##"),
                percent(float(chances[best])),
                percent(float(chances[result.original[n]])),
            )
        )
    chrome.subtitle(t("home.split.answer"))
    chrome.table(
        tuple(t(f"home.split.{name}") for name in ("col_word", "col_guess", "col_guess_p", "col_p")),
        rows,
        numeric=(2, 3),
    )


def _change(change: StripChange) -> None:
    state = store().get()
    if state.how == "gpt":
        store().set(cut=change.focus or 0)
    else:
        store().set(masks=change.covered)


def _reroll() -> None:
    store().set(masks=(), seed=(store().get().seed + 1) % 10000)


def _write(text: str) -> None:
    store().set(text=text or " ", masks=(), cut=0)


def choose_preset(name: str) -> None:
    """Set the whole page to the preset `name` in the reader's language."""
    chosen = examples.entry("home", name, language())
    store().put(
        State(text=chosen["text"], how=chosen["how"], masks=tuple(chosen.get("masks", ())), cut=chosen.get("cut", 0))
    )
