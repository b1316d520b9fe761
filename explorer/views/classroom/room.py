"""The door of the room: open one, or join by its code; how two votes go, and what is kept of anybody (nothing)."""

from __future__ import annotations

import streamlit as st

from explorer.ui import page_parts
from explorer.ui.i18n import t
from explorer.views import room_bar
from explorer.views.classroom.common import State


def draw(state: State) -> None:
    """The door on the left, how it goes on the right."""
    page_parts.section("classroom.room")
    left, right = st.columns([1, 0.7], gap="large")
    with left:
        with st.container(key="stage-classroom-room"):
            room_bar.door("classroom")
        page_parts.subtitle(t("classroom.room.kept_title"))
        page_parts.paragraphs(t("classroom.room.kept"))
    with right:
        page_parts.subtitle(t("classroom.room.votes_title"))
        page_parts.steps([(t(f"classroom.room.step{n}"), t(f"classroom.room.note{n}")) for n in (1, 2, 3, 4)])
        page_parts.honesty("classroom.room.honesty")
