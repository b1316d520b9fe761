"""What a prompt is made of, to be written: the task, its line, the examples, the question and its answer.

It knows the page's state; what comes of it is drawn by the stage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal, cast

import streamlit as st

from explorer.content import tasks
from explorer.ui import widgets
from explorer.ui.i18n import language, t
from explorer.views.in_context import common, moving
from explorer.views.in_context.common import State


def draw(state: State) -> None:
    _task(state)
    store = common.store()
    _line("line", t("in_context.line"), common.line_of(state), lambda new: store.set(line=new or " "))
    widgets.text_area(
        "in_context-rows", t("in_context.rows"), common.rows_text(state), lambda new: store.set(rows=new or " "), 112
    )
    moving.draw(state)
    ask, say = st.columns([1, 1])
    with ask:
        _line("text", t("in_context.query"), common.query_of(state), _asked)
    with say:
        _line(
            "answer", t("in_context.answer"), state.answer, lambda new: store.set(answer=new), common.answer_of(state)
        )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(t("in_context.next"), key="in_context-next", on_click=_next)
        _line("others", t("in_context.others"), state.others, lambda new: store.set(others=new))


def _task(state: State) -> None:
    names = {name: t(f"in_context.tasks.{name}") for name in tasks.TASKS}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _select("task", t("in_context.task"), names, state.task, _other, 130)
        if state.task == "translate":
            task, tongues = common.task_of(state), {lang: t(f"in_context.tongue.{lang}") for lang in tasks.TONGUES}
            _select("source", t("in_context.source"), tongues, task.lang, lambda lang: _turn("source", lang))
            _select("target", t("in_context.target"), tongues, task.to, lambda lang: _turn("target", lang))
        if state.task == "arithmetic":
            widgets.slider(
                "in_context-digits", t("in_context.digits"), 1, 6, state.digits,
                lambda n: common.store().change(lambda kept: replace(common.fresh(kept), digits=n)), width=130,
            )  # fmt: skip


def _select(
    name: str, label: str, names: Mapping[Any, str], value: str, choose: Callable[[Any], object], width: int = 105
) -> None:
    key, changed = widgets.bind(f"in_context-{name}-{language()}", value, choose)
    st.selectbox(label, tuple(names), key=key, format_func=names.__getitem__, on_change=changed, width=width)


def _other(task: tasks.TaskId) -> None:
    common.store().change(lambda kept: replace(common.fresh(kept), task=task))


def _turn(side: Literal["source", "target"], lang: common.Tongue) -> None:
    """Another language; where both would be the same, the other one takes the old one's place."""

    def turned(kept: State) -> State:
        task = common.task_of(kept)
        source, target = cast("common.Tongue", task.lang), cast("common.Tongue", task.to)
        if side == "source":
            source, target = lang, source if target == lang else target
        else:
            source, target = target if source == lang else source, lang
        return replace(common.fresh(kept), source=source, target=target)

    common.store().change(turned)


def _line(name: str, label: str, value: str, write: Callable[[str], object], placeholder: str = "") -> None:
    """A line of the prompt, with its name above it."""
    st.text_input(label, **widgets.box(f"in_context-{name}", value, write), placeholder=placeholder)


def _asked(text: str) -> None:
    """Another question: nobody knows its answer yet."""
    common.store().write(text=text or " ", answer="")


def _next() -> None:
    common.store().change(lambda kept: replace(kept, text="", answer="", item=(kept.item + 1) % 100))
