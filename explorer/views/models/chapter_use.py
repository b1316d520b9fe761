"""Which model each chapter uses, how to change that, and what it costs in memory."""

from __future__ import annotations

import html

import streamlit as st

from explorer import chapters
from explorer.engine import catalog, get_engine, library, uses
from explorer.ui import page_parts, permission, widgets
from explorer.ui.i18n import HTML_LANG, language, listed, t
from explorer.ui.markup import inline
from explorer.views.models import common
from explorer.views.models.common import gib


def draw() -> None:
    names = used_by_chapters()
    offered = {name: uses.usable(name) for name in names if name in uses.switchable()}
    free = [name for name in names if len(offered.get(name, ())) > 1 and common.may("switch")]
    shelf = library.shelf()
    here = sum(one.here for one in shelf)
    with st.container(key="stage-models"):
        page_parts.lead(t("models.first", here=here, there=len(shelf) - here))
        _memory()
        with st.container(key="models-use"):
            for name in free:
                _choice(name, uses.model_of(name), offered[name])
            _others([name for name in names if name not in free])
        if message := common.said("chapters"):
            key, tone, values = message
            page_parts.notice(key, tone, **values)


def used_by_chapters() -> list[str]:
    """The chapters that run a model."""
    return [
        chapter.id
        for chapter in chapters.CHAPTERS
        if any(chapter.ability in info.abilities and info.embedded for info in catalog.all_entries())
    ]


def _memory() -> None:
    """A bar: what others hold, what this app holds, what is free."""
    now = library.memory()
    others = max(0, now.total - now.free - now.used)
    parts = (("others", others), ("app", now.used), ("free", now.free))
    words = t("models.memory", app=gib(now.used), free=gib(now.free), total=gib(now.total))
    bar = "".join(f'<i class="{name}" style="width: {part / now.total:.1%}"></i>' for name, part in parts)
    page_parts.block(f'<div class="gauge" aria-hidden="true">{bar}</div><p class="quiet">{inline(words)}</p>')


def _others(names: list[str]) -> None:
    """The chapters that have no choice, by the model they use."""
    by_model: dict[str, list[str]] = {}
    for name in names:
        by_model.setdefault(uses.model_of(name).id, []).append(name)
    for chapters_of in by_model.values():
        info = uses.model_of(chapters_of[0])
        words = listed(map(common.chapter_name, chapters_of))
        _line(chapters_of, f'<b lang="en">{html.escape(info.name)}</b> · {inline(words)}', info)


def _line(names: list[str], body: str, info: library.ModelInfo) -> None:
    st.html(
        f'<div class="use" lang="{HTML_LANG[language()]}" data-chapter="{" ".join(names)}">{body} '
        f'<span class="quiet">{inline(_in_memory(info))}</span></div>'
    )


def _in_memory(info: library.ModelInfo) -> str:
    """Whether the model is in memory, and about how much it takes there."""
    needs = library.standing(info).needs
    how = "models.loaded" if get_engine().state(info.id) == "ready" else "models.to_load"
    return t(how, size=gib(needs)) if needs else t("models.needs_unknown")


def _choice(name: str, info: library.ModelInfo, offered: tuple[library.ModelInfo, ...]) -> None:
    """A chapter that can use several of the models that are here."""
    names = {one.id: one.name for one in offered}
    key, changed = widgets.bind(f"models-use-{name}-{language()}", info.id, lambda model: _choose(name, model))
    words, pick = st.columns([1, 0.5], vertical_alignment="center")
    with words:
        _line([name], f"<b>{inline(common.chapter_name(name))}</b>", info)
    pick.selectbox(
        t("models.use_label", chapter=common.chapter_name(name)), list(names), format_func=names.__getitem__, key=key,
        label_visibility="collapsed", on_change=changed,
    )  # fmt: skip


def _choose(name: str, model_id: str) -> None:
    policy = permission.policy()
    common.do("chapters", lambda: uses.choose(name, model_id, policy))
    get_engine().warm(uses.model_of(name).id)
