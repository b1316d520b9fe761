"""第 3 章 句对 · Sentence pairs: one pair on the stage, read by two heads."""

import streamlit as st

from explorer.ui import chrome
from explorer.views import finish
from explorer.views.pairs import common, judge, lesson, measure, road, stage, why

TOOLS = {"judge": judge, "road": road, "lesson": lesson, "measure": measure, "why": why}


@st.fragment
def bench() -> None:
    """The stage and the tool chosen for it; a click reruns this part only."""
    ready = stage.draw()
    finish.link_limit(common.store())
    if ready:
        chrome.guarded(lambda: TOOLS[common.store().get().tool].draw(common.store().get()))


chrome.question("pairs")
finish.link_problems(common.store())
bench()
finish.presets("pairs", common.PRESETS, common.choose_preset)
finish.row("pairs", common.store())
