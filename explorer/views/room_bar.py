"""The room above every page, for a browser that is in one: the teacher's bar, or the phone's line and ballot.

And the way of a phone to where the teacher is: read from the room itself, never from what the phone says.
"""

from __future__ import annotations

import streamlit as st

from explorer import chapters
from explorer.classroom import kept
from explorer.classroom import room as rooms
from explorer.components import room as component
from explorer.components.room import Entered
from explorer.content import classroom as content
from explorer.errors import Told
from explorer.ui import address, i18n, in_room, navigation, network, state, widgets
from explorer.views import gathered

_ARRIVED = "room:arrived"
_WANTS = "room:wants"
_FRESH = "room:fresh"
KEY = "room"


def follow(current: str) -> None:
    """Where this browser follows and has to go somewhere: there, before the page is drawn.

    A browser that has just come in goes at once, so that it opens one page and not two.
    """
    if in_room.leads():
        return
    wants = st.session_state.pop(_WANTS, in_room.follows() and _ARRIVED not in st.session_state)
    if not wants:
        st.session_state.setdefault(_ARRIVED, -1)
        return
    try:
        room = kept.home().read(rooms.normal(in_room.code()))
    except Told:
        st.session_state[_ARRIVED] = -1  # the component says why
        return
    st.session_state[_ARRIVED] = room.moves
    if room.page not in chapters.PAGES:
        return  # nowhere yet
    beside = {name: value for name, value in st.query_params.items() if name in state.BESIDE}
    there = {**beside, **room.query, "v": state.VERSION}
    if room.page != current:
        st.switch_page(navigation.page(room.page), query_params=there)
    address.meant()
    st.query_params.from_dict(there)


def draw(current: str) -> None:
    """The bar."""
    leads = in_room.leads()
    phones = network.phone_address()
    with st.container(key="room-place"):
        component.room(
            key=KEY,
            page=current,
            code=rooms.normal(in_room.code()) or in_room.code(),
            leads=leads,
            arrived=st.session_state.get(_ARRIVED, -1),
            address=(phones or "") if leads else "",
            alone=phones is None,
            ready=_ready(current) if leads else (),
            on_entered=entered,
            on_go=_go,
            on_left=_left,
            on_language=i18n.choose_language,
            takes=gathered.TAKES.get(current, "") if leads else "",
            on_taken=lambda taken: gathered.take(current, taken),
        )


def door(current: str) -> None:
    """The way into a room, on the page of the classroom."""
    if st.session_state.pop(_FRESH, False) and widgets.in_fragment():
        st.rerun()  # the bar stands above what a fragment draws
    component.room(
        key="room-door", page=current, door=True, code=in_room.code(), leads=in_room.leads(), on_entered=entered
    )


def entered(room: Entered) -> None:
    """The browser is in a room: the next run draws its bar, and a phone goes where the teacher is."""
    in_room.enter(room.code, in_room.LEADS if room.leads else "")
    st.session_state[_FRESH] = True
    st.session_state.pop(_ARRIVED, None)


def _go(_: None) -> None:
    st.session_state[_WANTS] = True


def _left(_: None) -> None:
    in_room.leave()
    st.session_state.pop(_ARRIVED, None)


def _ready(page: str) -> list[dict[str, str]]:
    lang = i18n.language()
    return [{"id": id, "ask": question.ask[lang]} for id, question in content.questions(page).items()]
