"""一个公式: translation, reading and summary as one and the same question to one model; the old words beside it.

It knows the forms of the tasks (assets/examples/family.toml) and what the built-in causal model writes after them.
"""

from __future__ import annotations

import streamlit as st

from explorer.content import examples
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, t
from explorer.ui.markup import inline, verbatim
from explorer.ui.numbers import percent, thousands
from explorer.views._shared import beginnings
from explorer.views._shared.page import Snippet
from explorer.views.family import common, writing
from explorer.views.family.common import JOBS, State

N = 16  # tokens of an answer
OLD = ("classification", "regression", "clustering")
PICTURES = ("igpt", "gpt4")


def draw(state: State) -> Snippet | None:
    page_parts.section("family.tasks")
    widgets.choice(
        "family-job", t("family.tasks.which"), JOBS, state.job, lambda job: t(f"family.tasks.{job}"),
        lambda name: common.store().set(job=name, given=""),
    )  # fmt: skip
    before, own, after = form(state.job)
    written = beginnings.of(state.given) or own
    given = written.strip()
    beginnings.line(
        "family-given", t("family.tasks.box"), written, lambda new: common.store().set(given=new or " "),
        t("family.tasks.box"),
    )  # fmt: skip
    _formula(before, given[: common.LONGEST], after)
    code = _tried(before, given, after)
    _old_words()
    with st.container(key="family-pictures", border=True):
        page_parts.subtitle(t("family.pictures.title"))
        for picture in PICTURES:
            page_parts.quiet(t(f"family.pictures.{picture}"))
    page_parts.honesty("family.tasks.honesty")
    return code


def form(job: str) -> tuple[str, str, str]:
    """(what stands before the reader's text, the page's own text, what stands behind it) of a task."""
    found = examples.load("family")["tasks"][job][language()]
    return found["before"], found["given"], found["after"]


def _formula(before: str, given: str, after: str) -> None:
    """P(output | input, task), and the same three parts in the text that the model really reads."""
    page_parts.block(
        f"<p><b>P({_part('output', t('family.tasks.output'))} | {_part('input', t('family.tasks.input'))}, "
        f"{_part('task', t('family.tasks.task'))})</b></p>"
        f'<p class="sentence" dir="auto">{_words("task", before)}{_words("input", given)}{_words("task", after)} '
        f"{_part('output', '?')}</p>"
    )


def _words(part: str, text: str) -> str:
    lines = text.split("\n")
    return "<br>".join(_part(part, line) if line else "" for line in lines)


def _part(part: str, text: str) -> str:
    colour = {"task": "mask", "input": "truth", "output": "model"}[part]
    return (
        f'<span style="background:color-mix(in srgb, var(--{colour}) 28%, transparent)">{inline(verbatim(text))}</span>'
    )


def _tried(before: str, given: str, after: str) -> Snippet | None:
    """The model's answer with the task and, from the same text, without it."""
    if not given:
        page_parts.notice("family.tasks.empty", "warn")
        return None
    if len(given) > common.LONGEST:
        page_parts.quiet(t("family.tasks.cut", n=common.LONGEST))
    given = given[: common.LONGEST]
    asked = [writing.prompt(before + given + after, N), writing.prompt(given, N)]
    found = writing.texts("tasks", asked, t("family.tasks.write"))
    if found is not None:
        names = (t("family.tasks.with_task"), t("family.tasks.without_task"))
        page_parts.table(
            (t("family.tasks.read_by"), t("family.tasks.written"), t("family.tasks.mean")),
            [
                (name, verbatim(writing.said(one).strip()), percent(writing.mean_p(one)))
                for name, one in zip(names, found, strict=False)
            ],
        )
        page_parts.quiet(t("family.tasks.note", model=writing.model().name))
    return Snippet(
        "generation_write", writing.model(), ids=list(asked[0].ids), n=N, temperature=0.0, top_k=0, top_p=1.0,
        min_p=0.0, penalty=1.0,
    )  # fmt: skip


def _old_words() -> None:
    """Classification, regression, clustering: what comes out, how it is judged, where it is met in this app."""
    page_parts.subtitle(t("family.old.title"))
    page_parts.table(
        ("", *(t(f"family.old.{part}") for part in ("out", "loss", "here"))),
        [
            (t(f"family.old.{word}"), *(t(f"family.old.{word}_{part}") for part in ("out", "loss", "here")))
            for word in OLD
        ],
    )
    page_parts.quiet(t("family.old.why", n=thousands(writing.vocabulary_size())))
