"""换个顺序: the same examples in other orders, the mean and the band, with and without calibration."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.figures import spread
from explorer.lab.types.in_context import ORDERS, OrdersInputs, OrdersResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent
from explorer.views.in_context import answers, common, scores
from explorer.views.in_context.common import Scene, State

ASKED = "in_context-orders-asked"


def draw(scene: Scene, state: State) -> None:
    page_parts.section("in_context.orders")
    body, side = st.columns([1, 0.44], gap="large")
    with body:
        if len(scene.prompt.rows) < 2:
            page_parts.notice("in_context.orders.few")
        else:
            _orders(scene, state)
    with side:
        page_parts.steps([(t(f"in_context.orders.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("in_context.orders.honesty")


def _orders(scene: Scene, state: State) -> None:
    inputs = OrdersInputs(scene.prompt, scene.answers)
    found = widgets.peek(ORDERS, scene.model.id, inputs)
    if found is None and st.button(t("in_context.orders.run"), type="primary", key="in_context-orders"):
        found = widgets.result(ORDERS, scene.model.id, inputs, t("in_context.orders.running"))
    if found is None:
        return
    _band(found, scene, state)
    widgets.toggle(
        "in_context-fair-orders", t("in_context.fair"), state.fair, lambda on: common.store().set(fair=on),
        t("in_context.fair_help"),
    )  # fmt: skip


def _band(found: OrdersResult, scene: Scene, state: State) -> None:
    p = scores.compared(found.log_p, found.free, found.lengths, state)
    named = {f"{one}  {answers.note(one, scene)}".strip(): p[:, n] for n, one in enumerate(scene.answers)}
    low, high = p.min(axis=0), p.max(axis=0)
    words = "; ".join(
        f"{one} {percent(float(low[n]))} – {percent(float(high[n]))}" for n, one in enumerate(scene.answers)
    )
    page_parts.plot(
        spread.strips(named), "in_context-band",
        t("in_context.orders.all" if found.every else "in_context.orders.drawn", n=len(found.orders)), words,
    )  # fmt: skip
    rows = [
        (
            verbatim(one), percent(float(p[:, n].mean())), percent(float(p[:, n].std())),
            f"{percent(float(low[n]))} – {percent(float(high[n]))}", f"{int((p.argmax(axis=1) == n).sum())}",
        )
        for n, one in enumerate(scene.answers)
    ]  # fmt: skip
    head = tuple(t(f"in_context.orders.{name}") for name in ("answer", "mean", "sd", "band", "first"))
    page_parts.table(head, rows, (1, 2, 3, 4))
    if scene.gold in scene.answers:
        _ends(found, p[:, scene.answers.index(scene.gold)], scene)


def _ends(found: OrdersResult, right: np.ndarray, scene: Scene) -> None:
    """The orders in which the right answer gets most and least."""
    best, worst = int(right.argmax()), int(right.argmin())
    orders = [" · ".join(verbatim(scene.prompt.rows[at][0]) for at in found.orders[n]) for n in (best, worst)]
    page_parts.quiet(t("in_context.orders.best", p=percent(float(right[best])), order=orders[0]))
    page_parts.quiet(t("in_context.orders.worst", p=percent(float(right[worst])), order=orders[1]))
