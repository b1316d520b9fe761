"""一张地图: parallel sentences as points, layer by layer; press "remove language", and six clouds become one."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.components.language_map import Own, language_map
from explorer.content import corpora
from explorer.errors import Told
from explorer.lab.types.arrays import Floats
from explorer.lab.types.languages import BOTH, LANGUAGES, MAP_LINES, PLACE, POINT, PlaceInputs, PlaceResult, PointInputs
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views.languages import common
from explorer.views.languages.common import Sentence, State


def draw(sentence: Sentence, state: State) -> None:
    page_parts.section("languages.map")
    left, right = st.columns([1, 0.36], gap="large")
    with left:
        result = _placed(sentence, state.method)
        language_map(
            result.maps, result.apart, result.kept, key="languages-map", languages=LANGUAGES,
            names=[common.name_of(lang) for lang in LANGUAGES],
            texts=[[corpora.sentences(lang)[line] for line in MAP_LINES] for lang in LANGUAGES],
            layer=common.layer_of(state, sentence.n_layers), method=result.method,
            caption=t("languages.map.caption", n=len(MAP_LINES)), own=_own(sentence, result),
            on_method=lambda method: common.change(method=method),
        )  # fmt: skip
    with right:
        page_parts.steps([(t(f"languages.map.step{n}"), "") for n in (1, 2, 3, 4)])
        page_parts.honesty("languages.map.honesty", d=sentence.survey.means[BOTH].shape[-1])


def _placed(sentence: Sentence, method: str) -> PlaceResult:
    """The map as it was asked for; where UMAP cannot be had, which is said, the one by PCA."""
    inputs = PlaceInputs(corpora.digest(), MAP_LINES, method)
    try:
        return widgets.result(PLACE, sentence.model.id, inputs, t("languages.map.placing"))
    except Told as problem:
        if problem.key != "map_failed":
            raise
        page_parts.error(problem)
        return _placed(sentence, "pca")


def _own(sentence: Sentence, result: PlaceResult) -> Own | None:
    """The reader's sentence on the map; None where its language is not one of the map's, or the map takes no more."""
    if sentence.foreign or sentence.unsure or result.method != "pca":
        return None
    found = widgets.run(POINT, sentence.model.id, PointInputs(sentence.tokens.text)).result
    return Own(sentence.tokens.text, sentence.source, on_map(found.vectors, result, LANGUAGES.index(sentence.source)))


def on_map(vectors: Floats, result: PlaceResult, language: int) -> Floats:
    """[2, L + 1, 2]: where vectors[L + 1, d] of a sentence in that language lie on the maps of `result`."""
    found: Floats = np.einsum("ld,wldp->wlp", vectors, result.turn) + result.offset[:, :, language]
    return found
