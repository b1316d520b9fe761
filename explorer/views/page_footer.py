"""Page footer: try-this cards, export row, link and state file, start over.

It knows a page's store and the names of its presets; what a preset sets is the page's business.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from explorer.components.cards import Card, cards
from explorer.components.export_bar import export_bar
from explorer.ui import carried, navigation, page_parts, state, widgets
from explorer.ui.i18n import listed, t
from explorer.ui.state import Store


def link_problems(store: Store[Any]) -> None:
    """Say which parts of the link could not be used; and what became of the sentence that came from another page."""
    store.get()
    fields = [problem.field for problem in store.problems]
    if "version" in fields:
        page_parts.notice("common.link_version", "warn")
    if state.KEPT in fields:
        page_parts.notice("common.link_gone", "warn")
    if unread := [field for field in fields if field not in ("version", state.KEPT)]:
        page_parts.notice("common.link_bad", "warn", fields=listed(unread))
    with st.container(key="brought", horizontal=True, vertical_alignment="center"):
        _brought(store)


def _brought(store: Store[Any]) -> None:
    """Whose sentence stands here, and the way from it to the page's example, or from the example to it."""
    sentence = carried.newest()
    if sentence is None or sentence.page == store.page:
        return
    problem = carried.refused(store.page)
    if problem is not None:
        page_parts.notice(f"errors.{problem.key}", **problem.values)
    elif store.shows(sentence):
        page_parts.quiet(t("common.carried.from", page=t(f"{sentence.page}.nav")))
        st.button(
            t("common.carried.example"), key=f"{store.page}-example", type="tertiary", on_click=store.show_example
        )
    else:
        st.button(
            t("common.carried.take"), key=f"{store.page}-take", type="tertiary", on_click=store.take, args=(sentence,)
        )


def link_limit(store: Store[Any]) -> None:
    """Say so where the page holds more than a link can carry. Belongs where the page is redrawn with every change.

    The place is kept for it: if what follows moved down by one, text boxes would be made anew and forget what is typed.
    """
    with st.container():
        if not store.fits_link():
            page_parts.notice("common.link_long")


def presets(page: str, names: Sequence[str], choose: Callable[[str], None]) -> None:
    """Cards that set the whole page in one click."""
    st.html(f'<h2 class="more-title">{t("common.try")}</h2>')
    items = [Card(name, t(f"{page}.preset.{name}.title"), t(f"{page}.preset.{name}.text")) for name in names]
    cards(items, key=f"{page}-presets", label=t("common.try"), on_pick=choose)


def row(page: str, store: Store[Any]) -> None:
    """Save picture, SVG, CSV, copy link; a state file where a link is too small; start over."""
    export_bar(key=f"{page}-export", name=page)
    with st.expander(t("common.more")), st.container(horizontal=True):
        st.button(t("common.reset"), key=f"{page}-reset", help=t("common.reset_help"), on_click=store.reset)
        later = partial(_state_file, page, store.later())
        widgets.download(f"{page}-state-save", t("common.state_save"), later, f"open-sesame-{page}.json")
        with st.popover(t("common.state_open")):
            _open(page, store)
    following = navigation.after(page)
    if following is not None:
        with st.container(key="next-chapter"):
            navigation.link(following, t("common.next", name=t(f"{following}.nav")))


def _state_file(page: str, now: Callable[[], Any]) -> str:
    """Runs when the button is clicked, outside of any script run."""
    return json.dumps({"page": page, "v": state.VERSION, "state": state.to_query(now())}, ensure_ascii=False, indent=1)


def _open(page: str, store: Store[Any]) -> None:
    """Read a state file back; whatever is not one of ours is refused with a reason."""
    key = f"{page}-state-file-{st.session_state.get('opened', 0)}"
    given = st.file_uploader(t("common.state_open"), type="json", key=key, label_visibility="collapsed")
    if given is None:
        return
    try:
        content = json.loads(given.getvalue().decode("utf-8-sig"))
        if content["page"] != page or not isinstance(content["state"], dict):
            raise ValueError("another page's file")
        fields = {str(name): str(value) for name, value in content["state"].items()}
        json.dumps(fields, ensure_ascii=False).encode("utf-8")  # half a surrogate pair is no text a link can carry
    except (ValueError, KeyError, TypeError, RecursionError):
        page_parts.notice("common.state_bad", "warn")
        return
    store.load(fields | {"v": str(content.get("v", ""))})
    st.session_state["opened"] = st.session_state.get("opened", 0) + 1
    st.rerun()
