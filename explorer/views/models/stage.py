"""The whole Models page: which chapter uses which model, the shelf, what is fetched. It is no chapter."""

from __future__ import annotations

import streamlit as st

from explorer.ui import page_parts
from explorer.views import page_footer
from explorer.views.models import chapter_use, common, others, progress, shelf


def page() -> None:
    """Draw it, and once more where a fetch has begun or ended while it was drawn: what stands above knows nothing of
    that."""
    under_way = progress.under_way()
    page_parts.question("models")
    page_footer.link_problems(common.store())
    page_parts.guarded(chapter_use.draw)
    others.shared()
    page_parts.guarded(shelf.draw)
    others.draw()
    if progress.under_way() != under_way:
        st.rerun()
    common.forget_said()
