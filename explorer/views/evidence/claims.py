"""The claims, one card each: what is claimed, what was published, what was measured here, and whether it holds."""

from __future__ import annotations

import html

import streamlit as st

from explorer.engine import catalog
from explorer.lab.types.evidence import OWN, Bench, Figure, Row
from explorer.ui import navigation, page_parts, widgets
from explorer.ui.i18n import HTML_LANG, language, t
from explorer.ui.markup import inline, verbatim
from explorer.views.evidence import common, measuring
from explorer.views.evidence.common import number

# What stands behind "own measurement" in a source, and the name of its words on the Chinese page.
REMARKS = {
    "the BERT paper reports no accuracy of its masked-word predictions": "no_accuracy",
    "the model was trained with full attention": "full_attention",
    "exactly 0 for static vectors": "static_zero",
    "the method is of Liu, Hsu, Chuang & Lee 2020 (arXiv 2004.09205; 2010.10041)": "method_of_liu",
    "the two models differ in size and reading as well": "two_models",
}
LINKED = 2  # claims that do not hold and are linked at once: more would fill the window
SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<"}


def stage(bench: Bench) -> None:
    """How the claims stand, first of all; those that do not hold with the way to where it is seen; which chapter."""
    names = ("", *common.with_evidence(bench))
    chosen, asked = common.shown(bench), common.store().get().chapter
    with st.container(key="stage-evidence"):
        figures = [figure for name in chosen for figure in bench.figures(name)]
        failing = [figure.row for figure in figures if not figure.row.holds]
        here = sum(figure.here for figure in figures)
        page_parts.lead(
            t("evidence.first_fact", n=len(figures), held=len(figures) - len(failing), failed=len(failing))
            + (t("evidence.claims_sub", here=here) if here else "")
        )
        for row in failing[:LINKED]:
            navigation.link(row.chapter, t("evidence.see", claim=_claim(row)), common.where(row.id))
        if len(failing) > LINKED:
            page_parts.quiet(t("evidence.more_failing", n=len(failing) - LINKED))
        widgets.choice(
            "evidence-chapter", t("evidence.filter"), names, asked if asked in names else "",
            lambda name: _name(name), lambda name: common.store().set(chapter=name),
        )  # fmt: skip


def _name(name: str) -> str:
    return navigation.short_name(name) if name else t("evidence.all")


def _claim(row: Row) -> str:
    return row.claim_zh if language() == "zh" else row.claim_en


def draw(bench: Bench) -> None:
    """Every claim of the chapters shown, each chapter with its button."""
    status = bench.status()
    running = status is not None and status.running
    for name, figures in common.figures(bench).items():
        measured = bool(bench.figures(name))
        with st.container(horizontal=True, vertical_alignment="center", key=f"evidence-{name}"):
            with st.container(width="stretch"):
                page_parts.subtitle(t(f"{name}.nav"))
            st.button(
                t("evidence.again" if measured else "evidence.first"), key=f"measure-{name}", disabled=running,
                on_click=bench.start, args=(name,),
            )  # fmt: skip
        if status is not None and status.chapter == name:
            measuring.draw(bench, status)
        if not figures:
            page_parts.quiet(t("evidence.none_such" if measured else "evidence.none"))
        page_parts.block("".join(map(_card, figures)))


def _card(figure: Figure) -> str:
    row, lang = figure.row, language()
    verdict = "holds" if row.holds else "holds_not"
    measured = _found(row)
    finding = (row.published_zh if lang == "zh" else "") or row.published
    unit = inline(verbatim(row.unit_zh)) if lang == "zh" and row.unit_zh else _cited(row.unit)
    published = f"{_cited(finding)} " if finding else t("evidence.no_figure") + " "
    parts = [
        _part("published", f"{published}<cite>{_source(row.source)}</cite>"),
        _part("on", f'<span lang="en">{html.escape(row.data)}</span>, n = {row.n}'),
        _part("when", inline(_when(figure))),
    ]
    if row.model:
        named = f'<span lang="en">{html.escape(_model(row.model))}</span> <code>{row.revision[:12]}</code>'
        parts.insert(2, _part("with", named))
    if figure.held_out:
        value, n, data = figure.held_out
        parts.append(_part("held_out", f'{number(value)} (n = {n}, <span lang="en">{html.escape(data)}</span>)'))
    parts.append(_part("command", f"<code>{html.escape(row.command)}</code>"))
    tone = "good" if row.holds else "bad"
    return (
        f'<details class="claim"{"" if row.holds else " open"} data-claim="{html.escape(row.id)}" '
        f'data-measured="{row.measured!r}" data-when="{html.escape(figure.when)}" lang="{HTML_LANG[lang]}">'
        f'<summary><span class="state {tone}">{inline(t(f"evidence.{verdict}"))}</span> {inline(verbatim(_claim(row)))}'
        f'<span class="found"><b class="n">{html.escape(measured)}</b> {unit}</span></summary>'
        f"<dl>{''.join(parts)}</dl></details>"
    )


def _found(row: Row) -> str:
    """The figure and what it is held against, as a reader would say them."""
    if row.unit.startswith("1 if "):
        return t("evidence.yes" if row.measured else "evidence.no")
    written = [common.written(value, row.unit) for value in (row.measured, row.target)]
    return f"{written[0]} {SIGNS[row.op]} {written[1]}"


def _part(part: str, value: str) -> str:
    return f"<dt>{inline(t(f'evidence.part.{part}'))}</dt><dd>{value}</dd>"


def _cited(text: str) -> str:
    """A source's own words, in the language it has."""
    return f'<span lang="en">{html.escape(text)}</span>' if text.isascii() else inline(verbatim(text))


def _source(source: str) -> str:
    """A source as it calls itself; of what is ours, that it is."""
    _, own, more = source.partition(OWN)
    remark = REMARKS.get(more.removeprefix("; "))
    if own and remark and language() == "zh":
        return inline(t("evidence.own") + t(f"evidence.remark.{remark}"))
    return inline(t("evidence.own")) + _cited(more) if own else _cited(source)


def _model(model_id: str) -> str:
    return next((info.name for info in catalog.all_entries() if info.id == model_id), model_id)


def _when(figure: Figure) -> str:
    words = t("evidence.here" if figure.here else "evidence.shipped", day=figure.when[:10])
    return f"{words} {t('evidence.stale')}" if figure.stale else words
