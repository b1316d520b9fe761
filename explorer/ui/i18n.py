"""The reader's language, and the text for a key in it.

Knows the session, the link and the browser; where texts lie is explorer/texts.py's, how they are drawn markup.py's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import streamlit as st

from explorer import texts
from explorer.texts import HTML_LANG, LANGUAGES, text
from explorer.ui import address

__all__ = ["HTML_LANG", "LANGUAGES", "choose_language", "clauses", "language", "listed", "section", "t", "text"]


def language() -> str:
    """The reader's language: chosen before in this session, else in the link, else the browser's, else Chinese."""
    chosen = st.session_state.get("language")
    if chosen not in LANGUAGES:
        chosen = st.query_params.get("lang")
    if chosen not in LANGUAGES:
        locale = (st.context.locale or "zh").lower()
        chosen = "zh" if locale.startswith("zh") else "en"
    st.session_state["language"] = chosen
    return chosen


def follow_address(page: str) -> bool:
    """Back and Forward change the address, and the language goes with it; whether that has changed the language.

    An address that names a language is taken at its word. One that names none means, on the page where the reader was,
    that the choice has been gone back on; on another page it means nothing. A browser that has not heard yet of the
    choice is told again.
    """
    linked, shown = st.query_params.get("lang"), language()
    if linked != shown and address.late("lang", linked):
        st.query_params["lang"] = shown
        return False
    before = st.session_state.get("language:address")
    if linked in LANGUAGES:
        st.session_state["language"] = linked
    elif linked is None and before is not None and before[0] == page and before[1] in LANGUAGES:
        st.session_state.pop("language", None)
    st.session_state["language:address"] = (page, linked)
    return language() != shown


def choose_language(lang: str) -> None:
    """Switch the language for this session and in the link."""
    if lang not in LANGUAGES:
        raise ValueError(f"no texts in {lang!r}")
    if st.query_params.get("lang") != lang:
        address.replaced("lang", st.query_params.get("lang"))
    st.session_state["language"] = lang
    st.query_params["lang"] = lang


def t(key: str, /, **values: object) -> str:
    """The text of `key` in the reader's language, with {placeholders} filled from `values`."""
    return text(key, language(), **values)


def listed(items: Iterable[str]) -> str:
    """Words as the reader's language lists them: 、 in Chinese, a comma and a space in English."""
    return t("common.list_comma").join(items)


def clauses(items: Iterable[str]) -> str:
    """Statements one after another, with the semicolon of the reader's language between them."""
    return t("common.list_semicolon").join(items)


def section(key: str) -> dict[str, Any]:
    """All texts below `key` in the reader's language, as they stand (labels for a component)."""
    return texts.section(key, language())
