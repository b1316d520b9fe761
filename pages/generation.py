"""第 7 章 接龙 · Generation: one text on the stage, and what comes of asking for the next token again and again."""

import streamlit as st

from explorer.ui import first_paint, page_parts, widgets
from explorer.views import page_footer
from explorer.views.generation import both, cache, common, context, inside, stage, step, train, ways, write

TOOLS = {
    "step": step, "train": train, "ways": ways,
    "context": context, "cache": cache, "inside": inside, "both": both,
}  # fmt: skip
SHOWN = "generation-shown"


def bench() -> None:
    """The stage and the tool chosen for it. Writing has a place of its own below."""
    state = common.in_use(common.store().get())
    tool = state.tool
    if widgets.in_fragment() and "write" in (tool, st.session_state.get(SHOWN)):
        st.rerun()
    st.session_state[SHOWN] = tool
    with st.container(key="stage-generation"):
        stage.draw(state)
    page_footer.link_limit(common.store())
    if tool != "write":
        page_parts.guarded(lambda: TOOLS[tool].draw(state))


page_parts.question("generation")
page_footer.link_problems(common.store())
page = common.in_use(common.store().get())
writes = page.tool == "write"
# A step reruns the bench only. While a text is being written the bench belongs to the run that writes: a click in a
# fragment would be heard when that run has ended.
(bench if writes else st.fragment(bench))()
writing = []
if writes:
    page_parts.guarded(lambda: writing.append(write.draw(page)))
page_footer.presets("generation", common.PRESETS, common.choose_preset)
page_footer.row("generation", common.store())
first_paint.warm_later(page.model)
for write_on in writing:
    page_parts.guarded(write_on)
