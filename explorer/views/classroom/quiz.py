"""The quiz of a chapter: one after the other, every option with its own explanation once one is chosen."""

from __future__ import annotations

import streamlit as st

from explorer.content import classroom as content
from explorer.content.classroom import QuizQuestion
from explorer.ui import navigation, page_parts, widgets
from explorer.ui.i18n import HTML_LANG, language, t
from explorer.ui.markup import inline, literal
from explorer.views.classroom import common
from explorer.views.classroom.common import State


def draw(state: State) -> None:
    """Choose a chapter, and its questions."""
    page_parts.section("classroom.quiz")
    names = content.chapters_with_questions()
    chapter = state.chapter if state.chapter in names else names[0]
    widgets.choice(
        "classroom-chapter", t("classroom.quiz.chapter"), names, chapter, navigation.short_name,
        lambda name: common.store().set(chapter=name, said=()),
    )  # fmt: skip
    questions = content.quiz(chapter, language())
    for n, question in enumerate(questions):
        said = state.said[n] if n < len(state.said) else -1
        _one(n, question, said if said < len(question.options) else -1)
    answered = sum(said >= 0 for said in state.said[: len(questions)])
    page_parts.quiet(t("classroom.quiz.answered", n=answered, of=len(questions)))


def _one(n: int, question: QuizQuestion, said: int) -> None:
    with st.container(key=f"stage-quiz-{n}"):
        page_parts.subtitle(f"{n + 1}. {question.ask}")
        key, changed = widgets.bind(
            f"classroom-quiz-{n}-{language()}",
            None if said < 0 else said,
            lambda option: common.say(n, int(option or 0)),
        )
        st.radio(
            question.ask, range(len(question.options)), key=key, label_visibility="collapsed", on_change=changed,
            format_func=lambda at: literal(question.options[at].text), index=None,
        )  # fmt: skip
        if said >= 0:
            _explained(question, said)


def _explained(question: QuizQuestion, said: int) -> None:
    """What is to be said of each option; the chosen one first."""
    order = [said, *(n for n in range(len(question.options)) if n != said)]

    def one(n: int) -> str:
        right = n == question.right
        mark = "✓" if right else "✗"
        option = question.options[n]
        said = f"<b>{mark} {inline(option.text)}</b><br>{inline(option.because)}"
        return f'<li class="{"right" if right else ""}">{said}</li>'

    items = "".join(one(n) for n in order)
    st.html(f'<ul class="because" lang="{HTML_LANG[language()]}">{items}</ul>')
    there = t("classroom.see", page=navigation.short_name(question.page))
    navigation.link(question.page, there, question.query)
