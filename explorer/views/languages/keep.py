"""用什么话填: cover each word in turn; in which language are the likeliest? First a question, then the measurement."""

from __future__ import annotations

from functools import partial
from typing import Literal, get_args

import streamlit as st

from explorer.content import corpora, examples
from explorer.engine import get_engine
from explorer.lab.types.languages import KEEP, KIND, KINDS, KeepInputs, KeepResult, survey_of
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import listed, t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent
from explorer.views.languages import common
from explorer.views.languages.common import Sentence, State

TOP = 100
Guess = Literal["same", "any", "zh"]
GUESSES: tuple[Guess, ...] = get_args(Guess)


def draw(sentence: Sentence, state: State) -> None:
    page_parts.section("languages.keep")
    page_parts.subtitle(t("languages.keep.question"))
    with st.container(horizontal=True, key="languages-guess"):
        for name in GUESSES:
            st.button(
                t(f"languages.keep.guess_{name}"), key=f"languages-guess-{name}",
                type="primary" if state.guess == name else "secondary",
                on_click=partial(common.change, guess=name),
            )  # fmt: skip
    if not state.guess:
        page_parts.quiet(t("languages.keep.first"))
        return
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        _of_sentence(sentence)
        _of_examples(sentence.model.id)
    with right:
        _verdict(sentence, state.guess)
        page_parts.steps([(t(f"languages.keep.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("languages.keep.honesty")


def _verdict(sentence: Sentence, guess: str) -> None:
    """What the English sentence's blanks say to the reader's guess."""
    share = measured(sentence.model.id, (examples.load("languages")["blanks"]["en"],)).shares.mean(axis=0)
    han, en = (float(share[KIND[name]]) for name in ("han", "en"))
    blind = float((sentence.survey.kinds == KIND["han"]).mean())
    truth = answer(han, blind)
    answers = {name: t(f"languages.keep.guess_{name}") for name in GUESSES}
    page_parts.notice(
        "languages.keep.right" if guess == truth else "languages.keep.wrong", "good" if guess == truth else "warn",
        answer=answers[truth], han=percent(han), en=percent(en), blind=percent(blind),
    )  # fmt: skip


def answer(han: float, blind: float) -> Guess:
    """Which of the guesses is right where a share `han` of the likeliest tokens is 汉字.

    `blind` is their share of the vocabulary: what a model would fill in that takes no heed of languages. "Almost none"
    is nearer to none than to that; "more than half" is more than half.
    """
    return "zh" if han > 0.5 else "same" if han <= blind / 2 else "any"


def measured(model_id: str, texts: tuple[str, ...], every: int = 1) -> KeepResult:
    """Every blank of `texts`, with progress where nobody has asked before."""
    inputs = KeepInputs(texts, every, TOP, survey_of(corpora.digest()))
    return widgets.result(KEEP, model_id, inputs, t("languages.keep.running"))


def _of_sentence(sentence: Sentence) -> None:
    result = measured(sentence.model.id, (sentence.tokens.text,))
    shown = [n for n in range(len(KINDS)) if result.shares[:, n].max() >= 0.01]
    vocabulary = get_engine().vocabulary(sentence.model.id)
    rows = [
        (
            verbatim(sentence.tokens.surface(int(at))),
            listed(verbatim(vocabulary[int(number)].removeprefix("##")) for number in ids[:3]),
            *(percent(float(share[n])) for n in shown),
        )
        for at, ids, share in zip(result.position, result.ids, result.shares, strict=True)
    ]
    mean = result.shares.mean(axis=0)
    rows.append(
        (t("languages.keep.total"), t("languages.keep.blanks", n=len(rows)), *(percent(float(mean[n])) for n in shown))
    )
    head = (t("languages.keep.covered"), t("languages.keep.first_words"), *(common.kind_names()[n] for n in shown))
    page_parts.subtitle(t("languages.keep.yours"))
    page_parts.table(head, rows, numeric=range(2, len(head)))


def _of_examples(model_id: str) -> None:
    """A Chinese, an English and a mixed sentence, all their blanks together."""
    texts = examples.load("languages")["blanks"]
    rows = []
    for kind in ("zh", "en", "mixed"):
        result = measured(model_id, (texts[kind],))
        mean = result.shares.mean(axis=0)
        rows.append((t(f"languages.keep.{kind}"), texts[kind], *(percent(float(mean[n])) for n in (0, 2))))
    page_parts.subtitle(t("languages.keep.examples"))
    head = (t("languages.keep.kind"), t("languages.keep.sentence"), common.kind_names()[0], common.kind_names()[2])
    page_parts.table(head, rows, numeric=(2, 3))
