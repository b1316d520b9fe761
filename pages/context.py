"""第 5 章 语境 · Words in context: one word in many sentences on the stage, and seven things to do with it."""

import streamlit as st

from explorer.ui import page_parts
from explorer.views import page_footer
from explorer.views.context import cbow, common, cross, look, own, stage, static, swap, things

TOOLS = {"look": look, "swap": swap, "cross": cross, "static": static, "things": things, "cbow": cbow}


@st.fragment
def bench() -> None:
    """The stage and the tool chosen for it; a click reruns this part only."""
    made = stage.draw()
    page_footer.link_limit(common.store())
    state = common.store().get()
    if state.tool == "own":
        page_parts.guarded(lambda: own.write(made, state))
    stage.pictures(made, state)
    if state.tool == "own":
        page_parts.guarded(lambda: own.draw(made, state))
    elif made is not None:
        page_parts.guarded(lambda: TOOLS[state.tool].draw(*made, state))


page_parts.question("context")
page_footer.link_problems(common.store())
bench()
page_footer.presets("context", common.PRESETS, common.choose_preset)
page_footer.row("context", common.store())
