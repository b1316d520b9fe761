"""留下这个头: a taught head as a file, as a link for the class, and opened again; never the sentences it was taught.

It knows names of heads that lie on this server for a while; what is in a file is read in the engine.
"""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

import streamlit as st

from explorer.engine import heads
from explorer.errors import Told
from explorer.lab.types.finetuning import KEEP, TAGS_KEPT, USE_KEPT, KeepInputs, KeptInputs
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, listed, t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import thousands
from explorer.views.finetuning import asking, common, said
from explorer.views.finetuning.bench import Bench
from explorer.views.finetuning.common import State

KEPT = "finetuning:kept"
OPENED = "finetuning-head-opened"


def draw(bench: Bench) -> None:
    """Keep the head that was taught; where it is kept, its file and its link. Another may be opened."""
    page_parts.subtitle(t("finetuning.keep.title"))
    page_parts.quiet(t("finetuning.keep.what", hours=heads.HOURS))
    inputs, name = st.session_state.get(KEPT, (None, ""))
    with st.container(horizontal=True):
        pressed = st.button(t("finetuning.keep.press"), key="finetuning-keep")
        with st.popover(t("finetuning.keep.open")):
            page_parts.quiet(t("finetuning.keep.file"))
            given = st.file_uploader(
                t("finetuning.keep.open"), type=["safetensors"], label_visibility="collapsed",
                key=f"finetuning-head-{st.session_state.get(OPENED, 0)}",
            )  # fmt: skip
            if given is not None:
                _open(given.getvalue())
    if pressed:
        name = heads.new_name()
        kept = asking.answered(KEEP, KeepInputs(bench.inputs, bench.labels, name))
        if kept is None:
            return
        inputs = bench.inputs
        st.session_state[KEPT] = (inputs, name)
    if inputs == bench.inputs:
        _offered(name)


def _offered(name: str) -> None:
    try:
        data = heads.file(name)
    except Told as problem:
        page_parts.error(problem)
        return
    mb = f"{len(data) / 1e6:.1f}"
    widgets.download("finetuning-save", t("finetuning.keep.save", mb=mb), lambda: data, "head.safetensors")
    page_parts.quiet(t("finetuning.keep.link", hours=heads.HOURS))
    here = urlsplit(st.context.url or "")
    st.code(
        f"{here.scheme}://{here.netloc}{here.path}?{urlencode({'v': '2', 'tool': 'use', 'head': name})}",
        language=None, wrap_lines=True,
    )  # fmt: skip


def opened(state: State) -> None:
    """A head from a file or from somebody's link, asked about a text."""
    if not state.head:
        return
    with st.container(border=True):
        try:
            about = heads.about(state.head)
        except Told as problem:
            page_parts.error(problem)
            _put_down()
            return
        page_parts.subtitle(t("finetuning.keep.opened"))
        page_parts.quiet(t("finetuning.keep.labels", n=thousands(len(about.labels)),
                           labels=listed(verbatim(name) for name in about.labels)))  # fmt: skip
        put = common.store().set
        text = state.asked or t("finetuning.use.example.own")
        widgets.text_line("finetuning-asked-head", t("finetuning.use.box"), text, lambda new: put(asked=new or " "))
        if about.shape == "pair":
            name = t("finetuning.keep.second")
            widgets.text_line("finetuning-beside-head", name, state.beside, lambda new: put(beside=new or " "), name)
            text = f"{text}\n{state.beside}"
        by = "char" if language() == "zh" and about.labels[0] == "O" else "word"
        asked = KeptInputs(state.head, text, by)
        try:
            if about.shape == "tokens":
                said.tags(widgets.run(TAGS_KEPT, common.model().id, asked).result, about.labels)
            else:
                found = widgets.run(USE_KEPT, common.model().id, asked).result
                said.bars(found, about.labels, "finetuning-head-bars")
                said.words(found, about.labels)
        except Told as problem:
            page_parts.error(problem)
        _put_down()


def _put_down() -> None:
    st.button(t("finetuning.keep.put_down"), key="finetuning-put-down", on_click=lambda: common.store().set(head=""))


def _open(data: bytes) -> None:
    try:
        name = heads.laid(data)
    except Told as problem:
        page_parts.error(problem)
        return
    common.store().set(head=name)
    st.session_state[OPENED] = st.session_state.get(OPENED, 0) + 1
    widgets.draw_again()
