"""第 1 章 输入 · Input: one text (or a pair) on the stage, and six ways to see what the model gets."""

import streamlit as st

from explorer.ui import page_parts
from explorer.views import page_footer
from explorer.views.input import common, long, lookup, merges, positions, stage, tokens, total

TOOLS = {
    "tokens": tokens, "merges": merges, "lookup": lookup, "sum": total, "positions": positions, "long": long,
}  # fmt: skip


@st.fragment
def bench() -> None:
    """The stage and the tool chosen for it; a click reruns this part only."""
    reading = stage.draw()
    page_footer.link_limit(common.store())
    if reading is not None:
        page_parts.guarded(lambda: TOOLS[common.store().get().tool].draw(reading, common.store().get()))


page_parts.question("input")
page_footer.link_problems(common.store())
bench()
page_footer.presets("input", common.PRESETS, common.choose_preset)
page_footer.row("input", common.store())
