"""换掉邻居: one sentence, other words round the same word, step by step, and the way its point goes.

It knows a scene, which sentence is rewritten, and the new wordings; all are read by the model and put on one map.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from explorer.components.layers_map import Point
from explorer.lab.types import embedding_metrics as geometry
from explorer.lab.types.context import EmbedInputs, EmbedResult, Occurrence
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.numbers import signed
from explorer.views.context import arrive, common, stage
from explorer.views.context import words as standing
from explorer.views.context.common import MAX_SWAPS, Line, Scene, State

OFFERED = 20  # sentences to choose from


def draw(scene: Scene, result: EmbedResult, state: State) -> None:
    page_parts.section("context.swap")
    at = min(state.pick, len(scene.lines) - 1)
    before = scene.lines[at]
    options = tuple(str(n) for n in range(min(len(scene.lines), OFFERED)))
    widgets.choice(
        "context-pick", t("context.swap.pick"), options, str(min(at, OFFERED - 1)), lambda n: str(int(n) + 1),
        lambda n: common.store().set(pick=int(n), swaps=()),
    )  # fmt: skip
    now = state.swaps[-1] if state.swaps else before.text
    widgets.text_line("context-swap", t("context.swap.line"), now, lambda new: _rewrite(new, before.text))
    if state.swaps:
        st.button(t("context.swap.again"), key="context-swap-again", type="tertiary", on_click=_start_over)
    found = [standing.occurrence(state.model, text, scene.word) for text in state.swaps]
    steps = [step for step in found if step is not None]
    if len(steps) < len(found):
        page_parts.notice("errors.word_missing", "warn", word=scene.word)
    if not steps:
        if not state.swaps:
            page_parts.notice("context.swap.same")
        return
    # The old sentence is read along, so that two sentences at least stand for "all tokens".
    more = stage.embed(state.model, EmbedInputs((*steps, Occurrence(before.text, before.start, before.end))))
    new = replace(more, vectors=more.vectors[:, :-1], pieces=more.pieces[:-1])
    _said(scene, result, new, state, at)
    added = [
        Point(step.text, step.start, step.end, before.sense, trail=len(scene.lines) + n - 1 if n else at,
              name=t("context.swap.after", n=n + 1))
        for n, step in enumerate(steps)
    ]  # fmt: skip
    arrive.figure(scene, result, new, added, state, key="context-swap-map")
    page_parts.steps([(t(f"context.swap.step{n}"), "") for n in (1, 2)])
    page_parts.honesty("context.swap.honesty")
    lines: list[Line | Occurrence] = [*scene.lines, *steps]
    common.show_code(
        "context_look", state.model, lines=common.spans(lines), layer=max(1, min(state.layer, len(result.vectors) - 1))
    )


def _rewrite(new: str, before: str) -> None:
    """One more step of the way; back to the first wording is a step as well."""
    swaps = common.store().now().swaps
    if new.strip() and new != (swaps[-1] if swaps else before):
        common.store().set(swaps=(*swaps, new.strip())[-MAX_SWAPS:])


def _start_over() -> None:
    common.store().set(swaps=())


def _said(scene: Scene, result: EmbedResult, new: EmbedResult, state: State, at: int) -> None:
    """How near the word is to each sense's mean, before and after each step, at the layer on the stage."""
    layer = min(state.layer, len(result.vectors) - 1)
    x = geometry.treated(result, "centred")[layer]
    moved = new.vectors[layer] - result.vectors[layer].mean(axis=0)
    rows = []
    for sense, name in enumerate(scene.senses):
        members = [n for n, line in enumerate(scene.lines) if line.sense == sense and n != at]
        if not members:
            continue
        mean = x[members].mean(axis=0)
        cos = geometry.cosines(np.stack([mean, x[at], *moved])[None])[0, 0]
        rows.append((name, *("—" if np.isnan(value) else signed(float(value)) for value in cos[1:])))
    if rows:
        head = [
            t("context.swap.sense"),
            t("context.swap.was"),
            *(t("context.swap.after", n=n + 1) for n in range(len(moved))),
        ]
        page_parts.table(head, rows, numeric=range(1, len(head)))
