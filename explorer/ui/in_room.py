"""In a room: whether this browser is in one, and as what: from the session, else the link, else its own cookie.

What it says here decides only what is drawn; what a browser may do in a room is decided by its secret, at the server.
"""

from __future__ import annotations

import re

import streamlit as st

PARAMETER = "room"
COOKIE = "sesame_room"  # written by components/room/line.js: the code, and how this browser is in the room
LEADS, FREE = "lead", "free"
_CODE, _ROLE = "room:code", "room:role"
_LONGEST = 12
_KEPT = re.compile(rf"([A-Z]{{4}})(?:\.({LEADS}|{FREE}))?")


def code() -> str:
    """The code of the room that this browser is in, or wants to be in; "" for most readers."""
    if PARAMETER in st.query_params:
        enter(st.query_params[PARAMETER][:_LONGEST], "")
        del st.query_params[PARAMETER]
    elif _CODE not in st.session_state:
        known = _KEPT.fullmatch(str(st.context.cookies.get(COOKIE, "")))
        enter(*known.groups("")) if known else leave()
    return str(st.session_state[_CODE])


def enter(code: str, role: str) -> None:
    """From now on this session is in the room `code`."""
    st.session_state[_CODE], st.session_state[_ROLE] = code, role


def leave() -> None:
    """From now on it is in none."""
    enter("", "")


def leads() -> bool:
    """Whether it says that it leads."""
    return st.session_state.get(_ROLE) == LEADS


def follows() -> bool:
    """Whether it goes where the teacher goes."""
    return st.session_state.get(_ROLE) == ""
