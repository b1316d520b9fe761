"""The stage of 微调: what is taught and how, the curves of a training (beforehand, running, done), tools.

It knows the page's state; how a training is watched is `training.py`, what came of it is each tool's own.
"""

from __future__ import annotations

import streamlit as st

from explorer.content.lessons import SHAPES
from explorer.errors import Told
from explorer.lab.types.finetuning import TUNE, checked
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, t
from explorer.views._shared.page import choose_tool
from explorer.views.finetuning import common, own, training
from explorer.views.finetuning.bench import Bench
from explorer.views.finetuning.common import State

LAYERS = 12  # of the body that this page tunes


def draw() -> tuple[Bench] | None:
    """Draw the stage; the bench for the tool, or None when there is nothing to teach (said on the page)."""
    state = common.store().get()
    bench = None
    with st.container(key="stage-finetuning"):
        _what(state)
        if common.is_own(state):
            own.draw(state)
        try:
            state, inputs, labels = common.now()
            if common.is_own(state):
                own.remarks(state, inputs)
            checked(inputs)
            found = widgets.peek(TUNE, common.model().id, inputs)
            bench = Bench(state, inputs, labels, found, st.empty(), st.container())
        except Told as problem:
            _say(problem, state)
        if bench is not None:
            training.draw(bench)
    if bench is not None:
        page_parts.quiet(t("finetuning.sizes", train=len(bench.inputs.train), test=len(bench.inputs.held_out)))
        training.below(bench)
    with st.expander(t("finetuning.more"), key="finetuning-dials"):
        _dials(state)
    choose_tool("finetuning", common.store(), state.tool)
    return None if bench is None else (bench,)


def _what(state: State) -> None:
    put = common.store().set
    widgets.choice(
        "finetuning-task", t("finetuning.task"), common.TASKS, state.task,
        lambda name: t(f"finetuning.tasks.{name}"), lambda name: put(task=name, layers=common.opened(name).layers),
    )  # fmt: skip
    page_parts.quiet(t(f"finetuning.task_line.{state.task}"))
    with st.container(horizontal=True):
        if state.task == "sentiment":
            widgets.choice(
                "finetuning-sentences", t("finetuning.sentences"), common.SENTENCES, state.sentences,
                lambda name: t(f"finetuning.set.{name}"), lambda name: put(sentences=name),
            )  # fmt: skip
        if state.task == "entities" and language() == "zh":
            widgets.choice(
                "finetuning-by", t("finetuning.by"), common.BYS, state.by,
                lambda name: t(f"finetuning.bys.{name}"), lambda name: put(by=name),
            )  # fmt: skip
        widgets.choice(
            "finetuning-amount", t("finetuning.amount"), common.AMOUNTS, state.amount,
            lambda name: t("finetuning.all") if name == "all" else t("finetuning.some", n=name),
            lambda name: put(amount=name),
        )  # fmt: skip


def _say(problem: Told, state: State) -> None:
    """What can't be taught, with the label's own name."""
    if problem.key == "label_once" and common.is_own(state):
        name = common.own(state).labels[int(str(problem.values["label"])) - 1]
        page_parts.notice("finetuning.own.label_once", "warn", label=name)
    elif problem.key == "text_empty":
        page_parts.notice("finetuning.own.nothing")
    else:
        page_parts.error(problem)


def _dials(state: State) -> None:
    put = common.store().set
    page_parts.quiet(t("finetuning.rate"))
    widgets.choice(
        "finetuning-rate", t("finetuning.rate"), common.RATES, state.rate,
        _rate, lambda name: put(rate=name),
    )  # fmt: skip
    with st.container(horizontal=True):
        widgets.slider("finetuning-layers", t("finetuning.layers"), 0, LAYERS, state.layers, lambda n: put(layers=n))
        widgets.slider("finetuning-below", t("finetuning.below"), 0, LAYERS, state.below, lambda n: put(below=n))
        widgets.slider("finetuning-epochs", t("finetuning.epochs"), 1, 10, state.epochs, lambda n: put(epochs=n))
        widgets.slider("finetuning-seed", t("finetuning.seed"), 0, 99, state.seed, lambda n: put(seed=n))
    if SHAPES[state.task] != "tokens":
        page_parts.quiet(t("finetuning.pooling"))
        widgets.choice(
            "finetuning-pooling", t("finetuning.pooling"), common.POOLINGS, state.pooling,
            lambda name: t(f"finetuning.pool.{name}"), lambda name: put(pooling=name),
        )  # fmt: skip
    widgets.toggle(
        "finetuning-third", t("finetuning.third"), state.third, lambda on: put(third=on), t("finetuning.third_help")
    )


def _rate(rate: str) -> str:
    """A learning rate, with a word where it is too small, right, or too large."""
    word = common.RATE_NAMES.get(rate)
    return rate if word is None else f"{rate} · {t(f'finetuning.rates.{word}')}"
