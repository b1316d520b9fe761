"""第 6 章 跨语言 · Languages: one space for several languages, and the arrow between two of them."""

import streamlit as st

from explorer.ui import page_parts, widgets
from explorer.views import page_footer
from explorer.views.languages import align, common, keep, map, near, pos, shift, stage, words

TOOLS = {"shift": shift, "near": near, "map": map, "align": align, "words": words, "keep": keep, "pos": pos}


@st.fragment
def bench() -> None:
    """The stage and the tool chosen for it; a click reruns this part only."""
    sentence = stage.draw()
    page_footer.link_limit(common.store())
    if sentence is not None:
        state = common.store().get()
        page_parts.guarded(lambda: TOOLS[state.tool].draw(sentence, state))
        if widgets.in_fragment() and state.tool == "shift":
            page_parts.guarded(lambda: shift.complete(sentence, state))


def complete_what_is_shown() -> None:
    """The other layers, at the end of a whole run of the page, when everything else stands."""
    state = common.store().get()
    if state.tool == "shift" and common.text_of(state).strip():
        shift.complete(common.read(state), state)


page_parts.question("languages")
page_footer.link_problems(common.store())
bench()
page_footer.presets("languages", common.PRESETS, common.choose_preset)
page_footer.row("languages", common.store())
page_parts.guarded(complete_what_is_shown)
