"""模型 · Models: what is here, what can be had, and which chapter uses which."""

import streamlit as st

from explorer.ui import page_parts
from explorer.views import page_footer
from explorer.views.models import chapter_use, common, others, progress, shelf

under_way = progress.under_way()
page_parts.question("models")
page_footer.link_problems(common.store())
page_parts.guarded(chapter_use.draw)
others.shared()
page_parts.guarded(shelf.draw)
others.draw()
if progress.under_way() != under_way:
    st.rerun()  # a fetch has begun or ended meanwhile, and what was drawn before it does not know
common.forget_said()
