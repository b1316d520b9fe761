"""找学习率: a short training whose rate grows with every step: where the loss falls fastest, and where it blows up.

It knows the bench; one press asks.
"""

from __future__ import annotations

import streamlit as st

from explorer.figures import finetuning as figures
from explorer.lab.types.finetuning import FIND, FindInputs
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views.finetuning import asking, common
from explorer.views.finetuning.bench import Bench


def draw(bench: Bench) -> None:
    page_parts.subsection("finetuning.find")
    asked = FindInputs(bench.inputs)
    found = widgets.peek(FIND, common.model().id, asked)
    if found is None and st.button(t("finetuning.find.press", steps=asked.steps), key="finetuning-find"):
        found = asking.answered(FIND, asked)
    if found is None:
        return
    steepest = f"{found.rates[found.steepest]:.1e}"
    page_parts.plot(
        figures.rates(
            found.rates, found.losses, found.smooth, found.steepest, float(bench.state.rate),
            (t("finetuning.find.batch"), t("finetuning.find.smooth"), t("finetuning.find.steepest"),
             t("finetuning.find.chosen")),
            t("finetuning.find.x"), t("finetuning.y"),
        ),
        "finetuning-rates",
        t("finetuning.find.caption"),
        t("finetuning.find.alt", rate=steepest),
    )  # fmt: skip
    end = t("finetuning.find.blew_up", rate=f"{found.rates[-1]:.1e}") if found.blew_up else t("finetuning.find.whole")
    page_parts.quiet(t("finetuning.find.told", rate=steepest, end=end))
    page_parts.honesty("finetuning.find.honesty")
