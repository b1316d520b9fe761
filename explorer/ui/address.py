"""Address: tells a browser that has not heard of a change yet from a reader who has gone back.

A run is handed the address that the browser showed when it asked. Where the page has put something else there since,
and the word of it is still on its way, what the browser says is nobody's choice. It knows names and values only.
"""

from __future__ import annotations

import time

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

PATIENCE_S = 10.0  # so long a word to the browser may be on its way
_KEY, _PAGE, _STANDS = "address:replaced", "address:page", "address:stands"


def on(page: str) -> None:
    """A run of `page` begins. After another page, and after going back, whatever stands in the address is meant."""
    if st.session_state.get(_PAGE) != page or _went_back():
        st.session_state[_PAGE] = page
        st.session_state[_KEY] = []
        st.session_state.pop(_STANDS, None)


def stands(link: dict[str, str]) -> None:
    """What the browser shows behind the page's name, once it has heard of this run."""
    st.session_state[_STANDS] = link


def brought(link: dict[str, str]) -> bool:
    """Whether `link` came by a press on a link to the page that stands there already: a browser that is led to the same
    page goes on showing the address of before, and a reload would lead back to it."""
    before = st.session_state.get(_STANDS)
    return before is not None and before != link


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
