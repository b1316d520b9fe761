"""The whole Evidence page: which claims, the claims, the table to take along, and how to read them.

The bench that measures is handed in by the page file: it is known here by its type alone.
"""

from __future__ import annotations

import streamlit as st

from explorer.lab.types.evidence import Bench
from explorer.ui import page_parts
from explorer.ui.i18n import t
from explorer.views.evidence import claims, measuring


def page(bench: Bench) -> None:
    """Everything between the question and the presets."""
    claims.stage(bench)
    left, right = st.columns([1, 0.4], gap="large")
    with left:
        claims.draw(bench)
        measuring.take_along(bench)
    with right:
        page_parts.steps([(t(f"evidence.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("evidence.honesty")
