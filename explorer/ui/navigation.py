"""Navigation: the router's pages, and the map of the chapters on Home. Which there are says explorer/chapters.py."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Literal

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from explorer import chapters, paths
from explorer.ui import address
from explorer.ui.i18n import HTML_LANG, language, t
from explorer.ui.markup import inline

Width = Literal["stretch", "content"]


def pages() -> list[tuple[int, StreamlitPage]]:
    """(chapter number, page) for the router; titles in the reader's language, addresses in none."""
    return [(chapter.number, page(chapter.id)) for chapter in chapters.CHAPTERS]


def page(name: str) -> StreamlitPage:
    path = chapters.path(name)
    return st.Page(paths.ROOT / "pages" / f"{name}.py", title=t(f"{name}.nav"), url_path=path or None, default=not path)


def short_name(name: str) -> str:
    """What a page is called in a row of many: its name up to the colon."""
    return t(f"{name}.nav").replace("：", ":").partition(":")[0]


def language_of_link() -> dict[str, str]:
    """What a link to another page takes along of this one's: the language, where it was chosen."""
    lang = st.query_params.get("lang")
    return {"lang": lang} if lang else {}


def link(to: str, label: str, query: Mapping[str, str] | None = None, width: Width = "stretch") -> None:
    """A link to the page `to`, opened as `query` says, in this one's language."""
    asked = {**query, **address.led(to)} if query else {}
    st.page_link(page(to), label=label, width=width, query_params={**asked, **language_of_link()})


def after(name: str) -> str | None:
    """The chapter that is read after `name`; None behind the last."""
    return dict(pairwise(chapters.IDS)).get(name)


def map_of(home: str) -> None:
    """Every other chapter with the one thing to do there and a link to it."""
    st.html(f'<h2 class="section" lang="{HTML_LANG[language()]}">{inline(t(f"{home}.map.title"))}</h2>')
    with st.container(horizontal=True, key="map"):
        for chapter in chapters.CHAPTERS:
            if chapter.id != home:
                with st.container(border=True, width=320):
                    label = f"**{chapter.number}\u2002{t(f'{chapter.id}.nav')}**"
                    link(chapter.id, label)
                    st.html(
                        f'<p class="quiet" lang="{HTML_LANG[language()]}">{inline(t(f"{chapter.id}.invitation"))}</p>'
                    )
