"""The same examples by gradient: a copy of the model is taught them, one a step, and asked without any."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.errors import Cancelled
from explorer.figures import layers
from explorer.lab.types.gradient import GRADIENT, GradientInputs, GradientResult, GradientStep
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.numbers import percent, thousands
from explorer.views._shared.growing import growing
from explorer.views.in_context.common import Scene

ASKED = "in_context-gradient-asked"
SHOWN = 32  # characters of a checksum


def draw(scene: Scene, answer: str) -> GradientResult | None:
    """What is known, or a button that trains; the result for whoever compares it."""
    page_parts.subsection("in_context.gradient", k=len(scene.prompt.rows))
    if not scene.prompt.rows:
        page_parts.notice("errors.no_examples")
        return None
    inputs = GradientInputs(scene.prompt, answer)
    found = widgets.peek(GRADIENT, scene.model.id, inputs)
    if found is None and st.session_state.get(ASKED) == inputs:
        try:
            found = _train(scene, inputs)
        except Cancelled:
            widgets.draw_again()
        finally:
            st.session_state.pop(ASKED, None)
    elif found is None:
        st.button(
            t("in_context.gradient.run"), key="in_context-gradient", type="primary",
            on_click=lambda: st.session_state.__setitem__(ASKED, inputs),
        )  # fmt: skip
    if found is not None:
        _show(found, inputs, scene)
    return found


def _train(scene: Scene, inputs: GradientInputs) -> GradientResult | None:
    """Teach the copy, with progress and a stop button. Raises Cancelled when it was stopped."""
    found: GradientResult | None = None
    stream = widgets.stream(GRADIENT, scene.model.id, inputs)
    with growing(stream) as run:
        run.tell(0.0, t("in_context.gradient.copying"))
        for step in run.values:
            if isinstance(step, GradientResult):
                found = step
            elif isinstance(step, GradientStep):
                told = t("common.progress", done=step.done, total=step.total)
                run.tell(step.done / step.total, f"{told} · {t('in_context.gradient.now', loss=f'{step.loss:.2f}')}")
    return found


def _show(found: GradientResult, inputs: GradientInputs, scene: Scene) -> None:
    p = np.exp(found.log_p.astype(np.float64))
    page_parts.table(
        (t("in_context.still.when"), "SHA-256"),
        [
            (t("in_context.gradient.before"), f"`{found.before[:SHOWN]}…`"),
            (t("in_context.gradient.after"), f"`{found.after[:SHOWN]}…`"),
            (t("in_context.gradient.shared"), f"`{found.shared[:SHOWN]}…`"),
        ],
    )
    page_parts.notice(
        "in_context.gradient.changed" if found.before != found.after else "in_context.gradient.unchanged", "good",
        steps=len(found.losses), answer=inputs.answer, first=percent(float(p[0])), last=percent(float(p[-1])),
        tuned=thousands(found.n_tuned), n=thousands(found.n_weights), layers=inputs.layers,
        seconds=f"{found.seconds:.0f}",
    )  # fmt: skip
    fig = layers.curves({inputs.answer: p}, t("in_context.gradient.x"), t("in_context.curve.y"))
    fig.update_yaxes(tickformat=".0%", rangemode="tozero")
    page_parts.plot(
        fig, "in_context-gradient-p", t("in_context.gradient.caption", k=len(scene.prompt.rows)),
        t("in_context.gradient.alt", first=percent(float(p[0])), last=percent(float(p[-1]))),
    )  # fmt: skip
