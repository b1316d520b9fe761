"""Two losses at once: L3 = L2 + λ · L1, trained for several λ; the task's accuracy and the language model's loss.

It knows the dial and the trainings' results, and that they set out from the policy of RLHF's first step.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer.engine import catalog
from explorer.figures import stacks
from explorer.lab.types.norms import LAMBDAS, LOSSES, LossesInputs, LossesResult, LossesStep
from explorer.lab.types.rlhf import SFT, SftInputs
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.numbers import percent
from explorer.views._shared.page import Snippet
from explorer.views.family import common
from explorer.views.family import running as live
from explorer.views.family.common import State


def inputs(weight: str) -> LossesInputs:
    """What is trained with this λ."""
    return LossesInputs(SFT.ref(SftInputs()), float(weight))


def draw(state: State) -> Snippet:
    page_parts.section("family.losses")
    page_parts.quiet(t("family.losses.dial"))
    widgets.choice(
        "family-weight", t("family.losses.dial"), [f"{one:g}" for one in LAMBDAS], state.weight, str,
        common.setter("weight"),
    )  # fmt: skip
    found = live.result(
        "losses", LOSSES, inputs(state.weight), t("family.losses.training"), t("family.losses.start"), _steps
    )
    if found is not None:
        _result(found)
    _table()
    page_parts.steps([(t(f"family.losses.step{n}"), "") for n in (1, 2, 3)])
    page_parts.honesty("family.losses.honesty")
    sentences = [common.example(name, "") for name in ("fits", "misfits")]
    return Snippet("family_losses", catalog.default("causal"), sentences=sentences, weight=float(state.weight))


def _names() -> tuple[tuple[str, str], tuple[str, str]]:
    return (t("family.losses.task"), t("family.losses.language")), (t("family.sft.x"), t("family.losses.y"))


def _steps(steps: Sequence[LossesStep]) -> None:
    fig = stacks.two_losses([one.task for one in steps], [one.language for one in steps], *_names(), steps[-1].total)
    st.plotly_chart(fig, key=f"family-losses-{len(steps)}", config={"displayModeBar": False})


def _result(found: LossesResult) -> None:
    page_parts.plot(
        stacks.two_losses(found.task.tolist(), found.language.tolist(), *_names(), len(found.task)),
        "family-losses", t("family.losses.caption"),
        f"L2 {found.task[0]:.2f} → {found.task[-1]:.2f}; L1 {found.language[0]:.2f} → {found.language[-1]:.2f}",
    )  # fmt: skip


def _table() -> None:
    """A row for every λ that has been trained."""
    rows = []
    for weight in (f"{one:g}" for one in LAMBDAS):
        found = widgets.peek(LOSSES, None, inputs(weight))
        if found is not None:
            rows.append((weight, percent(found.accuracy), percent(found.majority), f"{found.before:.2f}",
                         f"{found.after:.2f}"))  # fmt: skip
    if rows:
        head = ("λ", *(t(f"family.losses.{name}") for name in ("accuracy", "majority", "before", "after")))
        page_parts.table(head, rows, numeric=range(5), answer=4)
