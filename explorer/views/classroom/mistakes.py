"""Find the mistake: a claim that is nearly right, what is wrong with it, and where the running model shows it."""

from __future__ import annotations

import streamlit as st

from explorer.content import classroom as content
from explorer.ui import navigation, page_parts
from explorer.ui.i18n import language, t
from explorer.views.classroom import common
from explorer.views.classroom.common import State


def draw(state: State) -> None:
    """One card; the mistake is shown when asked for."""
    page_parts.section("classroom.mistakes")
    cards = content.mistakes(language())
    at = min(state.card, len(cards))
    card = cards[at - 1]
    with st.container(key="stage-classroom-card"):
        page_parts.quiet(t("classroom.mistakes.at", n=at, of=len(cards), page=navigation.short_name(card.page)))
        page_parts.lead(card.claim)
        if state.shown:
            page_parts.paragraphs(
                f"**{t('classroom.mistakes.wrong')}** {card.wrong}",
                f"**{t('classroom.mistakes.right')}** {card.put_right}",
            )
            navigation.link(card.page, t("classroom.see", page=navigation.short_name(card.page)), card.query)
        else:
            st.button(
                t("classroom.mistakes.show"), key="classroom-show", on_click=common.store().set, kwargs={"shown": True}
            )
    with st.container(horizontal=True, key="classroom-cards"):
        for name, to in (("back", at - 1), ("on", at + 1)):
            st.button(
                t(f"classroom.mistakes.{name}"), key=f"classroom-{name}", disabled=not 1 <= to <= len(cards),
                on_click=common.store().set, kwargs={"card": to, "shown": False},
            )  # fmt: skip
