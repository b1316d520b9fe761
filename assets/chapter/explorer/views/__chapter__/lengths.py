"""每层的长度: how long one token's vector is at every layer, beside the mean of all tokens."""

from __future__ import annotations

import streamlit as st

from explorer.figures import layers
from explorer.lab.types.__chapter__ import LENGTHS, LengthsInputs
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views.__chapter__.common import Scene, State


def draw(scene: Scene, _: State) -> None:
    page_parts.section("__chapter__.lengths")
    answer = widgets.run(LENGTHS, scene.model.id, LengthsInputs(scene.text.tokens.text))
    lengths, token = answer.result.lengths, f"{scene.focus}\u2002{scene.text.tokens.pieces[scene.focus]}"
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        curves = {token: lengths[:, scene.focus], t("__chapter__.lengths.mean"): lengths.mean(axis=1)}
        page_parts.plot(
            layers.curves(curves, t("__chapter__.lengths.layer"), t("__chapter__.lengths.length")),
            key="__chapter__-lengths",
            caption=t("__chapter__.lengths.caption"),
            alt=t("__chapter__.lengths.alt", low=f"{lengths.min():.1f}", high=f"{lengths.max():.1f}"),
        )
        page_parts.computed(answer.seconds, fetched=answer.fetched, model=scene.model)
    with right:
        page_parts.steps([(t(f"__chapter__.lengths.step{n}"), "") for n in (1, 2)])
        page_parts.honesty("__chapter__.lengths.honesty")
