"""Address: tells a browser that has not heard of a change yet from a reader who has gone back.

A run is handed the address that the browser showed when it asked. Where the page has put something else there since,
and the word of it is still on its way, what the browser says is nobody's choice. It knows names and values only.
"""

from __future__ import annotations

import time

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

PATIENCE_S = 10.0  # so long a word to the browser may be on its way
LED = "led"  # in a link to the page that stands there: a browser runs it and goes on showing the address of before
_KEY, _PAGE = "address:replaced", "address:page"


def on(page: str) -> None:
    """A run of `page` begins. After another page, a link or going back, whatever stands in the address is meant."""
    if st.session_state.get(_PAGE) != page or LED in st.query_params or _went_back():
        st.session_state[_PAGE] = page
        meant()


def meant() -> None:
    """What stands in the address now was chosen, whatever has stood there before."""
    st.session_state[_KEY] = []


def led(page: str) -> dict[str, str]:
    """What a link to `page` says beside its own: that it was pressed, where the page stands there already."""
    return {LED: "1"} if st.session_state.get(_PAGE) == page else {}


def replaced(name: str, value: object) -> None:
    """The page puts something else in the place of `value`, which stood in the address under `name`."""
    st.session_state[_KEY] = [*_on_their_way(), (name, value, time.monotonic())]


def on_its_way(name: str) -> bool:
    """Whether the browser may be about to hear of a change under `name`."""
    return any(name == one[0] for one in _on_their_way())


def late(name: str, value: object) -> bool:
    """Whether `value` is what a browser says that has not heard yet that it was replaced."""
    return not _went_back() and any((name, value) == one[:2] for one in _on_their_way())


def _on_their_way() -> list[tuple[str, object, float]]:
    now = time.monotonic()
    return [one for one in st.session_state.get(_KEY, []) if now - one[2] < PATIENCE_S]


def _went_back() -> bool:
    """Whether the reader has gone back or forward; nobody else but a browser is late."""
    context = get_script_run_ctx()
    return context is None or context.is_history_navigation
