"""The stage of 课堂: which of its tools is open. The room's bar, where this browser is in one, stands above it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import streamlit as st

from explorer.views._shared.page import choose_tool
from explorer.views.classroom import common
from explorer.views.classroom.common import State


def draw() -> tuple[State]:
    """Choose a tool; each is called with the page's state."""
    state = common.store().get()
    st.html(f"<style>{_style()}</style>")
    with st.container(key="classroom-tools"):
        choose_tool("classroom", common.store(), state.tool)
    return (common.store().get(),)


@lru_cache(maxsize=1)
def _style() -> str:
    """What this page alone needs: it would weigh on every other one."""
    return Path(__file__).with_name("classroom.css").read_text(encoding="utf-8")
