"""The router: page configuration, the look, the list of pages, the sidebar. No chapter's logic is in here."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from explorer.ui import first_paint, sidebar
from explorer.ui.i18n import t

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = ((0, "home"), (2, "masking"))


def main() -> None:
    st.set_page_config(page_title="芝麻开门 · Open Sesame", page_icon=":material/key:", layout="wide")
    st.html(ROOT / "explorer" / "ui" / "style.css")
    if sidebar.teacher():
        st.html("<style>html { font-size: 135%; }</style>")
    pages = [
        (
            number,
            st.Page(
                ROOT / "pages" / f"{name}.py",
                title=t(f"{name}.nav"),
                url_path=None if name == "home" else name,
                default=name == "home",
            ),
        )
        for number, name in CHAPTERS
    ]
    page = st.navigation([page for _, page in pages], position="hidden")
    sidebar.draw(pages)
    page.run()
    first_paint.first_painted.set()


main()
