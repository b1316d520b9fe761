"""换掉邻居: one sentence, some other words round the same word, and the way its point goes.

It knows a scene, which sentence is rewritten, and the new words; both are read by the model and put on one map.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from explorer.components.layers_map import Point
from explorer.engine.maps import geometry
from explorer.lab.types.context import EmbedInputs, EmbedResult, Occurrence
from explorer.ui import chrome, widgets
from explorer.ui.i18n import t
from explorer.ui.numbers import signed
from explorer.views.context import arrive, common, stage
from explorer.views.context import words as standing
from explorer.views.context.common import Scene, State


def draw(scene: Scene, result: EmbedResult, state: State) -> None:
    chrome.section("context.swap")
    at = min(state.pick, len(scene.lines) - 1)
    before = scene.lines[at]
    options = tuple(str(n) for n in range(min(len(scene.lines), 20)))
    widgets.choice(
        "context-pick", t("context.swap.pick"), options, str(min(at, 19)), lambda n: str(int(n) + 1),
        lambda n: common.store().set(pick=int(n), swap=""),
    )  # fmt: skip
    widgets.text_line(
        "context-swap", t("context.swap.line"), state.swap or before.text,
        lambda new: common.store().set(swap=new if new != before.text else ""),
    )  # fmt: skip
    after = standing.occurrence(state.swap.strip() or before.text, scene.word)
    if after is None:
        chrome.notice("errors.word_missing", "warn", word=scene.word)
        return
    if after.text == before.text:
        chrome.notice("context.swap.same")
        return
    more = stage.embed(EmbedInputs((after, Occurrence(before.text, before.start, before.end))))
    added = [Point(after.text, after.start, after.end, before.sense, trail=at, name=t("context.swap.after"))]
    _said(scene, result, more, state, at)
    arrive.figure(scene, result, _first(more), added, state, key="context-swap-map")
    chrome.steps([(t(f"context.swap.step{n}"), "") for n in (1, 2)])
    chrome.honesty("context.swap.honesty")


def _first(more: EmbedResult) -> EmbedResult:
    return replace(more, vectors=more.vectors[:, :1], pieces=more.pieces[:1])


def _said(scene: Scene, result: EmbedResult, more: EmbedResult, state: State, at: int) -> None:
    """How near the word is to each sense's mean, before and after, at the layer on the stage."""
    layer = min(state.layer, len(result.vectors) - 1)
    x = geometry.treated(result, "centred")[layer]
    moved = more.vectors[layer, 0] - result.vectors[layer].mean(axis=0)
    rows = []
    for sense, name in enumerate(scene.senses):
        members = [n for n, line in enumerate(scene.lines) if line.sense == sense and n != at]
        if not members:
            continue
        mean = x[members].mean(axis=0)
        pair = geometry.cosines(np.stack([mean, x[at], moved])[None])
        rows.append((name, signed(float(pair[0, 1])), signed(float(pair[0, 2]))))
    if rows:
        chrome.table((t("context.swap.sense"), t("context.swap.was"), t("context.swap.now")), rows, numeric=(1, 2))
