"""三种摆法: the pair kept, swapped, and with a random second sentence, read by both heads side by side."""

from __future__ import annotations

import streamlit as st

from explorer.components.compare import Answers, Said, answers
from explorer.engine import uses
from explorer.lab.types.pairs import HeadResult, JudgeResult, Pair
from explorer.ui import page_parts
from explorer.ui.i18n import clauses, listed, t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent
from explorer.views._shared.page import Snippet
from explorer.views.pairs import common, guess
from explorer.views.pairs.common import Head, State


def draw(state: State, model: uses.ModelInfo) -> Snippet:
    pairs = common.arrangements(state, model.id)
    body, side = st.columns([1, 0.44], gap="large")
    with body:
        guess.choose(state)
        if state.hide and not guess.all_said(state):
            guess.ask(state, pairs)
        else:
            _answers(state, pairs, model)
        _random(state, pairs[2][1])
    with side:
        page_parts.steps([(t(f"pairs.judge.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("pairs.judge.honesty")
    return Snippet("pairs_judge", model, first=pairs[0][0], second=pairs[0][1], other=pairs[2][1])


def _answers(state: State, pairs: tuple[Pair, ...], model: uses.ModelInfo) -> None:
    answer = common.judge(pairs, model.id)
    found = answer.result
    _bars(found, pairs)
    if found.order is None:
        page_parts.notice("pairs.no_order")
    if state.hide:
        guess.compare(state, pairs, found)
    page_parts.computed(answer.seconds, fetched=answer.fetched, model=model)


def _bars(found: JudgeResult, pairs: tuple[Pair, ...]) -> None:
    columns = [
        Answers(t(f"pairs.judge.{head}"), _rows(head, result, pairs), t(f"pairs.judge.{head}_caption"))
        for head, result in common.heads(found)
    ]
    alt = clauses(f"{one.title} " + listed(map(_in_words, one.rows)) for one in columns)
    answers(
        columns, key="pairs-heads", title=t("pairs.judge.figure"), caption=t("pairs.judge.caption"), alt=alt,
    )  # fmt: skip


def _rows(head: Head, result: HeadResult, pairs: tuple[Pair, ...]) -> list[Said]:
    """P(yes) of each arrangement and whether that is right; no bar where the question has no right answer."""
    rows, says, truths = [], common.p_yes(result.scores), common.truth(head, pairs)
    for n, name in enumerate(common.ARRANGEMENTS):
        p, truth = says[n], truths[n]
        label = t(f"pairs.arrangement.{name}")
        if truth is None:
            rows.append(Said(label, None, None, t("pairs.judge.no_answer")))
        else:
            right = (p > 0.5) == truth
            rows.append(Said(label, p, right, t("pairs.judge.right" if right else "pairs.judge.wrong")))
    return rows


def _in_words(row: Said) -> str:
    return " ".join([row.name, *([] if row.p is None else [percent(row.p)]), row.note])


def _random(state: State, other: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        page_parts.quiet(t("pairs.judge.random", text=verbatim(other)))
        st.button(
            t("pairs.judge.another"), key="pairs-another",
            on_click=common.another_seed,
        )  # fmt: skip
