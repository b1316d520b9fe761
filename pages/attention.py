"""第 4 章 注意力 · Attention: all heads of one sentence on the stage, and five questions to ask of them."""

import streamlit as st

from explorer.ui import page_parts
from explorer.views import page_footer
from explorer.views.attention import atlas, cell, common, off, sides, sparse, stage

TOOLS = {"cell": cell, "atlas": atlas, "off": off, "sides": sides, "sparse": sparse}


@st.fragment
def bench() -> None:
    """The stage and the tool chosen for it; a click reruns this part only."""
    scene = stage.draw()
    page_footer.link_limit(common.store())
    if scene is not None:
        page_parts.guarded(lambda: TOOLS[common.store().get().tool].draw(scene, common.store().get()))


page_parts.question("attention")
page_footer.link_problems(common.store())
bench()
page_footer.presets("attention", common.PRESETS, common.choose_preset)
page_footer.row("attention", common.store())
