"""挪过去: the arrow between two languages times alpha, added at one layer; what the head reads then, and three curves.

The layer on the screen comes first; the others follow once it stands, so that moving a dial asks the model nothing.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer import paths
from explorer.components.language_shift import Dials, Line, language_shift
from explorer.content import corpora
from explorer.engine import get_engine
from explorer.lab.types.languages import (
    ALPHAS,
    AVERAGE,
    RANDOM_ALPHAS,
    SHIFT,
    SHIFT_ALL,
    AverageInputs,
    AverageResult,
    ShiftInputs,
    ShiftResult,
    best_of,
    curve_inputs,
    profile_inputs,
    shift_inputs,
)
from explorer.ui import page_parts, snippets, widgets
from explorer.ui.i18n import t
from explorer.views.languages import common
from explorer.views.languages.common import Sentence, State


def draw(sentence: Sentence, state: State) -> None:
    target = common.target_of(state)
    page_parts.section("languages.shift", source=common.name_of(sentence.source), target=common.name_of(target))
    if target == sentence.source:
        page_parts.notice("languages.same", tongue=common.name_of(target))
        return
    best = best_layer(sentence, target)
    layer = common.layer_of(state, sentence.n_layers, best)
    result = _everything(sentence, target)
    if result is None:
        result = widgets.run(SHIFT, sentence.model.id, _inputs(sentence, target, (layer,))).result
    left, right = st.columns([1, 0.36], gap="large")
    with left:
        language_shift(
            result,
            ALPHAS,
            RANDOM_ALPHAS,
            key="languages-shift",
            vocabulary=get_engine().vocabulary(sentence.model.id),
            n_layers=sentence.n_layers,
            dials=Dials(layer, state.alpha),
            best=best,
            kind_names=common.kind_names(),
            averages=_averages(sentence, target),
            caption=t("languages.shift.caption"),
            on_change=lambda dials: common.change(layer=dials.layer, alpha=dials.alpha),
        )
        _measure(sentence, target, layer, best)
    with right:
        page_parts.steps([(t(f"languages.shift.step{n}"), "") for n in (1, 2, 3, 4)])
        page_parts.honesty("languages.shift.honesty", known=_known(result))
    _code(sentence, target, layer, state.alpha)


def complete(sentence: Sentence, state: State) -> None:
    """All layers, after the one on the screen stands; then the figure once more with all of them."""
    target = common.target_of(state)
    if target == sentence.source or _everything(sentence, target) is not None:
        return
    widgets.result(SHIFT_ALL, sentence.model.id, _all_layers(sentence, target), t("languages.shift.completing"))
    if _everything(sentence, target) is not None:
        widgets.draw_again()


def best_layer(sentence: Sentence, target: str) -> int | None:
    """The layer with most right conversions at alpha 1 on half a; None while nobody has measured."""
    found = _peek(sentence, profile_inputs(corpora.digest(), sentence.source, target, sentence.n_layers))
    return None if found is None else best_of(found)


def _everything(sentence: Sentence, target: str) -> ShiftResult | None:
    return widgets.peek(SHIFT_ALL, sentence.model.id, _all_layers(sentence, target))


def _all_layers(sentence: Sentence, target: str) -> ShiftInputs:
    return _inputs(sentence, target, tuple(range(sentence.n_layers + 1)))


def _inputs(sentence: Sentence, target: str, layers: tuple[int, ...]) -> ShiftInputs:
    return shift_inputs(corpora.digest(), sentence.tokens.text, sentence.source, target, layers)


def _averages(sentence: Sentence, target: str) -> dict[int, tuple[Line, Line]]:
    out = {}
    for layer in range(sentence.n_layers + 1):
        asked = curve_inputs(corpora.digest(), sentence.source, target, layer)
        pair = [_peek(sentence, inputs) for inputs in asked]
        if pair[0] is not None and pair[1] is not None:
            own, loose = (Line(found.alphas, found.curves[:3, 0]) for found in pair if found is not None)
            out[layer] = (own, loose)
    return out


def _peek(sentence: Sentence, inputs: AverageInputs) -> AverageResult | None:
    return widgets.peek(AVERAGE, sentence.model.id, inputs)


def _measure(sentence: Sentence, target: str, layer: int, best: int | None) -> None:
    """The average of many sentences takes a while: a button, progress, stop."""
    wanted = [*curve_inputs(corpora.digest(), sentence.source, target, layer)]
    if best is None:
        wanted.insert(0, profile_inputs(corpora.digest(), sentence.source, target, sentence.n_layers))
    wanted = [inputs for inputs in wanted if _peek(sentence, inputs) is None]
    n = len(corpora.halves())
    if not wanted:
        return
    page_parts.quiet(t("languages.shift.average_sub", n=n, layer=layer))
    if st.button(t("common.run"), key="languages-average"):
        for inputs in wanted:
            widgets.result(AVERAGE, sentence.model.id, inputs, t("languages.shift.averaging"))
        widgets.draw_again()


def _known(result: ShiftResult) -> str:
    return f"{int(np.sum(result.known))} / {len(result.known)}"


def _code(sentence: Sentence, target: str, layer: int, alpha: float) -> None:
    page_parts.show_code(
        "languages_shift",
        sentence.model,
        text=sentence.tokens.text,
        layer=layer,
        alpha=alpha,
        sentences=snippets.place(paths.EXAMPLES / "parallel"),
        source=sentence.source,
        target=target,
    )
