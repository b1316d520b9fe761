"""The glossary: every term with its meaning and the place where it is first shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import streamlit as st

from explorer import chapters, texts
from explorer.ui import navigation, page_parts, widgets
from explorer.ui.i18n import language, t
from explorer.ui.markup import inline
from explorer.views.classroom import common
from explorer.views.classroom.common import State

TERM = re.compile(r"\[\[(?:[^\]|]*\|)?([^\]|]+)\]\]")


def draw(state: State) -> None:
    """All terms, or those in which the reader's word stands."""
    page_parts.section("classroom.glossary")
    with st.container(key="stage-glossary"):
        widgets.text_line(
            "classroom-find", t("classroom.glossary.find"), state.find, lambda text: common.store().set(find=text[:40]),
            placeholder=t("classroom.glossary.find"),
        )  # fmt: skip
    asked = state.find.strip().casefold()
    terms = {
        term: told for term, told in texts.chapter("glossary", language()).items() if asked in (term + told).casefold()
    }
    if not terms:
        page_parts.quiet(t("classroom.glossary.none"))
    for n, (term, meaning) in enumerate(terms.items()):
        with st.container(horizontal=True, key=f"term-{n}", vertical_alignment="center", gap="small"):
            page_parts.block(f"<b>{inline(term)}</b>\u2003{inline(meaning)}")
            if place := shown_at(language()).get(term):
                page, tool = place
                there = t("classroom.see", page=navigation.short_name(page))
                navigation.link(page, there, {"tool": tool} if tool else None, width="content")


@lru_cache(maxsize=2)
def shown_at(lang: str) -> dict[str, tuple[str, str]]:
    """For each term the chapter, and the tool in it ("" for the whole page), whose text explains it first."""
    found: dict[str, tuple[str, str]] = {}
    for chapter in chapters.CHAPTERS:
        for path, text in _texts(texts.chapter(chapter.id, lang)):
            tool = next((name for name in path if name in chapter.tools), "")
            for term in TERM.findall(text):
                found.setdefault(term, (chapter.id, tool))
    return found


def _texts(table: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _texts(value, (*path, name))
        else:
            yield (*path, name), str(value)
