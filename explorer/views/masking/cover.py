"""盖住再猜: the distribution at the covered position, and the road to it in three steps."""

from __future__ import annotations

import math

import streamlit as st

from explorer.components.distribution import Dials, Extra, Watch, distribution
from explorer.engine import get_engine
from explorer.engine.base import Answer
from explorer.errors import Told
from explorer.lab.types.masking import FILL, WORD, Edit, FillInputs, FillResult, WordInputs
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.numbers import signed, thousands
from explorer.views.masking import answers, common, stage
from explorer.views.masking.common import Sentence
from explorer.views.masking.state import State
from explorer.views.vocabulary import apart, by_name, label

WHOLE_WANTED = "masking-whole"  # in the session: the text, edits and position all of whose scores are exported


def draw(sentence: Sentence, state: State) -> None:
    left, right = st.columns([1, 0.44], gap="large")
    if sentence.focus is None:
        with left:
            page_parts.notice("masking.cover.nothing")
        with right:
            page_parts.honesty("masking.cover.honesty")
        return
    edits = common.edits(sentence, state)
    found = answers.find(sentence, state, edits)
    with left:
        blanks(sentence)
        bars(sentence, state, edits, found)
        page_parts.computed(found.seconds, fetched=found.fetched, model=common.model())
    with right:
        _steps(sentence, state, found)
        page_parts.honesty("masking.cover.honesty")
    page_parts.show_code(
        "masking_cover",
        common.model(),
        text=sentence.tokens.text,
        look=sentence.focus,
        positions=[edit.position for edit in edits],
        replacements=[edit.token_id for edit in edits],
    )


def fill(sentence: Sentence, edits: tuple[Edit, ...]) -> Answer[FillResult]:
    """The model's answer at the focused blank after `edits`, in fp32."""
    assert sentence.focus is not None
    return widgets.run(FILL, common.model_id(), FillInputs(sentence.tokens.text, edits, (sentence.focus,)))


def blanks(sentence: Sentence) -> None:
    """With several blanks, which one to look at."""
    if len(sentence.masks) < 2:
        return
    names = {
        str(p): f"{n}\u2009·\u2009{common.plain(sentence.tokens.surface(p))}" for n, p in enumerate(sentence.masks, 1)
    }
    widgets.choice(
        "masking-blank", t("masking.which"), tuple(names), str(sentence.focus), names.__getitem__,
        lambda p: common.store().set(focus=int(p)),
    )  # fmt: skip


def bars(sentence: Sentence, state: State, edits: tuple[Edit, ...], found: answers.Found) -> None:
    """The distribution; its dials, and clicks on other tokens where their answers are known, act in the browser."""
    assert sentence.focus is not None
    here, vocabulary = (sentence.tokens.text, edits, sentence.focus), get_engine().vocabulary(common.model_id())
    distribution(
        found.answers, key="masking-bars", position=sentence.focus, word_of=lambda token: label(vocabulary[token]),
        vocab_url=common.vocabulary_url(), follows=stage.KEY if found.everywhere else None,
        whole=found.whole() if st.session_state.get(WHOLE_WANTED) == here else None,
        temperature=state.t, show=state.k,
        placed={word: id_ for word in state.watch if (id_ := common.token_of(sentence, word)) is not None},
        by_name=by_name(common.model_id()), apart=apart(common.model_id()),
        watch=state.watch, extra=_pieces(sentence, state.watch, edits), hide=state.hide,
        on_dials=_dials, on_watch=_watch, on_whole=lambda: st.session_state.update({WHOLE_WANTED: here}),
        caption=t("masking.cover.caption"), title=sentence.tokens.text,
    )  # fmt: skip


def _dials(dials: Dials) -> None:
    common.store().set(t=round(dials.temperature, 2), k=dials.show, watch=dials.watch)


def _watch(asked: Watch) -> None:
    common.store().set(watch=asked.watch)


def _pieces(sentence: Sentence, watched: tuple[str, ...], edits: tuple[Edit, ...]) -> tuple[Extra, ...]:
    """Joint scores of the watched words that are not one token."""
    assert sentence.focus is not None
    out = []
    for word in watched:
        if common.token_of(sentence, word) is not None:
            continue
        inputs = WordInputs(sentence.tokens.text, edits, sentence.focus, word)
        try:
            found = widgets.run(WORD, common.model_id(), inputs).result
        except Told as problem:
            out.append(Extra(label=word, p=0.0, note=t(f"errors.{problem.key}", **problem.values)))
            continue
        note = "word_unknown" if found.unknown else "pieces"
        p = 0.0 if found.unknown else math.exp(found.log_p)
        out.append(Extra(label=word, p=p, note=t(f"masking.cover.{note}", pieces=" + ".join(found.pieces))))
    return tuple(out)


def _steps(sentence: Sentence, state: State, found: answers.Found) -> None:
    assert sentence.focus is not None
    facts = get_engine().facts(common.model_id())
    hidden, loss = found.hidden, found.loss
    line = math.log(facts.vocab_size)
    if loss is None or state.hide:
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
