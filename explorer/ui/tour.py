"""Tour: one's own sentence through all chapters in five minutes, as a strip above the page; its state is in the link.

It knows the chapters that take part and their order; the sentence goes along by itself (carried.py).
"""

from __future__ import annotations

import streamlit as st

from explorer import chapters
from explorer.ui import navigation, page_parts
from explorer.ui.i18n import HTML_LANG, language, t
from explorer.ui.markup import inline

PARAMETER = "tour"
STOPS = tuple(chapter.id for chapter in chapters.CHAPTERS if chapter.tour)


def entry() -> None:
    """The way into the tour."""
    with st.container(key="tour-entry"):
        _link(STOPS[0], t("tour.enter"))


def strip(current: str) -> None:
    """Where the reader is, what to look at, and the ways on, back and out; nothing for one who is not on the tour."""
    if st.query_params.get(PARAMETER) != "1":
        return
    lang = HTML_LANG[language()]
    with st.container(key="tour"):
        if current not in STOPS:
            st.html(f'<p lang="{lang}">{inline(t("tour.before"))}</p>')
            with st.container(horizontal=True, key="tour-ways"):
                _link(STOPS[0], t("tour.start"))
                _leave()
            return
        at = STOPS.index(current)
        where = inline(t("tour.stop", n=at + 1, of=len(STOPS)))
        st.html(f'<p lang="{lang}"><b>{where}</b> {inline(t(f"tour.look.{current}"))}</p>')
        with st.container(horizontal=True, key="tour-ways"):
            if at:
                _link(STOPS[at - 1], t("tour.back"))
            if at + 1 < len(STOPS):
                _link(STOPS[at + 1], t("tour.on", name=t(f"{STOPS[at + 1]}.nav")))
            _leave()
        if at + 1 == len(STOPS):
            page_parts.quiet(t("tour.end"))


def _link(page: str, label: str) -> None:
    navigation.link(page, label, {PARAMETER: "1"})


def _leave() -> None:
    st.button(t("tour.leave"), key="tour-leave", type="tertiary", on_click=_left)


def _left() -> None:
    st.query_params.pop(PARAMETER, None)
