"""第 2 章 填空 · Masking: one sentence on the stage, and eight things to do with it."""

import streamlit as st

from explorer.ui import chrome, widgets
from explorer.views import finish
from explorer.views.masking import budget, common, compare, cover, joint, lens, lottery, road, see, stage

TOOLS = {
    "cover": cover, "road": road, "see": see, "lottery": lottery,
    "joint": joint, "lens": lens, "compare": compare, "budget": budget,
}  # fmt: skip


@st.fragment
def bench() -> None:
    """The stage and the tool chosen for it; a click reruns this part only."""
    sentence = stage.draw()
    if sentence is not None:
        chrome.guarded(lambda: TOOLS[common.store().get().tool].draw(sentence, common.store().get()))
        if widgets.in_fragment():
            chrome.guarded(lambda: stage.complete_scan(sentence))


chrome.question("masking")
finish.link_problems(common.store())
bench()
finish.presets("masking", common.PRESETS, common.choose_preset)
finish.row("masking", common.store())
chrome.guarded(stage.scan_what_is_shown)
