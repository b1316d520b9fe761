"""The shelf: every model with its size, licence, source and chapters, and what can be done with it."""

from __future__ import annotations

import html
from functools import partial

import streamlit as st

from explorer.engine import get_engine, library
from explorer.engine.library import Standing
from explorer.ui import page_parts, permission, widgets
from explorer.ui.i18n import HTML_LANG, language, listed, t
from explorer.ui.markup import inline
from explorer.ui.numbers import size
from explorer.views.models import chapter_use, common, progress


def draw() -> None:
    state = common.store().get()
    page_parts.section("models.shelf")
    names = ("", *chapter_use.used_by_chapters())
    shown = state.chapter if state.chapter in names else ""
    widgets.choice(
        "models-chapter", t("models.filter"), names, shown, lambda name: _filter_name(name),
        lambda name: common.store().set(chapter=name),
    )  # fmt: skip
    shelf = library.shelf()
    models = [one for one in shelf if not shown or shown in common.landed(one.info)]
    for hidden in (one.info.id for one in shelf if one not in models):
        progress.draw(hidden)
    here = [one for one in models if one.here]
    page_parts.subtitle(t("models.here", n=len(here)))
    for one in here:
        _row(one)
    page_parts.subtitle(t("models.there", n=len(models) - len(here)))
    for one in models:
        if not one.here:
            _row(one)


def _filter_name(name: str) -> str:
    return common.chapter_name(name) if name else t("models.all")


def _row(one: Standing) -> None:
    info = one.info
    with st.container(key=f"model-{library.slug(info.id)}", border=True):
        words, acts = st.columns([1, 0.34], vertical_alignment="center")
        words.html(_about(one))
        with acts.container(horizontal=True, horizontal_alignment="right"):
            _acts(one)
        progress.draw(info.id)
        if common.store().get().open == info.id:
            _terms(one)
        if message := common.said(info.id):
            key, tone, values = message
            page_parts.notice(key, tone, **values)


def _about(one: Standing) -> str:
    info = one.info
    good_for = listed(map(common.chapter_name, common.landed(info)))
    lines = [common.facts(one)]
    if good_for:
        lines.append(t("models.good_for", chapters=good_for))
    if one.needs:
        lines.append(t("models.needs", size=common.gib(one.needs)))
    if one.state == "partial":
        lines.append(t("models.partial_size", size=size(one.on_disk)))
    tone = {"embedded": "good", "whole": "good", "damaged": "bad"}.get(one.state, "")
    badge = f'<span class="state {tone}">{inline(t(f"models.state.{one.state}"))}</span>'
    body = "".join(f'<span class="quiet">{inline(line)}</span>' for line in lines)
    return (
        f'<div class="model" lang="{HTML_LANG[language()]}" data-model="{html.escape(info.id)}" '
        f'data-state="{one.state}"><b lang="en">{html.escape(info.name)}</b> {badge}{body}</div>'
    )


def _acts(one: Standing) -> None:
    """The buttons that this reader has for this model."""
    info, policy = one.info, permission.policy()
    key = library.slug(info.id)
    job = library.fetches.job(info.id)
    if job is not None and job.running:
        return  # its line above has the button that stops it
    if policy.may("evict") and get_engine().state(info.id) == "ready":
        act = partial(library.evict, get_engine(), info.id, policy)
        st.button(t("models.evict"), key=f"evict-{key}", type="tertiary", on_click=common.do, args=(info.id, act))
    if policy.may("fetch"):
        if one.here or (one.state == "damaged" and info.embedded):
            st.button(t("models.verify"), key=f"verify-{key}", type="tertiary", on_click=_verify, args=(one,))
        else:
            if not info.bytes:
                act = partial(library.ask, info, policy)
                st.button(t("models.ask"), key=f"ask-{key}", type="tertiary", on_click=common.do, args=(info.id, act))
            word = {"partial": "resume", "damaged": "repair"}.get(one.state, "fetch")
            st.button(t(f"models.{word}"), key=f"fetch-{key}", on_click=progress.start, args=(info,))
    if policy.may("remove") and not info.embedded and one.on_disk:
        with st.popover(t("models.remove")):
            page_parts.quiet(t("models.remove_sure", model=info.name, size=size(one.on_disk)))
            st.button(t("models.remove_yes"), key=f"remove-{key}", type="primary", on_click=_remove, args=(one,))


def _terms(one: Standing) -> None:
    """The terms, to be read and accepted before anything is fetched."""
    info, policy = one.info, permission.policy()
    words = library.terms_of(info)
    if not words or not policy.may("fetch"):
        return
    page_parts.notice("errors.terms_first", model=info.name, licence=info.licence)
    with st.container(height=260, border=True, key=f"terms-{library.slug(info.id)}"):
        paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in words.splitlines() if line)
        st.html(f'<div class="terms" lang="en" tabindex="0">{paragraphs}</div>')
    read = st.checkbox(t("models.accept", licence=info.licence), key=f"accept-{library.slug(info.id)}")
    with st.container(horizontal=True):
        st.button(t("models.fetch"), key=f"accepted-{library.slug(info.id)}", type="primary", disabled=not read,
                  on_click=_accepted, args=(one,))  # fmt: skip
        st.button(t("models.not_now"), key=f"declined-{library.slug(info.id)}", type="tertiary",
                  on_click=lambda: common.store().set(open=""))  # fmt: skip


def _accepted(one: Standing) -> None:
    policy = permission.policy()
    common.store().set(open="")
    common.do(one.info.id, lambda: library.fetch(one.info, policy, accepted=True))


def _verify(one: Standing) -> None:
    def act() -> None:
        found = list(library.verify(one.info, permission.policy()))
        wrong = [name for name, right in found if not right]
        if wrong:
            common.say(one.info.id, "models.verify_wrong", "warn", files=listed(wrong))
        else:
            common.say(one.info.id, "models.verify_right", "good", n=len(found))

    common.do(one.info.id, act)


def _remove(one: Standing) -> None:
    def act() -> None:
        freed = library.remove(get_engine(), one.info, permission.policy())
        common.say("chapters", "models.removed", model=one.info.name, size=size(freed))

    common.do(one.info.id, act)
