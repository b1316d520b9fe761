"""损失地形: the loss on the straight way from each start to where its training ended; and which rate would do.

It knows a run's result; the search for a rate is `finding.py`.
"""

from __future__ import annotations

import streamlit as st

from explorer.figures import finetuning as figures
from explorer.lab.types.finetuning import LINE, STOPS, LineInputs
from explorer.numerics import width_below
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views.finetuning import asking, common, finding
from explorer.views.finetuning.bench import Bench

BATCH = 32  # sentences of which the loss is taken
ABOVE = 0.1  # nats over its lowest point: there the widths of two valleys are compared


def draw(bench: Bench) -> None:
    page_parts.section("finetuning.land")
    if bench.found is None:
        page_parts.quiet(t("finetuning.not_yet"))
    else:
        _line(bench)
    finding.draw(bench)


def _line(bench: Bench) -> None:
    asked = LineInputs(bench.inputs)
    found = widgets.peek(LINE, common.model().id, asked)
    if found is None:
        page_parts.quiet(t("finetuning.land.taught_again"))
        if st.button(t("finetuning.land.walk"), key="finetuning-walk", type="primary"):
            found = asking.answered(LINE, asked)
    if found is None:
        return
    names = [t(f"finetuning.start.{start}") for start in bench.inputs.starts]
    at0, at1 = STOPS.index(0.0), STOPS.index(1.0)
    page_parts.plot(
        figures.line(found.losses, STOPS, names, t("finetuning.land.x"), t("finetuning.y")),
        "finetuning-line",
        t("finetuning.land.caption", n=min(BATCH, len(bench.inputs.train))),
        "; ".join(f"{name}: {one[at0]:.2f} → {one[at1]:.2f}" for name, one in zip(names, found.losses, strict=True)),
    )
    rows = []
    for name, one in zip(names, found.losses, strict=True):
        width, ends = width_below(STOPS, one, float(one.min()) + ABOVE)
        wide = t("finetuning.land.wider", width=f"{width:.2f}") if ends else f"{width:.2f}"
        rows.append((name, f"{one[at0]:.2f}", f"{one[at1]:.2f}", f"{one.min():.2f}", wide))
    head = tuple(t(f"finetuning.land.{key}") for key in ("start", "before", "after", "lowest", "width"))
    page_parts.table(head, rows, numeric=(1, 2, 3, 4))
    page_parts.honesty("finetuning.land.honesty")
