"""Lesson: the strip above the pages that walks a teacher through a plan, a step a page; where she is, is in the link.

What will be said wrongly, and how to answer, is folded away: the page may be on the projector.
"""

from __future__ import annotations

from html import escape

import streamlit as st

from explorer.content import classroom as content
from explorer.content.classroom import Plan
from explorer.ui import navigation, state
from explorer.ui.i18n import HTML_LANG, language, t
from explorer.ui.markup import inline

PARAMETER = "plan"


def entry(plan: Plan) -> None:
    """The way into a plan."""
    with st.container(key="lesson-entry"):
        link(plan, 1, t("classroom.plans.begin", n=len(plan.steps), minutes=plan.minutes))


def link(plan: Plan, n: int, label: str) -> None:
    """To the page of step `n` (from 1), as the step wants it."""
    step = plan.steps[n - 1]
    navigation.link(step.page, label, {**step.query, "v": state.VERSION, PARAMETER: f"{plan.id}.{n}"})


def strip() -> None:
    """What to do in this step, and the ways on, back and out; nothing for one who is in no lesson."""
    id, _, n = st.query_params.get(PARAMETER, "").partition(".")
    plan = next((plan for plan in content.plans(language()) if plan.id == id), None)
    if plan is None or not n.isdecimal() or not 1 <= int(n) <= len(plan.steps):
        return
    at = int(n)
    step, lang = plan.steps[at - 1], HTML_LANG[language()]
    with st.container(key="tour"):
        where = inline(t("classroom.plans.step", title=plan.title, n=at, of=len(plan.steps), minutes=step.minutes))
        st.html(f'<p lang="{lang}"><b>{where}</b> {inline(step.do)}</p>')
        if step.ask:
            st.html(f'<p lang="{lang}"><b>{escape(t("classroom.plans.ask"))}</b> {inline(step.ask)}</p>')
        with st.container(horizontal=True, key="tour-ways", vertical_alignment="center"):
            if at > 1:
                link(plan, at - 1, t("classroom.plans.back"))
            if at < len(plan.steps):
                link(plan, at + 1, t("classroom.plans.on", page=navigation.short_name(plan.steps[at].page)))
            if step.wrong:
                with st.popover(t("classroom.plans.hint")):
                    for name, words in (("wrong", step.wrong), ("answer", step.answer)):
                        words_html = f"<b>{escape(t(f'classroom.plans.{name}'))}</b> {inline(words)}"
                        st.html(f'<p lang="{lang}">{words_html}</p>')
            st.button(t("classroom.plans.leave"), key="lesson-leave", type="tertiary", on_click=_left)


def _left() -> None:
    st.query_params.pop(PARAMETER, None)
