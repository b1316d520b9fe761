"""Lesson plans: what is done in which minute, what to ask, what will be said wrongly; each step opens its page."""

from __future__ import annotations

from html import escape

import streamlit as st

from explorer.content import classroom as content
from explorer.ui import lesson, navigation, page_parts, widgets
from explorer.ui.i18n import HTML_LANG, language, t
from explorer.ui.markup import inline
from explorer.views.classroom import common
from explorer.views.classroom.common import State


def draw(state: State) -> None:
    """Choose a plan; all of its steps, and the way in."""
    page_parts.section("classroom.plans")
    plans = {plan.id: plan for plan in content.plans(language())}
    plan = plans.get(state.lesson) or next(iter(plans.values()))
    with st.container(key="stage-plans"):
        widgets.choice(
            "classroom-plan", t("classroom.plans.which"), tuple(plans), plan.id,
            lambda id: t("classroom.plans.name", title=plans[id].title, minutes=plans[id].minutes),
            lambda id: common.store().set(lesson=id),
        )  # fmt: skip
        page_parts.quiet(plan.for_whom)
        lesson.entry(plan)
    clock = 0
    for n, step in enumerate(plan.steps, 1):
        minutes = t("classroom.plans.minutes", start=clock, end=clock + step.minutes)
        clock += step.minutes
        with st.container(key=f"plan-step-{n}", border=True):
            page_parts.subtitle(f"{n}. {minutes} · {navigation.short_name(step.page)}")
            page_parts.paragraphs(step.do)
            told = "".join(
                f"<dt>{escape(t(f'classroom.plans.{name}'))}</dt><dd>{inline(words)}</dd>"
                for name, words in (("ask", step.ask), ("wrong", step.wrong), ("answer", step.answer))
                if words
            )
            st.html(f'<dl class="lesson" lang="{HTML_LANG[language()]}">{told}</dl>')
            lesson.link(plan, n, t("classroom.plans.open"))
