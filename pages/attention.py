"""第 4 章 注意力 · Attention: all heads of one sentence on the stage, and five questions to ask of them."""

import streamlit as st

from explorer.ui import chrome
from explorer.views import finish
from explorer.views.attention import atlas, cell, common, off, sides, sparse, stage

TOOLS = {"cell": cell, "atlas": atlas, "off": off, "sides": sides, "sparse": sparse}


@st.fragment
def bench() -> None:
    """The stage and the tool chosen for it; a click reruns this part only."""
    scene = stage.draw()
    finish.link_limit(common.store())
    if scene is not None:
        chrome.guarded(lambda: TOOLS[common.store().get().tool].draw(scene, common.store().get()))


chrome.question("attention")
finish.link_problems(common.store())
bench()
finish.presets("attention", common.PRESETS, common.choose_preset)
finish.row("attention", common.store())
