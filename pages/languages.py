"""第 6 章 跨语言 · Languages: one space for several languages, and the arrow between two of them."""

import streamlit as st

from explorer.ui import chrome, widgets
from explorer.views import finish
from explorer.views.languages import align, common, keep, map, near, pos, shift, stage, words

TOOLS = {"shift": shift, "near": near, "map": map, "align": align, "words": words, "keep": keep, "pos": pos}


@st.fragment
def bench() -> None:
    """The stage and the tool chosen for it; a click reruns this part only."""
    sentence = stage.draw()
    finish.link_limit(common.store())
    if sentence is not None:
        state = common.store().get()
        chrome.guarded(lambda: TOOLS[state.tool].draw(sentence, state))
        if widgets.in_fragment() and state.tool == "shift":
            chrome.guarded(lambda: shift.complete(sentence, state))


def complete_what_is_shown() -> None:
    """The other layers, at the end of a whole run of the page, when everything else stands."""
    state = common.store().get()
    if state.tool == "shift" and common.text_of(state).strip():
        shift.complete(common.read(state), state)


chrome.question("languages")
finish.link_problems(common.store())
bench()
finish.presets("languages", common.PRESETS, common.choose_preset)
finish.row("languages", common.store())
chrome.guarded(complete_what_is_shown)
