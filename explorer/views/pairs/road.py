"""一步步算: from the [CLS] vector to yes or no, with the real numbers of one arrangement and one head."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.components.vector_strip import vector_strip
from explorer.engine import uses
from explorer.lab.types.pairs import HeadResult
from explorer.ui import page_parts, snippets, widgets
from explorer.ui.i18n import t
from explorer.ui.numbers import percent, signed
from explorer.views._shared.page import Snippet
from explorer.views.pairs import common
from explorer.views.pairs.common import State

TERMS = 4


def draw(state: State, model: uses.ModelInfo) -> Snippet | None:
    page_parts.section("pairs.road")
    pairs = common.arrangements(state, model.id)
    body, side = st.columns([1, 0.44], gap="large")
    with body:
        _choose(state)
        found = common.judge(pairs, model.id).result
        head = found.next if state.head == "next" else found.order
        if head is None:
            page_parts.notice("pairs.no_order")
        else:
            _show(head, common.ARRANGEMENTS.index(state.arrangement), state.head)
    with side:
        page_parts.steps([(t(f"pairs.road.step{n}"), "") for n in (1, 2, 3)])
        page_parts.head_card(found.next.vector.shape[1], 2)
        page_parts.honesty("pairs.road.honesty")
    pair = pairs[common.ARRANGEMENTS.index(state.arrangement)]
    if state.head == "next":
        return Snippet("pairs_road", model, first=pair[0], second=pair[1])
    if head is None:
        return None
    return Snippet(
        "pairs_order", model, first=pair[0], second=pair[1],
        head=snippets.place(model.folder.with_name(f"{model.folder.name}-sop") / "model.safetensors"),
        reads=head.reads, layers=head.layers,
    )  # fmt: skip


def _choose(state: State) -> None:
    with st.container(horizontal=True):
        widgets.choice(
            "pairs-arrangement", t("pairs.road.which"), common.ARRANGEMENTS, state.arrangement,
            lambda name: t(f"pairs.arrangement.{name}"), lambda name: common.store().set(arrangement=name),
        )  # fmt: skip
        widgets.choice(
            "pairs-head", t("pairs.road.head"), ("next", "order"), state.head, lambda name: t(f"pairs.head.{name}"),
            lambda name: common.store().set(head=name),
        )  # fmt: skip


def _show(head: HeadResult, n: int, asked: str) -> None:
    vector_strip(
        [
            (t(f"pairs.road.vector_{asked}"), np.ascontiguousarray(head.vector[n])),
            (t("pairs.road.pooled"), np.ascontiguousarray(head.pooled[n])),
            (t("pairs.road.weight", answer=t(f"pairs.answer.{asked}_yes")), np.ascontiguousarray(head.weight[0])),
            (t("pairs.road.weight", answer=t(f"pairs.answer.{asked}_no")), np.ascontiguousarray(head.weight[1])),
        ],
        key="pairs-road", title=t("pairs.road.title"),
        caption=t("pairs.road.caption"),
    )  # fmt: skip
    p = common.p_yes(head.scores)[n]
    chances = (p, 1 - p)
    rows = []
    for which, answer in enumerate(("yes", "no")):
        products = head.weight[which] * head.pooled[n]
        terms = " + ".join(f"({signed(float(x), 3)})" for x in products[:TERMS]) + " + …"
        total = float(products.sum())
        rows.append(
            (
                t(f"pairs.answer.{asked}_{answer}"),
                terms,
                signed(total, 3),
                signed(float(head.bias[which]), 3),
                signed(float(head.scores[n][which]), 3),
                percent(chances[which]),
            )
        )
    page_parts.table(
        tuple(t(f"pairs.road.col_{column}") for column in ("answer", "terms", "sum", "bias", "score", "p")),
        rows, numeric=(2, 3, 4, 5), answer=5,
    )  # fmt: skip
