"""What is printed: a chapter's worksheet with its key, and the one-page statement that a school can file."""

from __future__ import annotations

import streamlit as st

from explorer.content import classroom as content
from explorer.errors import Told
from explorer.ui import navigation, page_parts, widgets
from explorer.ui.i18n import HTML_LANG, language, t
from explorer.ui.markup import inline
from explorer.views.classroom import common, own_sentence
from explorer.views.classroom.common import State
from explorer.views.classroom.own_sentence import Blank

SAID = ("accounts", "kept", "cookie", "network", "words", "model")


def draw(state: State) -> None:
    """Choose a sheet; the print style of the page (classroom.css) leaves out everything else."""
    page_parts.section("classroom.papers")
    names = content.chapters_with_questions()
    chapter = state.chapter if state.chapter in names else names[0]
    with st.container(key="stage-papers"):
        widgets.choice(
            "classroom-paper", t("classroom.papers.which"), ("sheet", "statement"), state.paper,
            lambda name: t(f"classroom.papers.{name}"), lambda name: common.store().set(paper=name),
        )  # fmt: skip
        if state.paper == "sheet":
            widgets.choice(
                "classroom-paper-chapter", t("classroom.quiz.chapter"), names, chapter, navigation.short_name,
                lambda name: common.store().set(chapter=name, said=()),
            )  # fmt: skip
            widgets.text_line(
                "classroom-own", t("classroom.papers.sentence"), state.own,
                lambda text: common.store().set(own=text.strip()[:120]), t("classroom.papers.sentence"),
            )  # fmt: skip
    blanks = _blanks(state) if state.paper == "sheet" else ()
    with st.container(key="sheet-to-print", border=True):
        body = _sheet(chapter, blanks) if state.paper == "sheet" else _statement()
        st.html(f'<article class="paper" lang="{HTML_LANG[language()]}">{body}</article>')


def _blanks(state: State) -> tuple[Blank, ...]:
    """The teacher's sentence as the model reads it; none where she has written none, or none that can be read."""
    try:
        return own_sentence.blanks(state.own) if state.own else ()
    except Told as problem:
        page_parts.error(problem)
        return ()


def _sheet(chapter: str, blanks: tuple[Blank, ...]) -> str:
    questions = content.quiz(chapter, language())

    def one(question: content.QuizQuestion) -> str:
        options = "".join(f"<li>{inline(option.text)}</li>" for option in question.options)
        return f'<li><b>{inline(question.ask)}</b><ol class="abc">{options}</ol></li>'

    key = "".join(
        f"<li><b>{chr(ord('A') + question.right)}</b>\u2003{inline(question.options[question.right].because)}</li>"
        for question in questions
    )
    return (
        f"<h1>{inline(t('classroom.papers.sheet_title', page=navigation.short_name(chapter)))}</h1>"
        f"<p>{inline(t('classroom.papers.name'))}</p><ol>{''.join(map(one, questions))}</ol>"
        f"{_own(blanks)}"
        f'<section class="key"><h2>{inline(t("classroom.papers.key"))}</h2><ol>{key}</ol>{_guessed(blanks)}</section>'
    )


def _own(blanks: tuple[Blank, ...]) -> str:
    """A sentence to guess in: the teacher's, or one that the pupil writes."""
    if not blanks:
        return f'<p>{inline(t("classroom.papers.own"))}</p><div class="blank"></div><div class="blank"></div>'
    return f"<h2>{inline(t('classroom.papers.fill'))}</h2><ol>{own_sentence.front(blanks)}</ol>"


def _guessed(blanks: tuple[Blank, ...]) -> str:
    if not blanks:
        return ""
    return f"<h2>{inline(t('classroom.papers.model_guesses'))}</h2><ol>{own_sentence.key(blanks)}</ol>"


def _statement() -> str:
    parts = "".join(
        f"<h2>{inline(t(f'classroom.papers.said.{name}_title'))}</h2><p>{inline(t(f'classroom.papers.said.{name}'))}</p>"
        for name in SAID
    )
    title, date = t("classroom.papers.statement_title"), t("classroom.papers.date")
    return f"<h1>{inline(title)}</h1>{parts}<p><br>{inline(date)}</p>"
