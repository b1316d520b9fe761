"""问答: a passage and a question; two vectors say of every token how well the answer starts or ends there.

It knows one question at a time. All that follows from the scores (longest answer, which token is looked at) asks no
model again; how the windows are cut does.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import streamlit as st

from explorer.content import passages
from explorer.engine import get_engine
from explorer.errors import Told
from explorer.lab.types.answering import ANSWER, AnswerInputs, AnswerResult, Span, spans
from explorer.ui import i18n, page_parts, snippets, widgets
from explorer.ui.i18n import language, t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent, signed
from explorer.views._shared import typed
from explorer.views._shared.page import Snippet
from explorer.views.finetuning import answer_parts, common

if TYPE_CHECKING:
    from explorer.views.finetuning.bench import Bench
    from explorer.views.finetuning.common import State

TOP = 5


def draw(bench: Bench) -> Snippet:
    page_parts.section("finetuning.answer")
    state, model = bench.state, common.model()
    _gallery(state)
    passage, question = _boxes(state)
    answer_parts.taught(state)
    try:
        answer = widgets.run(
            ANSWER, model.id, AnswerInputs(state.taught, question, passage, state.window, state.overlap)
        )
    except Told:
        answer_parts.dials(state)  # what is wrong may be how they stand
        raise
    found = answer.result
    best = spans(found, TOP, state.longest)
    _said(found, best)
    if state.mistake and not (state.passage or state.question):
        _why(state.mistake)
    page_parts.computed(answer.seconds, fetched=answer.fetched, model=model)
    left, right = st.columns([1, 0.42], gap="large")
    with left:
        _ranked(found, best)
        answer_parts.ends(found, best[0])
        answer_parts.vectors(found, best[0], state)
        answer_parts.triangle(found, best[0], state)
    with right:
        page_parts.steps([(t(f"finetuning.answer.step{n}"), "") for n in range(1, 5)])
    answer_parts.windows(found, best[0], state)
    page_parts.honesty("finetuning.answer.honesty")
    return Snippet(
        "finetuning_answer", model, question=question, passage=passage, window=state.window, overlap=state.overlap,
        longest=state.longest, head=snippets.place(answer_parts.folder(state.taught) / "model.safetensors"),
    )  # fmt: skip


def _gallery(state: State) -> None:
    """The page's own passage, or one of those that this method gets wrong."""
    kinds = ("", *(one.kind for one in passages.mistakes(language())))
    page_parts.quiet(t("finetuning.answer.gallery"))
    widgets.choice(
        "finetuning-mistake", t("finetuning.answer.gallery"), kinds, state.mistake if state.mistake in kinds else "",
        lambda kind: t(f"finetuning.answer.kind.{kind}") if kind else t("finetuning.answer.own"),
        lambda kind: common.store().set(mistake=kind, passage="", question="", place=-1),
    )  # fmt: skip


def _boxes(state: State) -> tuple[str, str]:
    """Passage and question as they are read: the reader's, the gallery's, or the page's own."""
    opened = opening(state.mistake, language())
    passage, question = state.passage or opened[0], state.question or opened[1]
    put = common.store().set
    names = t("finetuning.answer.passage"), t("finetuning.answer.question")
    widgets.text_area("finetuning-passage", names[0], passage, lambda new: put(passage=new or " ", place=-1), 170)
    page_parts.quiet(names[1])
    widgets.text_line(
        "finetuning-question", names[1], question, lambda new: put(question=new or " ", place=-1), names[1]
    )
    model = common.model().id
    typed.remarks(model, f"{passage}\n{question}")
    if any(get_engine().simplify(model, text)[1] for text in (passage, question)):
        page_parts.notice("common.simplified")
    return passage, question


def opening(mistake: str, lang: str) -> tuple[str, str]:
    """(passage, question) that the page brings: of the gallery, or its first passage with its first question."""
    for one in passages.mistakes(lang):
        if one.kind == mistake:
            return one.text, one.question
    first = passages.passages(lang)[0]
    return first.text, first.questions[0].text


def _said(found: AnswerResult, best: list[Span]) -> None:
    """The passage with the answer marked in it, and three numbers."""
    one, text = best[0], found.passage
    before, said, after = (html.escape(part) for part in (text[: one.low], text[one.low : one.high], text[one.high :]))
    lang = i18n.HTML_LANG[language()]
    st.html(
        f'<p class="prose" lang="{lang}" style="white-space:pre-wrap">{before}'
        f'<mark style="background:var(--truth-soft);color:inherit;border-bottom:3px solid var(--truth)">{said}</mark>'
        f"{after}</p>"
    )
    page_parts.figures([
        (verbatim(text[one.low : one.high]), t("finetuning.answer.said"),
         t("finetuning.answer.said_note", start=one.start + 1, end=one.end + 1)),
        (percent(one.p), t("finetuning.answer.share"), t("finetuning.answer.share_note")),
        (signed(one.score), t("finetuning.answer.score"),
         t("finetuning.answer.score_note", nothing=signed(found.nothing))),
    ])  # fmt: skip


def _why(kind: str) -> None:
    """What a reader would answer to this question of the gallery, and why the head finds it hard."""
    one = next(one for one in passages.mistakes(language()) if one.kind == kind)
    page_parts.notice("finetuning.answer.reader", answer=one.answer or t("finetuning.answer.not_told"))
    page_parts.quiet(t(f"finetuning.answer.why.{kind}"))


def _ranked(found: AnswerResult, best: list[Span]) -> None:
    page_parts.subtitle(t("finetuning.answer.ranked"))
    head = tuple(t(f"finetuning.answer.column.{name}") for name in ("span", "share", "score", "windows"))
    page_parts.table(
        head,
        [
            (
                verbatim(found.passage[one.low : one.high]), percent(one.p), signed(one.score),
                i18n.listed(str(n + 1) for n in one.windows),
            )
            for one in best
        ],
        numeric=(1, 2),
        shares=[(None, one.p, None, None) for one in best],
    )  # fmt: skip
    widgets.slider(
        "finetuning-longest", t("finetuning.answer.longest"), 1, 30, common.store().get().longest,
        lambda n: common.store().set(longest=n),
    )  # fmt: skip
