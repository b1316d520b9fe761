"""稀疏的注意力: patterns for any length, what they cost and how far they carry; dense attention measured; the price."""

from __future__ import annotations

import math
from typing import get_args

import streamlit as st

from explorer.content import examples
from explorer.engine import catalog, get_engine
from explorer.lab.types.attention import DENSE, WINDOW, DenseInputs, WindowInputs
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, t
from explorer.ui.numbers import percent, thousands
from explorer.views.attention import common
from explorer.views.attention.common import Pattern, State
from explorer.views.attention.scene import Scene, fit

PATTERNS = get_args(Pattern)
OWN_TOKENS = 64
EVERY = 3  # of the price: every third token is covered, so that a reader does not wait long
CURVES = ("square", "window", "root", "log")


def draw(scene: Scene, state: State) -> None:
    from explorer.figures import patterns

    page_parts.section("attention.sparse")
    widgets.choice(
        "attention-pattern", t("attention.sparse.which"), PATTERNS, state.pattern,
        lambda name: t(f"attention.pattern.{name}"), lambda name: common.store().set(pattern=name),
    )  # fmt: skip
    with st.container(horizontal=True):
        for name, low, high in (("n", 8, 256), ("w", 1, 16), ("depth", 1, 12)):
            _slider(name, low, high, getattr(state, name))
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        reached = patterns.reach(state.pattern, state.n, state.w, state.depth)
        count = patterns.pairs(state.pattern, state.n, state.w)
        page_parts.figures(
            [
                (thousands(count), t("attention.sparse.pairs"), t("attention.sparse.of", all=thousands(state.n**2))),
                (percent(float(reached.mean())), t("attention.sparse.reached", depth=state.depth), ""),
            ]
        )
        words = (t("attention.sparse.from"), t("attention.sparse.to"))
        page_parts.plot(
            patterns.picture(patterns.mask(state.pattern, state.n, state.w), reached, words), "attention-pattern-fig",
            t("attention.sparse.caption"), t("attention.sparse.alt", n=state.n, pairs=count),
        )  # fmt: skip
        names = {name: t(f"attention.curve.{name}") for name in CURVES}
        page_parts.plot(
            patterns.costs(state.w, names, "n", t("attention.sparse.products")), "attention-costs",
            t("attention.sparse.costs"), t("attention.sparse.costs"),
        )  # fmt: skip
        _dense()
        _price(scene)
    with right:
        page_parts.quiet(t(f"attention.explain.{state.pattern}"))
        page_parts.steps([(t(f"attention.sparse.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("attention.sparse.honesty")
    page_parts.show_code("attention_window", text=_own(scene))


def _slider(dial: str, low: int, high: int, value: int) -> None:
    widgets.slider(
        f"attention-{dial}", t(f"attention.dial.{dial}"), low, high, value,
        lambda new: common.store().set(**{dial: new}), width=210,
    )  # fmt: skip


def _dense() -> None:
    """Dense attention on this machine, once the reader asks for it."""
    from explorer.figures import patterns

    page_parts.subsection("attention.dense")
    model = catalog.default("masked").id
    if widgets.peek(DENSE, model, DenseInputs()) is None and not st.button(t("common.run"), key="attention-dense"):
        return
    found = widgets.result(DENSE, model, DenseInputs(), t("attention.dense.running"))
    sizes = [float(size) / 1e6 for size in found.bytes]
    seconds = [float(one) for one in found.seconds]
    names = (t("attention.dense.ms"), t("attention.dense.mb"))
    page_parts.plot(
        patterns.measured(found.lengths, seconds, sizes, names, "n"), "attention-dense-fig",
        t("attention.dense.caption"), t("attention.dense.caption"),
    )  # fmt: skip


def _price(scene: Scene) -> None:
    """The embedded masked model's loss when each position sees a window only, on the page's texts."""
    from explorer.figures import patterns

    page_parts.subsection("attention.price")
    model = catalog.default("masked").id
    inputs = WindowInputs((*examples.entry("attention", "price", language())["texts"], _own(scene)), every=EVERY)
    if widgets.peek(WINDOW, model, inputs) is None and not st.button(t("common.run"), key="attention-price"):
        return
    found = widgets.result(WINDOW, model, inputs, t("attention.price.running"))
    widths = [str(width) if width else t("attention.price.all") for width in found.widths]
    losses = [float(row.mean()) for row in found.loss]
    line = math.log(get_engine().facts(model).vocab_size)
    page_parts.plot(
        patterns.price(widths, losses, line, t("attention.price.x"), t("attention.price.y")), "attention-price-fig",
        t("attention.price.caption", n=found.loss.shape[1], line=f"{line:.2f}"), t("attention.price.y"),
    )  # fmt: skip


def _own(scene: Scene) -> str:
    """The beginning of the reader's text, as much as one more text of the price may hold."""
    return fit(catalog.default("masked").id, " ".join(scene.sight.text.split("\n")), "", OWN_TOKENS)[0]
