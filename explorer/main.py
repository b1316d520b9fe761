"""The router: page configuration, the look, the list of pages, the sidebar. No chapter's logic is in here."""

from __future__ import annotations

import streamlit as st

from explorer import chapters, paths
from explorer.ui import address, first_paint, i18n, in_room, navigation, sidebar, style, tour

ICON = str(paths.ASSETS / "icon.svg")
st.set_page_config(page_title="芝麻开门 · Open Sesame", page_icon=ICON, layout="wide")
style.apply(large=sidebar.teacher())
pages = navigation.pages()
page = st.navigation([*(page for _, page in pages), navigation.page(chapters.MODELS)], position="hidden")
current = page.url_path or chapters.HOME
address.on(current)
if i18n.follow_address(current):
    st.rerun()
if in_room.code():
    from explorer.views import room_bar

    room_bar.follow(current)
sidebar.draw(pages, current)
tour.strip(current)
if "plan" in st.query_params:
    from explorer.ui import lesson

    lesson.strip()
if in_room.code():
    room_bar.draw(current)
page.run()
first_paint.script_done()
