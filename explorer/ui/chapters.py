"""Which chapters there are, in reading order: number, name, page. Only chapters that work are in the list."""

from __future__ import annotations

from itertools import pairwise

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from explorer import paths
from explorer.ui.i18n import HTML_LANG, language, t
from explorer.ui.markup import inline

CHAPTERS = (
    (0, "home"),
    (1, "input"),
    (2, "masking"),
    (3, "pairs"),
    (4, "attention"),
    (5, "context"),
    (6, "languages"),
    (7, "generation"),
    (13, "evidence"),
)


def pages() -> list[tuple[int, StreamlitPage]]:
    """(chapter number, page) for the router; titles in the reader's language, addresses in none."""
    return [(number, page(name)) for number, name in CHAPTERS]


def page(name: str) -> StreamlitPage:
    home = name == CHAPTERS[0][1]
    return st.Page(
        paths.ROOT / "pages" / f"{name}.py", title=t(f"{name}.nav"), url_path=None if home else name, default=home
    )


def after(name: str) -> str | None:
    """The chapter that is read after `name`; None behind the last."""
    names = [other for _, other in CHAPTERS]
    return dict(pairwise(names)).get(name)


def map_of(home: str) -> None:
    """Every other chapter with the one thing to do there and a link to it."""
    st.html(f'<h2 class="section" lang="{HTML_LANG[language()]}">{inline(t(f"{home}.map.title"))}</h2>')
    with st.container(horizontal=True, key="map"):
        for number, name in CHAPTERS:
            if name != home:
                with st.container(border=True, width=320):
                    st.page_link(page(name), label=f"**{number}\u2002{t(f'{name}.nav')}**")
                    st.html(f'<p class="quiet" lang="{HTML_LANG[language()]}">{inline(t(f"{home}.map.{name}"))}</p>')
