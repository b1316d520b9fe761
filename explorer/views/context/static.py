"""静态与语境: how alike a word's vectors stay, layer by layer; and two sentences of the same words in another order.

It knows curves of one scene's vectors, and the mean vectors of two lines.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.content import examples
from explorer.engine import catalog, get_engine
from explorer.figures import layers
from explorer.lab.types import embedding_metrics as geometry
from explorer.lab.types.context import EmbedInputs, EmbedResult, Occurrence
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, t
from explorer.ui.markup import verbatim
from explorer.views.context import common, stage
from explorer.views.context.common import Scene, State


def draw(scene: Scene, result: EmbedResult, state: State) -> None:
    page_parts.section("context.static")
    layer = min(state.layer, len(result.vectors) - 1)
    left, right = st.columns([1, 0.5], gap="large")
    with left:
        cos = geometry.all_cosines(result, "raw")
        n = len(scene.lines)
        own = (np.nansum(cos, axis=(1, 2)) - n) / max(1, n * (n - 1)) if n > 1 else np.full(len(cos), np.nan)
        curves = {
            t("context.static.own", word=scene.word): own,
            t("context.static.self"): result.self_similarity,
            t("context.static.intra"): result.intra_sentence,
            t("context.static.random"): result.anisotropy,
        }
        fig = layers.curves(curves, t("context.layer_axis"), t("context.static.y"), layer)
        caption = t("context.static.caption", n=result.n_tokens, words=result.n_words)
        page_parts.plot(
            fig, "context-static", caption, t("context.static.alt", start=f"{own[0]:.2f}", end=f"{own[-1]:.2f}")
        )
    with right:
        page_parts.steps([(t(f"context.static.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("context.static.honesty")
    _orders(state, layer)


def _orders(state: State, layer: int) -> None:
    """Two sentences of the same words: equal as sums of static vectors, different in context."""
    page_parts.subsection("context.orders")
    text = state.orders or " / ".join(examples.entry("context", "orders", language())["texts"])
    widgets.text_line(
        "context-orders", t("context.orders.line"), text, lambda new: common.store().set(orders=new),
        t("context.orders.placeholder"),
    )  # fmt: skip
    parts = [part.strip() for part in text.split("/") if part.strip()][:2]
    texts = [get_engine().simplify(state.model, part)[0] for part in parts]
    if len(texts) < 2:
        page_parts.notice("context.orders.need")
        return
    found = stage.embed(state.model, EmbedInputs(tuple(Occurrence(part, 0, len(part)) for part in texts)))
    cos = geometry.cosines(found.vectors.astype(np.float64))[:, 0, 1]
    apart = np.linalg.norm(found.vectors[:, 0] - found.vectors[:, 1], axis=-1)
    equal = bool(np.allclose(found.vectors[0, 0], found.vectors[0, 1], atol=1e-5))
    layer = max(1, layer)
    page_parts.figures(
        [
            (
                f"{cos[0]:.3f}",
                t("context.orders.static"),
                t("context.orders.equal") if equal else t("context.orders.unequal"),
            ),
            (
                f"{cos[layer]:.3f}",
                t("context.orders.context", layer=layer),
                t("context.orders.apart", d=f"{apart[layer]:.2f}"),
            ),
        ]
    )
    page_parts.quiet(t("context.orders.read", a=verbatim(texts[0]), b=verbatim(texts[1])))
    if catalog.entry(state.model).family == "bert":
        common.show_code("context_static", state.model, texts=texts, layer=layer)
