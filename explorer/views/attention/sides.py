"""谁能看谁: an encoder and a decoder on the same sentence; and the padding mask, which is another thing."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.components.attention_view import View, as_bytes, attention_view
from explorer.engine import catalog, get_engine
from explorer.lab.types.attention import LOOK, PADDING, LookInputs, PaddingInputs, Sight
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.numbers import percent, thousands
from explorer.views.attention import common, snippets
from explorer.views.attention.common import State
from explorer.views.attention.scene import Scene, fit, marks

MOST = 64  # tokens of the sentence that a matrix in half a page can show


def draw(scene: Scene, state: State) -> None:
    page_parts.section("attention.sides")
    state = common.effective(state)
    encoder = Sight(fit(_model("masked", scene), scene.sight.text, "", MOST)[0])
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        if len(encoder.text) < len(scene.sight.text):
            page_parts.quiet(t("attention.sides.cut", limit=MOST))
        if scene.kind == "seq2seq":
            _one("masked", scene.model_id, encoder, state)
            _one("causal", scene.model_id, Sight(encoder.text, "", "decoder", encoder.text), state)
        else:
            for kind in ("masked", "causal"):
                model = _model(kind, scene)
                _one(kind, model, Sight(fit(model, encoder.text, "", MOST)[0]), state)
        _padding(encoder.text, state)
    with right:
        last = t("attention.sides.both") if scene.kind == "seq2seq" else t("attention.sides.step3")
        page_parts.steps([(step, "") for step in (t("attention.sides.step1"), t("attention.sides.step2"), last)])
        page_parts.honesty("attention.sides.honesty")
    if snippets.plain_bert(scene):
        page_parts.show_code("attention_sides", text=encoder.text)
    else:
        snippets.look(scene, state.layer, state.head, 0)


def _model(kind: str, scene: Scene) -> str:
    """The model on the stage if it is of this kind, else the one that comes with the app."""
    return scene.model_id if scene.kind == kind else catalog.default(kind).id


def _one(kind: str, model: str, sight: Sight, state: State) -> None:
    """One model's attention to the sentence, all heads of the layer on the stage averaged."""
    result = widgets.run(LOOK, model, LookInputs(sight)).result
    layer = min(state.layer, len(result.weights) - 1)
    mean = result.weights[layer].mean(axis=0)
    n = len(result.looking)
    pairs = int((result.weights.max(axis=(0, 1)) > 0).sum())
    attention_view(
        marks(result.looking), marks(result.seen), as_bytes(mean[None, None]), mean,
        key=f"attention-side-{kind}", view=View(layout="grid", mass=1.0), simple=True,
        title=t(f"attention.sides.{kind}", model=catalog.entry(model).name, layer=layer + 1),
        caption=t("attention.sides.pairs", pairs=thousands(pairs), n=n, all=thousands(n * n)),
    )  # fmt: skip


def _padding(text: str, state: State) -> None:
    page_parts.subsection("attention.padding")
    model = catalog.default("masked")
    n_layers = get_engine().facts(model.id).n_layers
    result = widgets.run(PADDING, model.id, PaddingInputs(fit(model.id, text, "", MOST)[0])).result
    layer = min(state.layer, n_layers - 1)
    shares = [float(side[layer, :, -result.count :].sum(-1).mean()) for side in (result.masked, result.unmasked)]
    head = ["", t("attention.padding.share", layer=layer + 1), t("attention.padding.moved")]
    moved = (result.moved_masked, result.moved)
    rows = [
        (t(f"attention.padding.{name}"), percent(share) if share > 1e-9 else "0 %", f"{float(np.mean(far)):.4f}")
        for name, share, far in zip(("with", "without"), shares, moved, strict=True)
    ]
    page_parts.table(head, rows, numeric=(1, 2))
    page_parts.quiet(t("attention.padding.note", n=result.count))
