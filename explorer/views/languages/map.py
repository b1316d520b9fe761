"""一张地图: parallel sentences as points, layer by layer; press "remove language", and six clouds become one."""

from __future__ import annotations

import streamlit as st

from explorer.components.language_map import language_map
from explorer.content import corpora
from explorer.lab.types.languages import BOTH, LANGUAGES, MAP_LINES, PLACE, PlaceInputs
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views.languages import common
from explorer.views.languages.common import Sentence, State


def draw(sentence: Sentence, state: State) -> None:
    page_parts.section("languages.map")
    left, right = st.columns([1, 0.36], gap="large")
    with left:
        inputs = PlaceInputs(corpora.digest(), MAP_LINES, state.method)
        result = widgets.result(PLACE, sentence.model.id, inputs, t("languages.map.placing"))
        language_map(
            result.maps, result.apart, result.kept, key="languages-map", languages=LANGUAGES,
            names=[common.name_of(lang) for lang in LANGUAGES],
            texts=[[corpora.sentences(lang)[line] for line in MAP_LINES] for lang in LANGUAGES],
            layer=common.layer_of(state, sentence.n_layers), method=state.method,
            caption=t("languages.map.caption", n=len(MAP_LINES)), on_method=lambda method: common.change(method=method),
        )  # fmt: skip
    with right:
        page_parts.steps([(t(f"languages.map.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("languages.map.honesty", d=sentence.survey.means[BOTH].shape[-1])
