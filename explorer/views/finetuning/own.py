"""自己的标签: the reader's own sentences with labels, typed, pasted or from a file; what is said of them.

It knows text and files; what is read out of them is `own_labels.py`.
"""

from __future__ import annotations

import streamlit as st

from explorer.lab.types.finetuning import MOST_LABELS, MOST_SENTENCES, TuneInputs
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import listed, t
from explorer.ui.markup import verbatim
from explorer.views.context import csv_files
from explorer.views.finetuning import common
from explorer.views.finetuning.common import State

MOST_BYTES = 2_000_000


def draw(state: State) -> None:
    """The box, and a file in its place."""
    page_parts.quiet(t("finetuning.own.how", labels=MOST_LABELS, sentences=MOST_SENTENCES))
    widgets.text_area(
        "finetuning-own", t("finetuning.own.box"), state.own, lambda text: common.store().set(own=text or " "), 240,
        label_seen=False,
    )  # fmt: skip
    with st.container(horizontal=True):
        if not state.own.strip():
            st.button(
                t("finetuning.own.fill"), key="finetuning-fill",
                on_click=lambda: common.store().set(own=t("finetuning.own.example")),
            )  # fmt: skip
        with st.popover(t("finetuning.own.open")):
            page_parts.quiet(t("finetuning.own.file", mb=MOST_BYTES // 1_000_000))
            given = st.file_uploader(
                t("finetuning.own.open"), type=["csv", "tsv", "txt"], label_visibility="collapsed",
                key=f"finetuning-file-{st.session_state.get('finetuning-opened', 0)}",
            )  # fmt: skip
            if given is not None:
                _open(given.getvalue())


def remarks(state: State, inputs: TuneInputs) -> None:
    """How the lines were read."""
    found = common.own(state)
    page_parts.quiet(t("finetuning.own.read", labels=listed(verbatim(name) for name in found.labels)))
    if found.left_out:
        page_parts.notice("finetuning.own.left_out", n=found.left_out)
    if found.doubled:
        page_parts.notice("finetuning.own.doubled", n=found.doubled)
    shared = {text for text, _ in inputs.train} & {text for text, _ in inputs.held_out}
    if shared:
        page_parts.notice("finetuning.both", n=len(shared))


def _open(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        page_parts.notice("finetuning.own.too_large", "warn", mb=MOST_BYTES // 1_000_000)
        return
    text = csv_files.decoded(data)
    if not text or not text.strip():
        page_parts.notice("finetuning.own.unreadable", "warn")
        return
    common.store().set(own=text.removeprefix("\ufeff"))
    st.session_state["finetuning-opened"] = st.session_state.get("finetuning-opened", 0) + 1
    widgets.draw_again()
