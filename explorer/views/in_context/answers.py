"""例子越多: every candidate's probability after the prompt, and how it goes as k grows from none to all examples."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from explorer.components.compare import Answers, Said, answers
from explorer.engine import get_engine
from explorer.errors import Cancelled
from explorer.figures import layers
from explorer.lab.types.in_context import ANSWERS, CURVE, AnswersInputs, AnswersResult, CurveResult, CurveStep
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import listed, t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent
from explorer.views._shared.page import Snippet
from explorer.views.in_context import common, scores
from explorer.views.in_context.common import Scene, State
from explorer.views.vocabulary import spaced

MOST_LINES = 7  # of a figure in which each has its own dash


def draw(scene: Scene, state: State) -> Snippet:
    answer = widgets.run(ANSWERS, scene.model.id, AnswersInputs(scene.prompt, scene.answers))
    found = answer.result
    body, side = st.columns([1, 0.44], gap="large")
    with body:
        _bars(found, scene, state)
        if found.dropped:
            page_parts.notice("in_context.dropped", "warn", n=found.dropped)
        _switches(state)
        page_parts.computed(answer.seconds, fetched=answer.fetched, model=scene.model)
        curve_of(scene, state)
        _tokens(found, scene, state)
    with side:
        page_parts.steps([(t(f"in_context.answers.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("in_context.answers.honesty")
    return Snippet("in_context_answers", scene.model, prompt=scene.prompt.text(), answers=list(scene.answers))


def note(answer: str, scene: Scene) -> str:
    """What is said beside a candidate: that it is right, or what the changed examples teach."""
    if answer == scene.gold:
        return t("in_context.right")
    return t("in_context.taught") if answer == scene.taught and scene.taught else ""


def _bars(found: AnswersResult, scene: Scene, state: State) -> None:
    p = scores.compared(*_arrays(found), state)
    rows = [
        Said(one, float(p[n]), True if one == scene.gold else None, note(one, scene))
        for n, one in enumerate(scene.answers)
    ]
    alt = listed(f"{row.name} {percent(row.p or 0.0)}" for row in rows)
    caption = t("in_context.answers.caption_fair" if state.fair else "in_context.answers.caption_plain")
    answers(
        [Answers(t("in_context.answers.bars", k=len(scene.prompt.rows)), rows)],
        key="in_context-bars", alt=alt, caption=caption,
        title=t("in_context.answers.figure"),
    )  # fmt: skip


def _switches(state: State) -> None:
    store = common.store()
    with st.container(horizontal=True):
        widgets.toggle(
            "in_context-fair", t("in_context.fair"), state.fair, lambda on: store.set(fair=on),
            t("in_context.fair_help"),
        )  # fmt: skip
        widgets.toggle(
            "in_context-per", t("in_context.per"), state.per, lambda on: store.set(per=on), t("in_context.per_help")
        )  # fmt: skip


def _arrays(found: AnswersResult) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    sums = [np.array([part.sum(dtype=np.float64) for part in parts], np.float32) for parts in (found.log_p, found.free)]
    return sums[0], sums[1], np.array([len(ids) for ids in found.ids], dtype=np.float32)


def curve_of(scene: Scene, state: State) -> None:
    """The curve where it is known; else its place, filled when the rest of the page stands."""
    page_parts.subsection("in_context.curve", n=len(scene.whole.rows))
    inputs = AnswersInputs(scene.whole, scene.answers)
    place, below = st.empty(), st.empty()
    found = widgets.peek(CURVE, scene.model.id, inputs)
    if found is not None:
        _curve(found, scene, state, place, below)
    elif scene.whole.rows:
        scene.later.append(lambda: _stream(scene, state, inputs, place, below))


def _stream(scene: Scene, state: State, inputs: AnswersInputs, place: DeltaGenerator, below: DeltaGenerator) -> None:
    """The curve grows from left to right; a click anywhere ends it."""
    stream = widgets.stream(CURVE, scene.model.id, inputs)
    with widgets.stoppable(stream, place, below) as (_, steps):
        for step in steps:
            if widgets.superseded():
                raise Cancelled("cancelled")
            if isinstance(step, CurveStep):
                below.progress(step.done / step.total, text=t("common.progress", done=step.done, total=step.total))
                p = np.exp(step.log_p.astype(np.float64))
                place.plotly_chart(
                    layers.curves(lines(p, scene), t("in_context.curve.x"), t("in_context.curve.y")),
                    key=f"in_context-curve-{step.done}", config={"displayModeBar": False},
                )  # fmt: skip
            elif isinstance(step, CurveResult):
                found = step
    _curve(found, scene, state, place, below)


def lines(p: NDArray[np.float64], scene: Scene) -> Mapping[str, NDArray[np.float64]]:
    """A line for each candidate, p[k, answers]; the right one first."""
    return {answer: p[:, n] for n, answer in enumerate(scene.answers[:MOST_LINES])}


def _curve(found: CurveResult, scene: Scene, state: State, place: DeltaGenerator, below: DeltaGenerator) -> None:
    p = scores.compared(found.log_p, found.free, found.lengths, state)
    right = scene.answers.index(scene.gold) if scene.gold in scene.answers else 0
    told = {"answer": scene.answers[right], "first": percent(float(p[0, right])), "last": percent(float(p[-1, right]))}
    fig = layers.curves(lines(p, scene), t("in_context.curve.x"), t("in_context.curve.y"), len(scene.prompt.rows))
    fig.update_yaxes(tickformat=".0%", rangemode="tozero")
    with place.container():
        page_parts.plot(
            fig, "in_context-curve", t("in_context.curve.caption"),
            t("in_context.curve.alt", **{name: verbatim(word) for name, word in told.items()}),
        )  # fmt: skip
    with below.container():
        page_parts.quiet(
            t("in_context.curve.saved", read=found.read, alone=found.alone, ratio=f"{found.alone / found.read:.1f}")
        )


def _tokens(found: AnswersResult, scene: Scene, state: State) -> None:
    """Every candidate token by token, and what it is divided by."""
    words = get_engine().vocabulary(scene.model.id)
    p = scores.compared(*_arrays(found), state)
    rows = []
    for n, answer in enumerate(scene.answers):
        pieces = " · ".join(
            f"{verbatim(spaced(words[token]))} {percent(float(np.exp(nats)))}"
            for token, nats in zip(found.ids[n], found.log_p[n], strict=True)
        )
        whole, free = (float(np.exp(part[n].sum(dtype=np.float64))) for part in (found.log_p, found.free))
        rows.append((verbatim(answer), pieces, percent(whole), percent(free), percent(float(p[n]))))
    with st.expander(t("in_context.tokens.title"), expanded=state.fair):
        page_parts.quiet(t("in_context.tokens.sub"))
        head = tuple(t(f"in_context.tokens.{name}") for name in ("answer", "pieces", "p", "free", "shown"))
        page_parts.table(head, rows, (2, 3, 4))
