"""第 7 章 接龙 · Generation: one text on the stage, and what comes of asking for the next token again and again."""

import streamlit as st

from explorer.ui import chrome, first_paint
from explorer.views import finish
from explorer.views.generation import both, cache, common, context, inside, stage, step, train, ways, write

TOOLS = {
    "step": step, "train": train, "ways": ways, "write": write,
    "context": context, "cache": cache, "inside": inside, "both": both,
}  # fmt: skip


@st.fragment
def bench() -> None:
    """The stage and the tool chosen for it; a step reruns this part only."""
    with st.container(key="stage-generation"):
        stage.draw(common.store().get())
    finish.link_limit(common.store())
    chrome.guarded(lambda: TOOLS[common.store().get().tool].draw(common.store().get()))


chrome.question("generation")
finish.link_problems(common.store())
bench()
finish.presets("generation", common.PRESETS, common.choose_preset)
finish.row("generation", common.store())
first_paint.warm_later(common.model_id())
