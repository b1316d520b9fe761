"""第 0 章 首页 · Home: a text split in two, and the field in one walk."""

import streamlit as st

from explorer.ui import chapters, chrome
from explorer.views import finish
from explorer.views.home import common, exhibits, split


@st.fragment
def stage() -> None:
    split.draw()


@st.fragment
def classes() -> None:
    exhibits.classes()


chrome.question("home")
finish.link_problems(common.store())
stage()
chapters.map_of("home")
exhibits.kinds()
exhibits.family()
classes()
exhibits.why()
finish.presets("home", common.PRESETS, common.choose_preset)
finish.row("home", common.store())
