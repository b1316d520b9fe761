"""The sidebar: the chapters as a story, language, model, large type, and the address for the class's phones."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path

import segno
import streamlit as st
from streamlit.navigation.page import StreamlitPage

from explorer import chapters, palette
from explorer.engine import uses
from explorer.ui import i18n, navigation, network, permission
from explorer.ui.i18n import t
from explorer.ui.markup import inline, literal
from explorer.ui.numbers import parameters

_TEACHER = "teacher"
_OWN_MODEL = "model-of-"  # in the session, with a chapter's name behind it: what that page was last drawn with
# What the buttons, boxes and dialogs of Streamlit say, whatever the page's language (its other words: ui/style.py).
NAMED = {
    "choose": "Choose an option",
    "open": "Open",
    "clear": "Clear value",
    "copy": "Copy to clipboard",
    "fullscreen": "Fullscreen",
    "unfull": "Close fullscreen",
    "close": "Close",
    "collapse": "Collapse sidebar",
    "expand": "Expand sidebar",
    "increment": "Increment",
    "decrement": "Decrement",
    "stop": "Stop script",
    "running": "Running...",
    "lost": "Connection error",
    "silent": "Streamlit server is not responding. Are you connected to the internet?",
    "ended": "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your terminal:",
}
_for_the_whole_page = st.components.v2.component(
    "sesame_sidebar", html="", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)
_keys = st.components.v2.component(
    "sesame_keys", html="", js=Path(__file__).with_name("teacher_keys.js").read_text(encoding="utf-8")
)


def draw(pages: Sequence[tuple[int, StreamlitPage]], current: str) -> None:
    """Draw everything; `pages` are (chapter number, page) in reading order, `current` is the name of the one shown."""
    with st.sidebar:
        lang = i18n.HTML_LANG[i18n.language()]
        name, line = inline(t("common.brand")), inline(t("common.tagline"))
        st.html(f'<div class="brand" lang="{lang}">{name}<small>{line}</small></div>')
        with st.container(key="chapters"):
            for number, page in pages:
                st.page_link(page, label=f"{number}\u2002{page.title}", query_params=navigation.language_of_link())
        with st.container(key="foot"):
            _language()
            _model(current)
            st.session_state[_TEACHER] = teacher()  # in every run: the browser may draw none but a later one
            st.toggle(t("common.teacher"), key=_TEACHER, help=t("common.teacher_help"), on_change=_remember_teacher)
            with st.popover(t("common.phone"), width="stretch"):
                _phone()
        names = {name: t(f"common.names.{name}") for name in ("skip", "sidebar")}
        names["help"] = t("common.names.help", name="{name}")
        said = {english: t(f"common.streamlit.{word}") for word, english in NAMED.items()}
        said["streamlit run yourscript.py"] = "streamlit run app.py"
        # As a text: Streamlit looks into a table within a table for data frames, with pandas.
        names["said"] = json.dumps(said, ensure_ascii=False)
        _for_the_whole_page(key="sidebar-closes", height=1, data=names)
        if teacher():
            _keys(key="teacher-keys", height=1, data={"dark": t("common.dark"), "lang": lang})


def teacher() -> bool:
    """Whether the large type is on: from the toggle, else from the link."""
    if _TEACHER not in st.session_state:
        st.session_state[_TEACHER] = st.query_params.get(_TEACHER) == "1"
    return bool(st.session_state[_TEACHER])


def _remember_teacher() -> None:
    if st.session_state[_TEACHER]:
        st.query_params[_TEACHER] = "1"
    elif _TEACHER in st.query_params:
        del st.query_params[_TEACHER]


def _language() -> None:
    names = {"zh": "中文", "en": "English"}
    chosen = st.segmented_control(
        t("common.language"), list(names), format_func=names.__getitem__, default=i18n.language(),
        key=f"language-{i18n.language()}", label_visibility="collapsed", required=True,
    )  # fmt: skip
    if chosen and chosen != i18n.language():
        i18n.choose_language(chosen)
        st.rerun()


def follow(chapter: str, model: str) -> None:
    """The line in the sidebar names the model that the page is drawn with: where a reader has just chosen another one
    on the page, everything is drawn anew."""
    key = _OWN_MODEL + chapter
    shown = st.session_state.get(key) or uses.model_of(chapter).id
    st.session_state[key] = model
    if shown != model:
        st.rerun()


def _model(current: str) -> None:
    """The model of the page that is shown; a click leads to all of them."""
    asked = st.session_state.get(_OWN_MODEL + current, "")
    info = uses.for_page(current, asked, permission.policy()) if asked else uses.model_of(current)
    facts = [t("common.embedded" if info.embedded else "common.fetched")]
    if info.parameters:
        facts.append(t("common.parameters", n=parameters(info.parameters, i18n.language())))
    label = f"{t('common.model')} **{literal(info.name)}** · {' · '.join(facts)}"
    with st.container(key="model-line"):
        navigation.link(chapters.MODELS, label)


def _phone() -> None:
    url = network.phone_address()
    if url is None:
        st.html(f"<p>{inline(t('common.phone_none'))}</p>")
        return
    picture = io.BytesIO()
    segno.make(url, error="m").save(
        picture, kind="svg", scale=6, border=3, dark=palette.LIGHT["ink"], light=palette.LIGHT["card"]
    )
    st.image(picture.getvalue().decode(), alt=t("common.phone_alt", url=url), width=220)
    st.code(url, language=None)
    st.html(f"<p class='quiet'>{inline(t('common.phone_hint'))}</p>")
