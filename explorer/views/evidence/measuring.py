"""The measurement that runs: rows and steps done, a button to stop it, how it ended; and the table to take along.

Drawn again every moment while something is measured; the rest of the app can be used meanwhile.
"""

from __future__ import annotations

from functools import partial
from itertools import chain

import streamlit as st

from explorer.lab.types.evidence import Bench, Measuring
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views.evidence import common

EVERY_S = 0.7


def draw(bench: Bench, status: Measuring) -> None:
    """How the measurement stands, or how it ended."""
    if status.running:
        st.fragment(_running, run_every=EVERY_S)(bench, status)
    else:
        _ended(status)


def _running(bench: Bench, before: Measuring) -> None:
    status = bench.status()
    if status is None or status.done != before.done or not status.running:
        st.rerun()  # there is a new figure, or nothing more to wait for
    assert status is not None
    share = (status.done + status.step[0] / max(1, status.step[1])) / max(1, status.expected, status.done + 1)
    words = t("evidence.running", chapter=t(f"{status.chapter}.nav"), done=status.done, total=status.expected or "?")
    if status.step[1]:
        words += t("evidence.step", done=status.step[0], total=status.step[1])
    with st.container(horizontal=True, vertical_alignment="center", key="evidence-progress"):
        st.progress(min(1.0, share), text=words)
        st.button(t("common.cancel"), key="evidence-cancel", type="tertiary", on_click=bench.cancel)


def _ended(status: Measuring) -> None:
    if status.error == "cancelled":
        page_parts.notice("evidence.stopped", done=status.done)
    elif status.error:
        page_parts.notice("evidence.failed", "warn", done=status.done)
    else:
        page_parts.notice("evidence.done", "good", chapter=t(f"{status.chapter}.nav"), done=status.done)


def take_along(bench: Bench) -> None:
    """The claims that are shown, as a table."""
    with st.container(horizontal=True, vertical_alignment="center"):
        figures = tuple(chain(*common.figures(bench).values()))
        rows = partial(common.table, figures)
        widgets.download("evidence-csv", t("evidence.csv"), rows, "open-sesame-evidence.csv")
        st.html("<code>python -m explorer evidence</code>", width="content")
