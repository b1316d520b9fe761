"""交叉: the word of one sense leans to one partner, of the other sense to the other; a difference of differences.

It knows a scene with two senses and two words; sentences for the words are ours, or the word stands alone.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer import examples
from explorer.engine.maps import geometry
from explorer.figures import layers
from explorer.lab.types.context import EmbedInputs, EmbedResult, Occurrence
from explorer.ui import chrome, widgets
from explorer.ui.i18n import t
from explorer.ui.numbers import signed
from explorer.ui.prose import verbatim
from explorer.views.context import common, stage
from explorer.views.context import words as standing
from explorer.views.context.common import Scene, State


def draw(scene: Scene, result: EmbedResult, state: State) -> None:
    chrome.section("context.cross")
    a, b = partners(state)
    with st.container(horizontal=True):
        widgets.text_line("context-a", t("context.cross.a"), a, lambda new: common.store().set(a=new.strip()))
        widgets.text_line("context-b", t("context.cross.b"), b, lambda new: common.store().set(b=new.strip()))
    first = [line for line in scene.lines if line.sense == 0]
    second = [line for line in scene.lines if line.sense == 1]
    if not first or not second:
        chrome.notice("context.cross.need")
        return
    own_a, own_b = standing.sentences_of(a), standing.sentences_of(b)
    words = tuple(Occurrence(line.text, line.start, line.end) for line in (*first, *second))
    found = stage.embed(EmbedInputs((*words, *own_a, *own_b)))
    gaps = crossed(found, len(first), len(second), len(own_a))
    layer = min(state.layer, len(found.vectors) - 1)
    left, right = st.columns([1, 0.5], gap="large")
    names = {"word": verbatim(scene.word), "first": verbatim(scene.senses[0]), "second": verbatim(scene.senses[1])}
    with left:
        curves = {
            t("context.cross.lean", sense=scene.senses[0]): gaps["lean_first"],
            t("context.cross.lean", sense=scene.senses[1]): gaps["lean_second"],
            t("context.cross.gap"): gaps["gap"],
        }
        fig = layers.curves(curves, t("context.layer_axis"), "", layer)
        caption = t("context.cross.caption", a=verbatim(a), b=verbatim(b))
        chrome.plot(fig, "context-cross", caption, t("context.cross.alt", gap=signed(float(gaps["gap"][layer]))))
    with right:
        chrome.figures(
            [
                (
                    signed(float(gaps["gap"][layer])),
                    t("context.cross.number", layer=layer),
                    t("context.cross.static", gap=f"{abs(float(gaps['gap'][0])):.0f}"),
                )
            ]
        )
        chrome.steps(
            [(t("context.cross.step1", a=verbatim(a), b=verbatim(b), **names), ""), (t("context.cross.step2"), "")]
        )
        if len(own_a) == 1 or len(own_b) == 1:
            chrome.quiet(t("context.cross.alone"))
        chrome.honesty("context.cross.honesty")


def crossed(found: EmbedResult, n_first: int, n_second: int, n_a: int) -> dict[str, np.ndarray]:
    """The leanings from vectors in the order: first sense, second sense, a's sentences, b's."""
    x = found.vectors.astype(np.float64)
    ends = (n_first, n_first + n_second, n_first + n_second + n_a)
    f, s, a, b = x[:, : ends[0]], x[:, ends[0] : ends[1]], x[:, ends[1] : ends[2]], x[:, ends[2] :]
    return geometry.crossing(f, s, a, b, found.common.astype(np.float64))


def partners(state: State) -> tuple[str, str]:
    """The reader's two words, or those that stand with the set on the stage, or 草 and 电."""
    known = {entry["set"]: entry["partners"] for entry in examples.load("context")["crossings"]}
    a, b = known.get("" if state.text else common.set_name(state), ("草", "电"))
    return state.a or a, state.b or b
