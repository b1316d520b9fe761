"""三种摆法: the pair kept, swapped, and with a random second sentence, read by both heads side by side."""

from __future__ import annotations

import streamlit as st

from explorer.components.compare import Answers, answers
from explorer.lab.types.pairs import JudgeResult
from explorer.ui import page_parts
from explorer.ui.i18n import clauses, listed, t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent
from explorer.views.pairs import common
from explorer.views.pairs.common import State


def draw(state: State) -> None:
    pairs = common.arrangements(state)
    body, side = st.columns([1, 0.44], gap="large")
    with body:
        answer = common.judge(pairs)
        found = answer.result
        _bars(found)
        if found.order is None:
            page_parts.notice("pairs.no_order")
        _random(state, pairs[2][1])
        page_parts.computed(answer.seconds, fetched=answer.fetched, model=common.model())
    with side:
        page_parts.steps([(t(f"pairs.judge.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("pairs.judge.honesty")
    page_parts.show_code(
        "pairs_judge", model=common.model(), first=pairs[0][0], second=pairs[0][1], other=pairs[2][1]
    )  # fmt: skip


def _bars(found: JudgeResult) -> None:
    names = [t(f"pairs.arrangement.{name}") for name in common.ARRANGEMENTS]
    columns = [
        Answers(
            t(f"pairs.judge.{head}"),
            [(name, float(p)) for name, p in zip(names, common.p_yes(result.scores), strict=True)],
            t(f"pairs.judge.{head}_caption"),
        )
        for head, result in (("next", found.next), ("order", found.order))
        if result is not None
    ]
    alt = clauses(f"{one.title} " + listed(f"{name} {percent(p)}" for name, p in one.rows) for one in columns)
    answers(
        columns, key="pairs-heads", title=t("pairs.judge.figure"), caption=t("pairs.judge.caption"), alt=alt,
    )  # fmt: skip


def _random(state: State, other: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        page_parts.quiet(t("pairs.judge.random", text=verbatim(other)))
        st.button(
            t("pairs.judge.another"), key="pairs-another",
            on_click=common.another_seed,
        )  # fmt: skip
