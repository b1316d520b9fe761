"""The words of the interface: which language the reader has, and the text for a key in it.

Texts lie in assets/text/<lang>/<chapter>.toml; a key is "chapter.section.name". This module knows where they
are and how they are filled in; it does not know how they are drawn (markup.py does).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import streamlit as st

from explorer import paths

LANGUAGES = ("zh", "en")
HTML_LANG = {"zh": "zh-CN", "en": "en"}


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


def choose_language(lang: str) -> None:
    """Switch the language for this session and in the link."""
    if lang not in LANGUAGES:
        raise ValueError(f"no texts in {lang!r}")
    st.session_state["language"] = lang
    st.query_params["lang"] = lang


def t(key: str, /, **values: object) -> str:
    """The text of `key` in the reader's language, with {placeholders} filled from `values`."""
    return text(key, language(), **values)


def text(key: str, lang: str, /, **values: object) -> str:
    """The text of `key` in `lang`. Raises KeyError for an unknown key: a test finds every such key."""
    found = _lookup(key, lang)
    if not isinstance(found, str):
        raise KeyError(f"{key} is a section, not a text")
    return found.format(**values) if values else found


def listed(items: Iterable[str]) -> str:
    """Words as the reader's language lists them: 、 in Chinese, a comma and a space in English."""
    return t("common.list_comma").join(items)


def clauses(items: Iterable[str]) -> str:
    """Statements one after another, with the semicolon of the reader's language between them."""
    return t("common.list_semicolon").join(items)


def section(key: str) -> dict[str, Any]:
    """All texts below `key` in the reader's language, as they stand (labels for a component)."""
    found = _lookup(key, language())
    if not isinstance(found, dict):
        raise KeyError(f"{key} is a text, not a section")
    return found


def _lookup(key: str, lang: str) -> Any:
    chapter, *path = key.split(".")
    found: Any = _chapter(lang, chapter)
    for name in path:
        try:
            found = found[name]
        except (KeyError, TypeError) as error:
            raise KeyError(f"no text {key!r} in {lang}") from error
    return found


@lru_cache(maxsize=64)
def _chapter(lang: str, chapter: str) -> dict[str, Any]:
    return tomllib.loads((paths.TEXT / lang / f"{chapter}.toml").read_text(encoding="utf-8"))
