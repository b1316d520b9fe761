"""两句比: the whole vocabulary at the blank of one sentence against the blank of another."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from explorer.components.scatter_ab import scatter_ab
from explorer.components.token_strip import StripChange, token_strip
from explorer.engine import get_engine
from explorer.errors import Told
from explorer.lab.types.masking import FILL, Edit, FillInputs, FillResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views.masking import common, stage
from explorer.views.masking.common import Sentence, State


def draw(sentence: Sentence, state: State) -> None:
    page_parts.section("masking.compare")
    second = _second(sentence, state)
    if second is None or sentence.focus is None or second.focus is None:
        page_parts.notice("masking.compare.need")
        return
    a, b = _fill(sentence), _fill(second)
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        scatter_ab(
            a.logits[0],
            b.logits[0],
            key="masking-scatter",
            vocabulary=get_engine().vocabulary(common.model_id()),
            vocabulary_url=common.vocabulary_url(),
            originals=(_original(sentence), _original(second)),
            caption=t("masking.compare.figure"),
        )
    with right:
        page_parts.steps([(t(f"masking.compare.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("masking.compare.honesty")
    page_parts.show_code(
        "masking_compare",
        common.model(),
        text_a=sentence.tokens.text,
        look_a=sentence.focus,
        text_b=second.tokens.text,
        look_b=second.focus,
    )


def _second(sentence: Sentence, state: State) -> Sentence | None:
    """The second sentence, typed and clicked right here; it starts as a copy of the first."""
    text, mask = state.b or sentence.tokens.text, state.b_mask or (sentence.focus or 0)
    with st.container(key="stage-masking-b"):
        second = None
        try:
            second = common.as_sentence(text, (mask,) if mask else (), mask)
            token_strip(
                [replace(chip, surprisal=None) for chip in stage.chips(second, State())],
                key="masking-strip-b",
                mode="one",
                focus=second.focus,
                title=t("masking.compare.strip_b"),
                on_change=_pick,
            )
        except Told as problem:
            page_parts.error(problem)
        widgets.text_line(
            "masking-text-b",
            t("masking.compare.second"),
            text,
            lambda new: common.store().set(b=new or " ", b_mask=0),
            t("masking.compare.placeholder"),
        )
    return second


def _original(sentence: Sentence) -> int | None:
    return None if sentence.focus is None else common.original_of(sentence.tokens, sentence.focus)


def _pick(change: StripChange) -> None:
    """In the second sentence one blank is enough: the newest counts."""
    common.store().set(b_mask=change.focus if change.focus in change.covered else 0)


def _fill(sentence: Sentence) -> FillResult:
    assert sentence.focus is not None
    inputs = FillInputs(sentence.tokens.text, (Edit(sentence.focus, common.mask_id()),), (sentence.focus,))
    return widgets.run(FILL, common.model_id(), inputs).result
