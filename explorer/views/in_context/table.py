"""各种任务: accuracy and ln p of every task for 0 … 16 examples, with intervals, measured again at a click."""

from __future__ import annotations

import streamlit as st

from explorer.content import tasks
from explorer.content.measured import measured, names
from explorer.lab.types.in_context import TABLE, TableInputs, TableResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views.in_context import beside, scale
from explorer.views.in_context.common import Scene, State

SHOTS = TableInputs("", ()).shots


def draw(scene: Scene, _: State) -> None:
    page_parts.section("in_context.table")
    body, side = st.columns([1, 0.34], gap="large")
    with body:
        known = {name: widgets.peek(TABLE, scene.model.id, measured(name)) for name in names()}
        missing = [name for name, found in known.items() if found is None]
        if missing and st.button(t("in_context.table.run", n=len(missing)), type="primary", key="in_context-table"):
            for name in missing:
                words = t("in_context.table.running", task=label(name))
                known[name] = widgets.result(TABLE, scene.model.id, measured(name), words)
        there = {name: found for name, found in known.items() if found is not None}
        _table(there)
        scale.draw(scene, there, SHOTS, label)
    with side:
        page_parts.steps([(t(f"in_context.table.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("in_context.table.honesty")


def label(name: str) -> str:
    """A task's name for readers."""
    task, tongues = tasks.named(name), {lang: t(f"in_context.tongue.{lang}") for lang in tasks.TONGUES}
    kinds = {id: t(f"in_context.tasks.{id}") for id in tasks.TASKS}
    if task.id == "translate":
        return f"{tongues[task.lang]} → {tongues[task.to]}"  # type: ignore[index]
    if task.id == "arithmetic":
        return t("in_context.table.digits", n=task.digits)
    return f"{kinds[task.id]} · {tongues[task.lang]}"  # type: ignore[index]


def _table(found: dict[str, TableResult]) -> None:
    if not found:
        return
    rows, shares = [], []
    for name, result in found.items():
        right = result.right.mean(axis=1)
        cells = [beside.accuracy(result.right[n] > 0) for n in range(len(SHOTS))]
        rows.append((label(name), *cells, str(result.right.shape[1])))
        shares.append([None, *(float(one) for one in right), None])
    head = (t("in_context.table.task"), *(f"k = {k}" for k in SHOTS), t("in_context.table.n"))
    page_parts.table(head, rows, tuple(range(1, len(SHOTS) + 2)), shares=shares)
    page_parts.quiet(t("in_context.table.note"))
