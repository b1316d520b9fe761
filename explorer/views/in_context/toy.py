"""看它长出来: a toy of attention alone, trained while one looks on, that grows an induction head; one layer can't."""

from __future__ import annotations

from typing import cast, get_args

import streamlit as st

from explorer.errors import Cancelled
from explorer.figures import layers, stripes
from explorer.lab.types.induction import TOY, ToyInputs, ToyResult, ToyStep
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.numbers import thousands
from explorer.views._shared.growing import growing
from explorer.views.in_context import common
from explorer.views.in_context.common import Depth, Scene, State

ASKED = "in_context-toy-asked"


def draw(_: Scene, state: State) -> None:
    page_parts.section("in_context.toy")
    body, side = st.columns([1, 0.44], gap="large")
    inputs = ToyInputs(int(state.depth), seed=state.seed)
    with body:
        with st.container(horizontal=True, vertical_alignment="center"):
            widgets.choice(
                "in_context-depth", t("in_context.toy.depth"), get_args(Depth), state.depth,
                lambda n: t("in_context.toy.layers", n=int(n)), lambda n: common.store().set(depth=cast(Depth, n)),
            )  # fmt: skip
            st.button(t("in_context.toy.again"), key="in_context-toy-again", on_click=_again)
        found = widgets.peek(TOY, None, inputs)
        if found is None and st.session_state.get(ASKED) == inputs:
            try:
                found = _train(inputs)
            except Cancelled:
                widgets.draw_again()
            finally:
                st.session_state.pop(ASKED, None)
        elif found is None:
            st.button(
                t("in_context.toy.train"), key="in_context-toy", type="primary",
                on_click=lambda: st.session_state.__setitem__(ASKED, inputs),
            )  # fmt: skip
        if found is not None:
            _show(found, inputs)
    with side:
        page_parts.steps([(t(f"in_context.toy.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("in_context.toy.honesty")


def _again() -> None:
    from dataclasses import replace

    common.store().change(lambda kept: replace(kept, seed=(kept.seed + 1) % 1000))


def _curves(steps: list[ToyStep]) -> dict[str, list[float]]:
    return {
        t("in_context.toy.first"): [one.first for one in steps],
        t("in_context.toy.second"): [one.second for one in steps],
    }


def _train(inputs: ToyInputs) -> ToyResult | None:
    """Train with live curves and a stop button. Raises Cancelled when it was stopped."""
    seen: list[ToyStep] = []
    found: ToyResult | None = None
    stream = widgets.stream(TOY, None, inputs)
    with growing(stream) as run:
        for step in run.values:
            if isinstance(step, ToyResult):
                found = step
            if not isinstance(step, ToyStep):
                continue
            seen.append(step)
            told = t("common.progress", done=step.done, total=step.total)
            run.tell(step.done / step.total, f"{told} · {t('in_context.toy.now', score=f'{step.score:.2f}')}")
            fig = layers.trained(
                [one.done for one in seen], _curves(seen), t("in_context.toy.x"), t("in_context.toy.y")
            )
            run.shown.plotly_chart(fig, key=f"in_context-toy-{step.done}", config={"displayModeBar": False})
    return found


def _show(found: ToyResult, inputs: ToyInputs) -> None:
    steps = [
        ToyStep(int(done), inputs.steps, float(first), float(second), float(score))
        for done, first, second, score in zip(found.steps, found.first, found.second, found.score, strict=True)
    ]
    score, guess = float(found.score[-1]), t("in_context.toy.guess", nats=f"{found.guess:.2f}")
    size = t("in_context.toy.size", n=thousands(found.n_weights))
    page_parts.figures(
        [
            (f"{score:.2f}", t("in_context.toy.score"), t("in_context.toy.score_note")),
            (f"{found.second[-1]:.2f}", t("in_context.toy.second"), guess),
            (f"{found.seconds:.0f} s", t("in_context.toy.took"), size),
        ]
    )  # fmt: skip
    x = [one.done for one in steps]
    page_parts.plot(
        layers.trained(x, _curves(steps), t("in_context.toy.x"), t("in_context.toy.y")), "in_context-toy-loss",
        t("in_context.toy.loss_caption"), t("in_context.toy.loss_alt", last=f"{found.second[-1]:.2f}"),
    )  # fmt: skip
    left, right = st.columns([1, 1], gap="medium")
    with left:
        grown = {t("in_context.toy.score"): [one.score for one in steps]}
        page_parts.plot(
            layers.trained(x, grown, t("in_context.toy.x"), t("in_context.toy.score")), "in_context-toy-score",
            t("in_context.toy.score_caption"), t("in_context.toy.score_alt", score=f"{score:.2f}"),
        )  # fmt: skip
    with right:
        page_parts.plot(
            stripes.square(found.pattern, t("in_context.heads.looked"), t("in_context.heads.looks")),
            "in_context-toy-stripe",
            t("in_context.toy.stripe", layer=found.place[0] + 1, head=found.place[1] + 1),
            t("in_context.toy.stripe_alt", score=f"{score:.2f}"),
        )
