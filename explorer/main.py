"""The router: page configuration, the look, the list of pages, the sidebar. No chapter's logic is in here."""

from __future__ import annotations

import streamlit as st

from explorer.ui import chapters, first_paint, look, sidebar

ICON = str(chapters.ROOT / "assets" / "icon.svg")
st.set_page_config(page_title="芝麻开门 · Open Sesame", page_icon=ICON, layout="wide")
look.apply(large=sidebar.teacher())
pages = chapters.pages()
page = st.navigation([*(page for _, page in pages), chapters.page("models")], position="hidden")
sidebar.draw(pages, page.url_path or "home")
page.run()
first_paint.script_done()
