"""第 13 章 证据 · Evidence: every claim, what was published, what was measured here.

The one page that knows more than views: it hands its views the bench that measures (explorer/evidence/runner.py),
which they know by its type alone.
"""

import streamlit as st

from explorer.evidence import runner
from explorer.ui import page_parts
from explorer.ui.i18n import t
from explorer.views import page_footer
from explorer.views.evidence import claims, common, measuring

page_parts.question("evidence")
page_footer.link_problems(common.store())
claims.stage(runner)
left, right = st.columns([1, 0.4], gap="large")
with left:
    claims.draw(runner)
    measuring.take_along(runner)
with right:
    page_parts.steps([(t(f"evidence.step{n}"), "") for n in (1, 2, 3)])
    page_parts.honesty("evidence.honesty")
page_footer.presets("evidence", common.PRESETS, common.choose_preset)
