"""第 2 章 填空 · Masking: one sentence on the stage, and eight things to do with it."""

import streamlit as st

from explorer.ui import page_parts, widgets
from explorer.views import page_footer
from explorer.views.masking import budget, common, compare, cover, joint, lens, lottery, road, see, stage

TOOLS = {
    "cover": cover, "road": road, "see": see, "lottery": lottery,
    "joint": joint, "lens": lens, "compare": compare, "budget": budget,
}  # fmt: skip


@st.fragment
def bench() -> None:
    """The stage and the tool chosen for it; a click reruns this part only."""
    sentence = stage.draw()
    page_footer.link_limit(common.store())
    if sentence is not None:
        page_parts.guarded(lambda: TOOLS[common.store().get().tool].draw(sentence, common.store().get()))
        if widgets.in_fragment():
            page_parts.guarded(lambda: stage.complete_scan(sentence))


page_parts.question("masking")
page_footer.link_problems(common.store())
bench()
page_footer.presets("masking", common.PRESETS, common.choose_preset)
page_footer.row("masking", common.store())
page_parts.guarded(stage.scan_what_is_shown)
