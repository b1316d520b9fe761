"""看一看: what the figure on the stage shows, in three steps, and what it does not show."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.lab.types import embedding_metrics as geometry
from explorer.lab.types.context import EmbedResult
from explorer.ui import page_parts
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.views.context import common
from explorer.views.context.common import Scene, State


def draw(scene: Scene, result: EmbedResult, state: State) -> None:
    left, right = st.columns([1, 1], gap="large")
    layer = min(state.layer, len(result.vectors) - 1)
    common_cos = float(result.anisotropy[layer])
    with left:
        page_parts.steps(
            [
                (t("context.look.step1"), ""),
                (t("context.look.step2", word=verbatim(scene.word)), ""),
                (t("context.look.step3"), _numbers(result)),
            ]
        )
        page_parts.quiet(t("context.look.anisotropy", layer=layer, cos=f"{common_cos:.2f}", n=result.n_tokens))
    with right:
        page_parts.honesty("context.look.honesty")
    common.show_code("context_look", state.model, lines=common.spans(scene.lines), layer=max(1, layer))


def _numbers(result: EmbedResult) -> str:
    centred = geometry.treated(result, "centred")
    return t("context.look.step3_num", d=centred.shape[2], layers=len(centred) - 1, n=centred.shape[1],
             spread=f"{np.linalg.norm(centred[-1], axis=1).mean():.2f}")  # fmt: skip
