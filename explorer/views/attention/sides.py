"""谁能看谁: an encoder and a decoder on the same sentence; and the padding mask, which is another thing."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.components.attention_view import View, as_bytes, attention_view
from explorer.engine import catalog
from explorer.lab.types.attention import LookInputs, LookResult, PaddingInputs, PaddingResult, Sight
from explorer.ui import chrome, widgets
from explorer.ui.i18n import language, section, t
from explorer.ui.numbers import percent, thousands
from explorer.views.attention import common
from explorer.views.attention.common import Scene, State

MOST = 64  # tokens of the sentence that two matrices side by side can show


def draw(scene: Scene, state: State) -> None:
    chrome.section("attention.sides")
    state, sight = common.effective(state), Sight(scene.sight.text[:MOST])
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        for kind in ("masked", "causal"):
            _one(kind, sight, state)
        _padding(sight, state)
    with right:
        chrome.steps([(t(f"attention.sides.step{n}"), "") for n in (1, 2, 3)])
        chrome.honesty("attention.sides.honesty")
    chrome.show_code("attention_sides", text=sight.text)


def _one(kind: str, sight: Sight, state: State) -> None:
    """One model's attention to the sentence, all heads of the layer on the stage averaged."""
    info = catalog.default(kind)
    result: LookResult = widgets.run("attention.look", info.id, LookInputs(sight))
    layer = min(state.layer, len(result.weights) - 1)
    mean = result.weights[layer].mean(axis=0)
    n = len(result.looking)
    pairs = int((result.weights.max(axis=(0, 1)) > 0).sum())
    attention_view(
        common.marks(result.looking), common.marks(result.seen), as_bytes(mean[None, None]), mean,
        key=f"attention-side-{kind}", labels=section("components.attention"), lang=language(),
        view=View(layout="grid", mass=1.0), simple=True,
        title=t(f"attention.sides.{kind}", model=info.name, layer=layer + 1),
        caption=t("attention.sides.pairs", pairs=thousands(pairs), n=n, all=thousands(n * n)),
    )  # fmt: skip


def _padding(sight: Sight, state: State) -> None:
    chrome.subsection("attention.padding")
    model = catalog.default("masked")
    result: PaddingResult = widgets.run("attention.padding", model.id, PaddingInputs(sight.text))
    layer = min(state.layer, len(result.masked) - 1)
    shares = [float(side[layer, :, -result.count :].sum(-1).mean()) for side in (result.masked, result.unmasked)]
    head = ["", t("attention.padding.share", layer=layer + 1), t("attention.padding.moved")]
    moved = (result.moved_masked, result.moved)
    rows = [
        (t(f"attention.padding.{name}"), percent(share) if share > 1e-9 else "0 %", f"{float(np.mean(far)):.4f}")
        for name, share, far in zip(("with", "without"), shares, moved, strict=True)
    ]
    chrome.table(head, rows, numeric=(1, 2))
    chrome.quiet(t("attention.padding.note", n=result.count))
