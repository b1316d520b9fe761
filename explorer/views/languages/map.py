"""一张地图: parallel sentences as points, layer by layer; press "remove language", and six clouds become one."""

from __future__ import annotations

import streamlit as st

from explorer.components.language_map import language_map
from explorer.content import corpora
from explorer.engine import get_engine
from explorer.lab.types.languages import LANGUAGES, MAP_LINES, PlaceInputs, PlaceResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views.languages import common
from explorer.views.languages.common import Sentence, State


def draw(sentence: Sentence, state: State) -> None:
    page_parts.section("languages.map")
    left, right = st.columns([1, 0.36], gap="large")
    with left:
        result = _placed(state.method)
        language_map(
            result.maps, result.apart, result.kept, key="languages-map", languages=LANGUAGES,
            names=[common.name_of(lang) for lang in LANGUAGES],
            texts=[[corpora.sentences(lang)[line] for line in MAP_LINES] for lang in LANGUAGES],
            layer=common.layer_of(state), method=state.method,
            caption=t("languages.map.caption", n=len(MAP_LINES)), on_method=lambda method: _choose(state, method),
        )  # fmt: skip
    with right:
        page_parts.steps([(t(f"languages.map.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("languages.map.honesty")


def _placed(method: str) -> PlaceResult:
    inputs, engine = PlaceInputs(corpora.digest(), MAP_LINES, method), get_engine()
    found: PlaceResult | None = engine.peek("languages.place", common.model_id(), inputs)
    if found is None:
        stream = engine.stream("languages.place", common.model_id(), inputs, session=widgets.session())
        found = widgets.progress(stream, t("languages.map.placing"))
    assert found is not None
    return found


def _choose(state: State, method: str) -> None:
    common.store().set(text=common.text_of(state), target=common.target_of(state), method=method)
