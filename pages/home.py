"""第 0 章 首页 · Home: a text split in two, and the field in one walk."""

import streamlit as st

from explorer.ui import navigation, page_parts
from explorer.views import page_footer
from explorer.views.home import common, exhibits, split


@st.fragment
def stage() -> None:
    split.draw()
    page_footer.link_limit(common.store())


@st.fragment
def classes() -> None:
    page_parts.guarded(exhibits.classes)


page_parts.question("home")
page_footer.link_problems(common.store())
stage()
navigation.map_of("home")
exhibits.kinds()
exhibits.family()
classes()
exhibits.why()
page_footer.presets("home", common.PRESETS, common.choose_preset)
page_footer.row("home", common.store())
