"""坍缩: points on a ring, two views of each, a small encoder to the circle; what keeps all from becoming one point.

It knows the switches and a training's result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from explorer.figures import collapse as figures
from explorer.lab.types.collapse import (
    COLLAPSE,
    COLLAPSED,
    POINTS,
    SPREAD,
    CollapseResult,
    CollapseStep,
    spread,
)
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.numbers import signed
from explorer.views._shared.page import Snippet
from explorer.views.beyond import common, running
from explorer.views.beyond.common import LOOKS, SWITCHES, State

STRETCHES = 4
SIMSIAM = "Chen & He 2021, SimSiam (arXiv 2011.10566)"


def draw(state: State) -> Snippet | None:
    page_parts.section("beyond.collapse")
    with st.container(horizontal=True):
        for name in SWITCHES:
            widgets.toggle(
                f"beyond-{name}", t(f"beyond.collapse.{name}"), getattr(state, name), common.setter(name),
                t(f"beyond.collapse.{name}_help"),
            )  # fmt: skip
    if state.average and not state.stop_gradient:
        page_parts.quiet(t("beyond.collapse.average_has_none"))
    inputs = common.collapse(state)
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        found = running.result("collapse", COLLAPSE, None, inputs, CollapseResult, (CollapseStep,), _told, _growing)
        if found is not None:
            _result(found, state)
        st.button(t("beyond.collapse.again"), key="beyond-again", on_click=_again, help=t("beyond.collapse.again_help"))
        page_parts.figures([
            ("67.7 %", t("beyond.collapse.with"), t("beyond.collapse.published", source=SIMSIAM)),
            ("0.1 %", t("beyond.collapse.without"), t("beyond.collapse.published", source=SIMSIAM)),
        ])  # fmt: skip
    with right:
        page_parts.steps([(t(f"beyond.collapse.step{n}"), "") for n in (1, 2, 3, 4)])
        page_parts.honesty("beyond.collapse.honesty")
    if state.average or state.negatives:  # the code is SimSiam's
        return None
    return Snippet(
        "beyond_collapse", common.model(), seed=state.seed, steps=inputs.steps, stop_gradient=state.stop_gradient,
        predictor=state.predictor,
    )  # fmt: skip


def _again() -> None:
    common.store().change(lambda kept: replace(kept, seed=(kept.seed + 1) % 100, look=LOOKS))


def _told(steps: Sequence[CollapseStep]) -> tuple[float, str]:
    last = steps[-1]
    told = t("common.progress", done=last.step, total=last.total)
    return last.step / last.total, f"{told} · {t('beyond.collapse.now', sd=f'{spread(last.points):.2f}')}"


def _growing(steps: Sequence[CollapseStep], key: str) -> None:
    last = steps[-1]
    left, right = st.columns(2, gap="medium")
    with left:
        st.plotly_chart(
            figures.circle(last.points, _names()), key=f"beyond-circle-{key}", config={"displayModeBar": False}
        )
    with right:
        at, sds = [one.step for one in steps], [spread(one.points) for one in steps]
        st.plotly_chart(
            _spreads(at, sds, last.total), key=f"beyond-spread-{key}", config={"displayModeBar": False}
        )  # fmt: skip


def _names() -> list[str]:
    return [t("beyond.collapse.stretch", n=n + 1) for n in range(STRETCHES)]


def _spreads(at: Sequence[int], sds: Sequence[float], total: int) -> Any:
    return figures.spreads(
        at, sds, SPREAD, "1/√2", total, t("beyond.collapse.steps"), t("beyond.collapse.sd")
    )  # fmt: skip


def _result(found: CollapseResult, state: State) -> None:
    sds = [spread(points) for points in found.points]
    look = min(state.look, len(sds) - 1)
    widgets.slider(
        "beyond-look", t("beyond.collapse.look"), 0, len(sds) - 1, look, lambda n: common.store().set(look=n),
        width="stretch",
    )  # fmt: skip
    left, right = st.columns(2, gap="medium")
    with left:
        page_parts.plot(
            figures.circle(found.points[look], _names()), "beyond-circle",
            t("beyond.collapse.circle", step=int(found.at[look]), n=POINTS),
            t("beyond.collapse.circle_alt", sd=f"{sds[look]:.2f}"),
        )  # fmt: skip
    with right:
        page_parts.plot(
            _spreads(found.at.tolist(), sds, int(found.at[-1])), "beyond-spread", t("beyond.collapse.sd_caption"),
            t("beyond.collapse.sd_alt", first=f"{sds[0]:.2f}", last=f"{sds[-1]:.2f}"),
        )  # fmt: skip
    fallen = sds[-1] < COLLAPSED
    aim = t("beyond.collapse.loss_entropy" if state.negatives else "beyond.collapse.loss_cosine")
    page_parts.figures([
        (f"{sds[-1]:.3f}", t("beyond.collapse.sd_end"), t("beyond.collapse.sd_note", most=f"{SPREAD:.3f}")),
        (signed(float(found.losses[-1]), 3), t("beyond.collapse.loss"), aim),
        (f"{found.seconds:.1f} s", t("beyond.collapse.took"), t("beyond.collapse.seed", seed=state.seed)),
    ])  # fmt: skip
    page_parts.notice("beyond.collapse.fallen" if fallen else "beyond.collapse.kept", "warn" if fallen else "good")
