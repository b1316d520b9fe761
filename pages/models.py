"""模型 · Models: what is here, what can be had, and which chapter uses which."""

import streamlit as st

from explorer.ui import chrome
from explorer.views import finish
from explorer.views.models import chapter_use, common, others, progress, shelf

under_way = progress.under_way()
chrome.question("models")
finish.link_problems(common.store())
chrome.guarded(chapter_use.draw)
others.shared()
chrome.guarded(shelf.draw)
others.draw()
if progress.under_way() != under_way:
    st.rerun()  # a fetch has begun or ended meanwhile, and what was drawn before it does not know
common.forget_said()
