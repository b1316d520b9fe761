"""A fetch as it stands: MB, rate and time left, its end or its error, and what to do then. It stands at its model.

Drawn again every moment while it runs; the rest of the page stands still and can be used.
"""

from __future__ import annotations

import streamlit as st

from explorer.engine import library
from explorer.engine.library import Job
from explorer.ui import page_parts, permission
from explorer.ui.i18n import t
from explorer.ui.markup import inline, literal, verbatim
from explorer.ui.numbers import size
from explorer.views.models import common
from explorer.views.models.common import time_left

EVERY_S = 0.7


def under_way() -> frozenset[str]:
    """The models that are being fetched or looked up now."""
    return frozenset(job.model for job in library.fetches.jobs() if job.running)


def draw(model_id: str) -> None:
    """How the fetch of one model stands, or how it ended; nothing where there was none."""
    job = library.fetches.job(model_id)
    if job is None:
        return
    if job.running:
        st.fragment(_running, run_every=EVERY_S)(model_id)
    else:
        _ended(job)


def _running(model_id: str) -> None:
    job = library.fetches.job(model_id)
    if job is None or not job.running:
        st.rerun()  # the shelf has changed, and nobody need look this often any more
    _line(job)


def _line(job: Job) -> None:
    step = job.progress
    where = f"{step.file} · {step.place}" if step.file else step.place
    parts = [f"{job.info.name}: {t(f'models.phase.{step.phase}')}", where]
    if step.total:
        parts.append(t("models.of", done=size(step.done), total=size(step.total)))
    if step.rate:
        parts.append(f"{size(step.rate)}/s")
    if step.phase == "waiting":
        parts.append(t("models.waiting", left=time_left(step.seconds_left), reason=step.reason))
    elif step.seconds_left is not None:
        parts.append(t("models.left", left=time_left(step.seconds_left)))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(
            min(1.0, step.done / step.total) if step.total else 0.0, text=literal(" · ".join(filter(None, parts)))
        )
        if common.may("fetch"):
            policy = permission.policy()
            st.button(
                t("common.cancel"), key=f"models-cancel-{job.model}", type="tertiary",
                on_click=lambda: common.do(job.model, lambda: library.cancel(job.model, policy)),
            )  # fmt: skip


def _ended(job: Job) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"models-ended-{library.slug(job.model)}"):
        with st.container(width="stretch"):
            _message(job)
        if not common.may("fetch"):
            return
        if job.asked or job.error is not None:
            st.button(
                t("models.resume" if job.progress.done else "models.fetch"), key=f"models-again-{job.model}",
                on_click=lambda: start(job.info),
            )  # fmt: skip
        st.button(
            t("models.seen"), key=f"models-seen-{job.model}", type="tertiary",
            on_click=lambda: library.fetches.forget(job.model),
        )  # fmt: skip


def _message(job: Job) -> None:
    error, step = job.error, job.progress
    if error is None and job.asked:
        page_parts.notice(
            "models.found", "good", model=job.info.name, size=size(step.total), place=step.place,
            kind=t(f"models.kind.{step.reason}"), licence=step.licence or t("models.licence_unknown"),
        )  # fmt: skip
    elif error is None:
        page_parts.notice("models.here_now", "good", model=job.info.name)
    elif error.key == "cancelled":
        page_parts.notice("models.stopped", model=job.info.name, done=size(step.done))
    elif error.key == "no_source":
        _nowhere(job)
    else:
        page_parts.notice(f"errors.{error.key}", "warn", **error.values)


def _nowhere(job: Job) -> None:
    """Which sources were tried, what each said, and what to do now."""
    assert job.error is not None
    page_parts.notice("models.nowhere", "warn", model=job.info.name)
    tried = job.error.values.get("attempts", ())
    assert isinstance(tried, tuple)
    lines = "".join(
        f"<li>{inline(t(f'errors.{key}', **{name: verbatim(str(value)) for name, value in values.items()}))}</li>"
        for key, values in tried
    )
    todo = "".join(f"<li>{inline(t(f'models.todo.{what}'))}</li>" for what in ("mirror", "index", "stick"))
    head = inline(t("models.tried"))
    page_parts.block(f"<p>{head}</p><ul class='tried'>{lines}</ul><p>{inline(t('models.do_now'))}</p><ol>{todo}</ol>")


def start(info: library.ModelInfo) -> None:
    """Fetch, or first show the terms that are to be accepted."""
    if library.terms_of(info):
        common.store().set(open=info.id)
        return
    policy = permission.policy()
    common.do(info.id, lambda: library.fetch(info, policy))
