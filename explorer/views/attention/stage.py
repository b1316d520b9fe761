"""The stage of 注意力: model and text, all heads, the large one; and the choice of tool.

It knows the attention view and the page's state; what is computed beyond the weights is each tool's own business.
"""

from __future__ import annotations

import io

import numpy as np
import streamlit as st

from explorer.components.attention_view import View, as_bytes, attention_view
from explorer.engine import catalog
from explorer.engine.base import EngineError
from explorer.lab.types.attention import LookResult
from explorer.ui import chrome, widgets
from explorer.ui.i18n import language, section, t
from explorer.views.attention import common
from explorer.views.attention.common import Scene, State

KEY = "attention-view"
TOOLS = ("cell", "atlas", "off", "sides", "sparse")


def draw() -> Scene | None:
    """Draw the stage; the scene, or None when there is nothing to read (said on the page)."""
    state = common.effective(common.store().get())
    scene, result = None, None
    with st.container(key="stage-attention"):
        try:
            scene = common.read(state)
            result = _view(scene, state)
        except EngineError as problem:
            chrome.error(problem)
            scene = None
        _lines(state, result)
    if scene is not None and scene.used < scene.typed:
        chrome.notice("attention.cut", "warn", limit=common.MAX_TOKENS, typed=scene.typed, used=scene.used)
    widgets.choice(
        "attention-tool", t("attention.tools"), TOOLS, state.tool, lambda tool: t(f"attention.tool.{tool}"),
        lambda tool: common.store().set(tool=tool),
    )  # fmt: skip
    return scene


def _view(scene: Scene, state: State) -> LookResult:
    result = common.look(scene, state.layer)
    shown = common.view(state, result)
    exact = np.mean([common.matrix(result, *pair) for pair in common.selected(shown)], axis=0, dtype=np.float32)
    facts = t("attention.caption", layers=result.thumbs.shape[0], heads=result.thumbs.shape[1])
    if any(result.window):
        facts += t("attention.caption_window", w=max(result.window))
    attention_view(
        common.marks(result.looking), common.marks(result.seen), as_bytes(result.weights), exact,
        key=KEY, labels=section("components.attention"), lang=language(), view=shown, held=result.layer,
        thumbs=result.thumbs if result.layer >= 0 else None, on_view=_changed, caption=facts,
        title=scene.tokens.text[:60],
    )  # fmt: skip
    return result


def _npz(result: LookResult) -> bytes:
    """The float32 weights of all heads (of a long text: of the layer shown) with the tokens."""
    file = io.BytesIO()
    np.savez_compressed(
        file, weights=result.weights, looking=np.array(result.looking.pieces), seen=np.array(result.seen.pieces)
    )
    return file.getvalue()


def _changed(view: View) -> None:
    common.store().set(
        layer=view.layer, head=view.head, heads=tuple(layer * 100 + head for layer, head in view.heads),
        pins=view.pins, layout=view.layout, mass=round(view.mass, 2), special=view.special, diagonal=view.diagonal,
        block=view.block, text=common.effective(common.store().get()).text,
    )  # fmt: skip


def _lines(state: State, result: LookResult | None) -> None:
    """The text, the second text, the model, and which of a seq2seq model's attentions."""
    widgets.text_line(
        "attention-text", t("attention.input"), state.text,
        lambda text: common.store().set(text=text or " ", pins=()), t("attention.placeholder"),
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center", key="attention-controls"):
        infos = {info.id: info for info in common.models()}
        widgets.choice(
            "attention-model", t("attention.model"), tuple(infos), common.model_id(state),
            lambda id_: infos[id_].name, lambda id_: common.store().set(model=id_, pins=state.pins, heads=()),
        )  # fmt: skip
        widgets.toggle("attention-paired", t("attention.paired"), state.paired, _set_paired, t("attention.paired_help"))
        if result is not None:
            st.download_button(
                t("attention.npz"), lambda: _npz(result), file_name="open-sesame-attention.npz", type="tertiary",
                mime="application/octet-stream", help=t("attention.npz_help"), key="attention-npz",
            )  # fmt: skip
    if state.paired:
        widgets.text_line(
            "attention-pair", t("attention.second"), state.pair, lambda text: common.store().set(pair=text, pins=()),
            t("attention.second"),
        )  # fmt: skip
    if catalog.entry(common.model_id(state)).kind == "seq2seq":
        widgets.choice(
            "attention-part", t("attention.part_label"), ("self", "decoder", "cross"), state.part,
            lambda part: t(f"attention.part.{part}"), lambda part: common.store().set(part=part, pins=()),
        )  # fmt: skip
        widgets.text_line(
            "attention-target", t("attention.target"), state.target,
            lambda text: common.store().set(target=text, pins=()), t("attention.target"),
        )  # fmt: skip


def _set_paired(on: bool) -> None:
    state = common.effective(common.store().get())
    common.store().set(text=state.text, paired=on, pins=(), block="all")
