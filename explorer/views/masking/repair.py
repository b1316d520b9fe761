"""改错字: a wrong word in plain sight, and what the model would rather read there."""

from __future__ import annotations

import streamlit as st

from explorer import numerics
from explorer.content import examples
from explorer.errors import Told
from explorer.lab.types.masking import FILL, Edit, FillInputs
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, t
from explorer.ui.numbers import percent
from explorer.views import vocabulary
from explorer.views._shared.page import Snippet
from explorer.views.masking import common, covering, defaults
from explorer.views.masking.common import Sentence
from explorer.views.masking.state import State

OFFERED = 4
SHOWN = 6


def draw(sentence: Sentence, state: State) -> Snippet | None:
    page_parts.section("masking.repair")
    original = sentence.original(sentence.focus)
    if sentence.focus is None or original is None:
        page_parts.notice("errors.no_blank")
        return None
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        panel(sentence, state, original)
    with right:
        page_parts.steps([(t(f"masking.repair.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("masking.repair.honesty")
    wrong = sentence.token_of(state.wrong)
    wrong = sentence.mask if wrong is None else wrong
    return Snippet("masking_repair", sentence.model, text=sentence.tokens.text, look=sentence.focus, wrong=wrong)


def panel(sentence: Sentence, state: State, original: int) -> None:
    """The line for a wrong word, slips that this sentence invites, and the answer."""
    assert sentence.focus is not None
    page_parts.quiet(t("masking.repair.where", n=sentence.focus, word=sentence.tokens.surface(sentence.focus)))
    widgets.text_line(
        "masking-wrong",
        t("masking.repair.input"),
        state.wrong,
        lambda word: common.store().set(wrong=word.strip()[:16]),
        t("masking.repair.input"),
    )
    _offers(sentence)
    if not state.wrong:
        return
    wrong = sentence.token_of(state.wrong)
    if wrong is None:
        page_parts.notice("masking.repair.many", "warn", wrong=state.wrong)
        return
    inputs = FillInputs(sentence.tokens.text, (Edit(sentence.focus, wrong),), (sentence.focus,))
    logits = widgets.run(FILL, sentence.model.id, inputs).result.logits[0]
    rank = int((logits > logits[original]).sum()) + 1
    page_parts.notice(
        "masking.repair.done", wrong=state.wrong, word=sentence.tokens.surface(sentence.focus), rank=rank,
        p=percent(numerics.probability(logits, original)), p_wrong=percent(numerics.probability(logits, wrong)),
    )  # fmt: skip
    likeliest = vocabulary.best(sentence.model.id, logits, SHOWN)
    shown = vocabulary.labels(sentence.model.id)
    page_parts.word_list([(shown[i], percent(numerics.probability(logits, i))) for i in likeliest])


def _offers(sentence: Sentence) -> None:
    """Slips of the pen that are easy in this very sentence, one tap each."""
    found = _slips(sentence)
    if not found:
        return
    page_parts.quiet(t("masking.repair.offer"))
    with st.container(horizontal=True):
        for at, wrong in found:
            st.button(
                t("masking.repair.slip", word=sentence.tokens.surface(at), wrong=wrong),
                key=f"masking-slip-{at}", on_click=_slip, args=(at, wrong),
            )  # fmt: skip


def _slips(sentence: Sentence) -> list[tuple[int, str]]:
    known = vocabulary.index(sentence.model.id)
    pairs = examples.load("masking")["slips"][language()]["pairs"]
    return [(at, wrong) for at, wrong in defaults.slips(sentence.tokens, pairs) if wrong in known][:OFFERED]


def opens_with(state: State) -> dict[str, object]:
    """What choosing this tool changes: the first slip is made, unless the reader has written a wrong word."""
    try:
        found = [] if state.wrong else _slips(common.read(state))
    except Told:  # nothing to read
        found = []
    return {"masks": (found[0][0],), "focus": found[0][0], "wrong": found[0][1], "bare": False} if found else {}


def _slip(at: int, wrong: str) -> None:
    state = common.store().now()
    common.store().set(text=covering.text_of(state), masks=(at,), focus=at, wrong=wrong, bare=False)
