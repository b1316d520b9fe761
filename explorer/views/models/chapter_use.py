"""Which model each chapter uses, how to change that, and what it costs in memory."""

from __future__ import annotations

import html

import streamlit as st

from explorer.engine import catalog, get_engine, library
from explorer.ui import chapters, chrome, permission
from explorer.ui.i18n import HTML_LANG, language, t
from explorer.ui.prose import inline
from explorer.views.models import common
from explorer.views.models.common import gib


def draw() -> None:
    with st.container(key="stage-models"):
        _memory()
        with st.container(key="models-use"):
            for name in used_by_chapters():
                _chapter(name)
        if message := common.said("chapters"):
            key, tone, values = message
            chrome.notice(key, tone, **values)


def used_by_chapters() -> list[str]:
    """The chapters that run a model."""
    return [
        name
        for _, name in chapters.CHAPTERS
        if any(name in info.chapters and info.embedded for info in catalog.all_entries())
    ]


def _memory() -> None:
    """A bar: what others hold, what this app holds, what is free."""
    now = library.memory()
    others = max(0, now.total - now.free - now.used)
    parts = (("others", others), ("app", now.used), ("free", now.free))
    words = t("models.memory", app=gib(now.used), free=gib(now.free), total=gib(now.total))
    bar = "".join(f'<i class="{name}" style="width: {part / now.total:.1%}"></i>' for name, part in parts)
    chrome.block(f'<div class="gauge" aria-hidden="true">{bar}</div><p class="quiet">{inline(words)}</p>')


def _chapter(name: str) -> None:
    info = library.model_of(name)
    offered = library.usable(name) if name in library.switchable() else ()
    choice = len(offered) > 1 and common.may("switch")
    own = "" if choice else f' · <b lang="en">{html.escape(info.name)}</b>'
    words, pick = st.columns([1, 0.5], vertical_alignment="center")
    words.html(
        f'<div class="use" lang="{HTML_LANG[language()]}" data-chapter="{name}">'
        f"{inline(common.chapter_name(name))}{own} "
        f'<span class="quiet">{inline(_in_memory(info))}</span></div>'
    )
    if choice:
        with pick:
            _choice(name, info, offered)


def _in_memory(info: library.ModelInfo) -> str:
    """Whether the model is in memory, and about how much it takes there."""
    needs = library.standing(info).needs
    how = "models.loaded" if get_engine().state(info.id) == "ready" else "models.to_load"
    return t(how, size=gib(needs)) if needs else t("models.needs_unknown")


def _choice(name: str, info: library.ModelInfo, offered: tuple[library.ModelInfo, ...]) -> None:
    names = {one.id: one.name for one in offered}
    key = f"models-use-{name}-{language()}"
    st.session_state[key] = info.id
    st.selectbox(
        t("models.use_label", chapter=common.chapter_name(name)), list(names), format_func=names.__getitem__, key=key,
        label_visibility="collapsed", on_change=lambda: _choose(name, st.session_state[key]),
    )  # fmt: skip


def _choose(name: str, model_id: str) -> None:
    policy = permission.policy()
    common.do("chapters", lambda: library.choose(name, model_id, policy))
    get_engine().warm(library.chosen(name).id)
