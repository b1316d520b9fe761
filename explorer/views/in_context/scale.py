"""Beside 各种任务: the same questions put to whatever other causal models lie on this machine, on one chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.content.measured import measured, names
from explorer.figures import running
from explorer.lab.types.in_context import TABLE, TableResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, listed, t
from explorer.ui.numbers import parameters, percent
from explorer.views.in_context import beside
from explorer.views.in_context.common import Scene

Found = Mapping[str, TableResult]  # by the task's name


def draw(scene: Scene, own: Found, shots: tuple[int, ...], label: Callable[[str], str]) -> None:
    """Every model by its mean over the tasks that all of them have been asked; a button for each that lacks some."""
    page_parts.subsection("in_context.scale")
    others = beside.others(scene.model)
    found: dict[str, Found] = {scene.model.name: own}
    for model, may_ask in others:
        known = {name: widgets.peek(TABLE, model.id, measured(name)) for name in names()}
        missing = [name for name, one in known.items() if one is None]
        button = t("in_context.scale.run", model=model.name, n=len(missing))
        if missing and may_ask and st.button(button, key=f"in_context-scale-{model.id}"):
            for name in missing:
                words = t("in_context.table.running", task=f"{model.name} · {label(name)}")
                known[name] = widgets.result(TABLE, model.id, measured(name), words)
        there = {name: one for name, one in known.items() if one is not None}
        if there:
            found[model.name] = there
    sizes = {one.name: one.parameters for one in (scene.model, *(model for model, _ in others))}
    if len(found) > 1:
        _compare(found, sizes, shots)
    told = [model.name for model, may_ask in others if model.name in found and not may_ask]
    if told:
        page_parts.quiet(t("in_context.scale.beforehand", models=listed(told)))
    if not any(may_ask for _, may_ask in others):
        page_parts.quiet(t("in_context.scale.alone", model=scene.model.name))


def means(found: Mapping[str, Found]) -> tuple[tuple[str, ...], dict[str, NDArray[np.float64]]]:
    """The tasks that all models have been asked, and each model's accuracy by number of examples, a task as much as
    another."""
    shared = tuple(name for name in names() if all(name in tasks for tasks in found.values()))
    return shared, {
        model: np.mean([tasks[name].right.mean(axis=1, dtype=np.float64) for name in shared], axis=0)
        for model, tasks in found.items()
        if shared
    }


def _compare(found: Mapping[str, Found], sizes: Mapping[str, int], shots: tuple[int, ...]) -> None:
    shared, lines = means(found)
    if not shared:
        return
    ticks = [f"k = {k}" for k in shots]
    named = {_name(model, sizes): (ticks, (100 * line).tolist()) for model, line in lines.items()}
    ends = "; ".join(f"{name}: {line[0]:.0f} – {line[-1]:.0f} %" for name, (_, line) in named.items())
    page_parts.plot(
        running.windows(named, ticks, t("in_context.scale.x"), t("in_context.scale.y")), "in_context-scale",
        t("in_context.scale.caption", n=len(shared)), ends,
    )  # fmt: skip
    rows = [(_name(model, sizes), *(percent(float(one)) for one in line)) for model, line in lines.items()]
    page_parts.table((t("in_context.scale.model"), *ticks), rows, tuple(range(1, len(ticks) + 1)))


def _name(model: str, sizes: Mapping[str, int]) -> str:
    """A model with its size, where the catalogue knows it."""
    return f"{model} ({parameters(sizes[model], language())})" if sizes[model] else model
