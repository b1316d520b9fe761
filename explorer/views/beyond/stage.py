"""The choice of tool. What stands on the page is each tool's own business: they share no sentence."""

from __future__ import annotations

import streamlit as st

from explorer.views._shared.page import choose_tool
from explorer.views.beyond import common
from explorer.views.beyond.common import State


def draw() -> tuple[State]:
    """Draw the choice; the page's state for the tool."""
    state = common.store().get()
    with st.container(key="stage-beyond"):
        choose_tool("beyond", common.store(), state.tool)
    return (state,)
