"""The whole front page: the split of the reader's text, the map of the chapters, and the exhibits below it."""

from __future__ import annotations

import streamlit as st

from explorer.ui import navigation, page_parts, tour
from explorer.views import page_footer
from explorer.views.home import common, exhibits, split


def page() -> None:
    """Everything between the question and the presets."""
    _split()
    tour.entry()
    navigation.map_of("home")
    exhibits.kinds()
    exhibits.family()
    _classes()
    exhibits.why()


@st.fragment
def _split() -> None:
    split.draw()
    page_footer.link_limit(common.store())


@st.fragment
def _classes() -> None:
    page_parts.guarded(exhibits.classes)
