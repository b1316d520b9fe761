"""头的图谱: what every head does in eight numbers, sorted and filtered; and attention rollout."""

from __future__ import annotations

from typing import get_args

import numpy as np
import streamlit as st

from explorer.components.attention_view import View, as_bytes, attention_view
from explorer.lab.types.attention import ATLAS, AtlasResult, LookInputs
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.numbers import percent
from explorer.views.attention import common, snippets
from explorer.views.attention.common import Measure, State, Third
from explorer.views.attention.scene import Scene, marks

MEASURES = get_args(Measure)
THIRDS = get_args(Third)
SHOWN = 12


def draw(scene: Scene, state: State) -> None:
    from explorer.figures import heads

    page_parts.section("attention.atlas")
    state = common.effective(state)
    result = widgets.run(ATLAS, scene.model_id, LookInputs(scene.sight)).result
    widgets.choice(
        "attention-sort", t("attention.atlas.sort"), MEASURES, state.sort,
        lambda name: t(f"attention.measure.{name}"), lambda name: common.store().set(sort=name),
    )  # fmt: skip
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        values = getattr(result, state.sort)
        page_parts.plot(
            heads.heat(values, t("attention.layer"), t("attention.head"), state.sort in ("entropy", "distance")),
            "attention-atlas",
            t(f"attention.about.{state.sort}"),
            t("attention.atlas.alt", measure=t(f"attention.measure.{state.sort}")),
        )
        widgets.choice(
            "attention-third", t("attention.atlas.filter"), THIRDS, state.third,
            lambda name: t(f"attention.third.{name}"), lambda name: common.store().set(third=name),
        )  # fmt: skip
        _to_stage(_table(result, state), state)
        _rollout(result, state)
    with right:
        page_parts.steps([(t(f"attention.atlas.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("attention.atlas.honesty")
    snippets.atlas(scene, state.layer, state.head)


def _table(result: AtlasResult, state: State) -> list[int]:
    """The heads with most of the chosen measure, among those layers that are asked for; each as layer · 100 + head."""
    values = getattr(result, state.sort)
    n_layers, n_heads = values.shape
    cut = {"all": (0, n_layers), "low": (0, n_layers // 3), "middle": (n_layers // 3, 2 * n_layers // 3),
           "high": (2 * n_layers // 3, n_layers)}[state.third]  # fmt: skip
    order = [int(at) for at in np.argsort(-values, axis=None) if cut[0] <= at // n_heads < cut[1]][:SHOWN]
    head = [t("attention.atlas.which"), *(t(f"attention.measure.{name}") for name in MEASURES)]
    rows = []
    for at in order:
        layer, number = divmod(at, n_heads)
        cells = [f"{float(getattr(result, name)[layer, number]):.2f}" for name in MEASURES[:2]]
        cells += [percent(float(getattr(result, name)[layer, number])) for name in MEASURES[2:]]
        rows.append((f"{layer + 1}–{number + 1}", *cells))
    page_parts.table(head, rows, numeric=tuple(range(1, len(head))), answer=1 + MEASURES.index(state.sort))
    return [at // n_heads * 100 + at % n_heads for at in order]


def _to_stage(heads: list[int], state: State) -> None:
    """Put one of the heads listed on the stage."""
    now = state.layer * 100 + state.head
    options = tuple(str(head) for head in (*heads, *([] if now in heads else [now])))
    page_parts.quiet(t("attention.atlas.to_stage"))
    widgets.choice(
        "attention-to-stage", t("attention.atlas.to_stage"), options, str(now),
        lambda head: f"{int(head) // 100 + 1}–{int(head) % 100 + 1}",
        lambda head: common.change(layer=int(head) // 100, head=int(head) % 100, heads=()),
    )  # fmt: skip


def _rollout(result: AtlasResult, state: State) -> None:
    page_parts.subsection("attention.rollout")
    layer = min(state.layer, len(result.rollout) - 1)
    flow = result.rollout[layer]
    attention_view(
        marks(result.looking),
        marks(result.looking),
        as_bytes(flow[None, None]),
        flow,
        key="attention-rollout",
        view=View(layout="grid", mass=1.0),
        simple=True,
        title=t("attention.rollout.figure", layer=layer + 1),
    )
