"""The choice of tool. What stands on the page is each tool's own business: they share no sentence."""

from __future__ import annotations

import streamlit as st

from explorer.views._shared.page import choose_tool
from explorer.views.family import common
from explorer.views.family.common import State


def draw() -> tuple[State]:
    """Draw the choice; the page's state for the tool."""
    state = common.store().get()
    with st.container(key="stage-family"):
        choose_tool("family", common.store(), state.tool)
    return (state,)
