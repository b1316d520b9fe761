"""第 3 章 句对 · Sentence pairs: one pair on the stage, read by two heads."""

import streamlit as st

from explorer.ui import page_parts
from explorer.views import page_footer
from explorer.views.pairs import common, judge, lesson, measure, road, stage, why

TOOLS = {"judge": judge, "road": road, "lesson": lesson, "measure": measure, "why": why}


@st.fragment
def bench() -> None:
    """The stage and the tool chosen for it; a click reruns this part only."""
    ready = stage.draw()
    page_footer.link_limit(common.store())
    if ready:
        page_parts.guarded(lambda: TOOLS[common.store().get().tool].draw(common.store().get()))


page_parts.question("pairs")
page_footer.link_problems(common.store())
bench()
page_footer.presets("pairs", common.PRESETS, common.choose_preset)
page_footer.row("pairs", common.store())
