"""盖住再猜: the distribution at the covered position, and the road to it in three steps."""

from __future__ import annotations

import math

import streamlit as st

from explorer.components.distribution import Dials, Extra, Watch, distribution, with_words
from explorer.engine import get_engine, uses
from explorer.errors import Told
from explorer.lab.types.arrays import Floats
from explorer.lab.types.masking import WHOLE, WORD, WORDS, WholeInputs
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.numbers import signed, thousands
from explorer.views import vocabulary
from explorer.views._shared.page import Snippet
from explorer.views.masking import answers, common, stage
from explorer.views.masking.answers import Found
from explorer.views.masking.common import Sentence
from explorer.views.masking.state import State

WHOLE_WANTED = "masking-whole"  # in the session: the text, edits and position all of whose scores are exported


def draw(sentence: Sentence, state: State) -> Snippet | None:
    left, right = st.columns([1, 0.44], gap="large")
    if sentence.focus is None:
        with left:
            page_parts.notice("masking.cover.nothing")
        with right:
            page_parts.honesty("masking.cover.honesty")
        return None
    code, model = common.snippet("masking_cover", sentence), sentence.model
    found = answers.find(sentence, state)
    with left:
        bars(found, state, model)
        page_parts.computed(found.seconds, fetched=found.fetched, model=model)
    with right:
        _steps(found, state.hide, model)
        page_parts.honesty("masking.cover.honesty")
    return code


def bars(found: Found, state: State, model: uses.ModelInfo) -> None:
    """The distribution; its dials, and clicks on other tokens where their answers are known, act in the browser."""
    here, words = (found.text, found.edits, found.position), get_engine().vocabulary(model.id)
    watched = None if found.words is None else widgets.run(WORDS, model.id, found.words).result
    distribution(
        found.answers if watched is None else with_words(found.answers, watched),
        key="masking-bars", position=found.position,
        word_of=lambda token: vocabulary.label(words[token]),
        vocab_url=vocabulary.url(model), follows=stage.KEY if found.everywhere else None,
        whole=_whole(found, model) if st.session_state.get(WHOLE_WANTED) == here else None,
        temperature=state.t, show=state.k, placed=found.placed,
        by_name=vocabulary.by_name(model.id), apart=vocabulary.apart(model.id),
        watch=state.watch, extra=_spelled(found, model), hide=state.hide,
        on_dials=_dials, on_watch=_watch, on_whole=lambda: st.session_state.update({WHOLE_WANTED: here}),
        caption=t("masking.cover.caption"), title=found.text,
    )  # fmt: skip


def _whole(found: Found, model: uses.ModelInfo) -> Floats:
    if isinstance(found.whole, WholeInputs):
        return widgets.run(WHOLE, model.id, found.whole).result.logits
    return found.whole


def _dials(dials: Dials) -> None:
    common.store().set(t=round(dials.temperature, 2), k=dials.show, watch=dials.watch)


def _watch(asked: Watch) -> None:
    common.store().set(watch=asked.watch)


def _spelled(found: Found, model: uses.ModelInfo) -> tuple[Extra, ...]:
    """Joint scores of the watched words that are not one token."""
    out = []
    for word, inputs in found.spelled.items():
        answer = widgets.attempt(WORD, model.id, inputs)
        if isinstance(answer, Told):
            out.append(Extra(label=word, p=0.0, note=t(f"errors.{answer.key}", **answer.values)))
            continue
        note = "word_unknown" if answer.unknown else "pieces"
        p = 0.0 if answer.unknown else math.exp(answer.log_p)
        out.append(Extra(label=word, p=p, note=t(f"masking.cover.{note}", pieces=" + ".join(answer.pieces))))
    return tuple(out)


def _steps(found: Found, hide: bool, model: uses.ModelInfo) -> None:
    facts = get_engine().facts(model.id)
    hidden, loss = found.hidden, found.loss
    line = math.log(facts.vocab_size)
    if loss is None or hide:
        third = (t("masking.cover.step3_none" if loss is None else "masking.cover.step3_hidden"), "")
    else:
        third = (
            t("masking.cover.step3", loss=f"{loss:.2f}"),
            t("masking.cover.step3_num", vocab=thousands(facts.vocab_size), line=f"{line:.2f}"),
        )
    page_parts.steps(
        [
            (
                t("masking.cover.step1"),
                t("masking.cover.step1_num", d=len(hidden), low=signed(hidden.min(), 1), high=signed(hidden.max(), 1)),
            ),
            (
                t("masking.cover.step2"),
                t(
                    "masking.cover.step2_num",
                    d=facts.d_output,
                    vocab=thousands(facts.vocab_size),
                    n=thousands(facts.d_output * facts.vocab_size),
                ),
            ),
            third,
        ],
        strips={0: hidden},
    )
