"""第 13 章 证据 · Evidence: every claim, what was published, what was measured here.

The one page that knows more than views: it hands its views the bench that measures (explorer/evidence/bench.py),
which they know by its type alone.
"""

import streamlit as st

from explorer.evidence import bench
from explorer.ui import chrome
from explorer.ui.i18n import t
from explorer.views import finish
from explorer.views.evidence import claims, common, measuring

chrome.question("evidence")
finish.link_problems(common.store())
claims.stage(bench)
left, right = st.columns([1, 0.4], gap="large")
with left:
    claims.draw(bench)
    measuring.take_along(bench)
with right:
    chrome.steps([(t(f"evidence.step{n}"), "") for n in (1, 2, 3)])
    chrome.honesty("evidence.honesty")
finish.presets("evidence", common.PRESETS, common.choose_preset)
