"""三种摆法: the pair kept, swapped, and with a random second sentence, read by both heads side by side."""

from __future__ import annotations

import time

import streamlit as st

from explorer.engine import get_engine
from explorer.figures import bars
from explorer.lab.types.pairs import HeadResult, JudgeInputs
from explorer.ui import chrome
from explorer.ui.i18n import t
from explorer.ui.numbers import percent
from explorer.ui.prose import verbatim
from explorer.views.pairs import common
from explorer.views.pairs.common import State


def draw(state: State) -> None:
    pairs = common.arrangements(state)
    body, side = st.columns([1, 0.44], gap="large")
    with body:
        fetched = get_engine().peek("pairs.judge", common.model_id(), JudgeInputs(pairs)) is not None
        started = time.perf_counter()
        found = common.judge(state)
        took = time.perf_counter() - started
        columns = st.columns(2)
        with columns[0]:
            _bars("next", found.next)
        with columns[1]:
            if found.order is None:
                chrome.notice("pairs.no_order")
            else:
                _bars("order", found.order)
        _random(state, pairs[2][1])
        chrome.computed(took, fetched=fetched, model=common.model())
    with side:
        chrome.steps([(t(f"pairs.judge.step{n}"), "") for n in (1, 2, 3)])
        chrome.honesty("pairs.judge.honesty")
    chrome.show_code(
        "pairs_judge", model=common.model(), first=pairs[0][0], second=pairs[0][1], other=pairs[2][1]
    )  # fmt: skip


def _bars(head: str, result: HeadResult) -> None:
    p = common.p_yes(result.scores)
    names = [t(f"pairs.arrangement.{name}") for name in common.ARRANGEMENTS]
    written = [percent(value) for value in p]
    chrome.subtitle(t(f"pairs.judge.{head}"))
    alt = "；".join(f"{name} {value}" for name, value in zip(names, written, strict=True))
    chrome.plot(bars.treatments(names, p, written), f"pairs-{head}", t(f"pairs.judge.{head}_caption"), alt)


def _random(state: State, other: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        chrome.quiet(t("pairs.judge.random", text=verbatim(other)))
        st.button(
            t("pairs.judge.another"), key="pairs-another",
            on_click=lambda: common.store().set(seed=(state.seed + 1) % 10_000),
        )  # fmt: skip
