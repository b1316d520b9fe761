"""RLHF: three steps, each run here: supervised examples, a reward model from comparisons, reinforcement learning.

It knows the order of the steps and draws the first; the others lie in files of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from explorer.engine import catalog
from explorer.figures import layers
from explorer.lab.types import toy_language as toy
from explorer.lab.types.rlhf import SFT, SftInputs, SftResult, SftStep
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent
from explorer.views._shared.page import Snippet
from explorer.views.family import common, comparing, judged, tuning, voted
from explorer.views.family import running as live
from explorer.views.family.common import State

SAMPLES = 4


def draw(state: State) -> Snippet:
    page_parts.section("family.rlhf")
    run = common.run_for(state, state.panel)
    beforehand = run is not None and widgets.peek(SFT, None, run.sft) is not None
    page_parts.quiet(t("family.rlhf.about", words=toy.SIZE))
    widgets.choice(
        "family-panel", t("family.rlhf.panels"), common.PANELS, state.panel, lambda name: t(f"family.panel.{name}"),
        lambda name: common.store().set(panel=name),
    )  # fmt: skip
    page_parts.quiet(t(f"family.panel_note.{state.panel}"))
    if beforehand and state == State():
        page_parts.quiet(t("family.rlhf.beforehand"))
    sft = _supervised()
    reward = comparing.draw(state, sft is not None)
    if sft is not None and reward is not None and run is not None:
        tuning.draw(state, run)
        judged.draw(state)
    voted.draw(state)
    page_parts.honesty("family.rlhf.honesty")
    return Snippet(
        "family_rlhf", catalog.default("causal"), beta=float(state.beta), method=state.method, noise=round(toy.NOISE, 3)
    )


def _supervised() -> SftResult | None:
    """Step 1: the result, or a button that trains it."""
    page_parts.subtitle(t("family.sft.title"))
    found = live.result("sft", SFT, SftInputs(), t("family.sft.training"), t("family.sft.start"), _losses)
    if found is None:
        page_parts.quiet(t("family.sft.first"))
        return None
    left, right = st.columns([1, 0.8], gap="large")
    with left:
        page_parts.plot(
            layers.losses(found.losses.tolist(), float(np.log(toy.SIZE)), t("family.sft.guess"), t("family.sft.x"),
                          t("family.sft.y")),
            "family-sft", t("family.sft.caption", line=f"{np.log(toy.SIZE):.2f}", words=toy.SIZE),
            t("family.sft.alt", first=f"{found.losses[0]:.2f}", last=f"{found.losses[-20:].mean():.2f}"),
        )  # fmt: skip
    with right:
        rows = [row for row in found.samples.tolist() if toy.WORDS[row[0]].lang == common.lang()]
        wrong = [toy.faults(row[0], row[1:]) > 0 for row in found.samples.tolist()]
        page_parts.table(
            (t("family.question"), t("family.sft.writes")),
            [(verbatim(toy.WORDS[row[0]].text), verbatim(toy.written(row[1:]))) for row in rows[:SAMPLES]],
        )
        page_parts.quiet(t("family.sft.faults", share=percent(float(np.mean(wrong))), n=len(wrong)))
    return found


def _losses(steps: Sequence[SftStep]) -> None:
    fig = layers.losses(
        [step.loss for step in steps], float(np.log(toy.SIZE)), t("family.sft.guess"), t("family.sft.x"),
        t("family.sft.y"),
    )  # fmt: skip
    st.plotly_chart(fig, key=f"family-sft-{len(steps)}", config={"displayModeBar": False})
    written = next((step.sample for step in reversed(steps) if step.sample), None)
    if written:
        page_parts.quiet(f"{verbatim(toy.WORDS[written[0]].text)} {verbatim(toy.written(written[1:]))}")
