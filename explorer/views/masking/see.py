"""三种放法: one position seen, covered, or replaced at random; the same averaged over many."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer import numerics
from explorer.components.compare import Series, compare
from explorer.content import examples
from explorer.engine import get_engine
from explorer.lab.types.masking import AVERAGE, TREAT, AverageInputs, TreatInputs, TreatResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, t
from explorer.ui.numbers import percent
from explorer.views._shared.page import Snippet
from explorer.views.masking import common, repair
from explorer.views.masking.common import Sentence
from explorer.views.masking.state import State
from explorer.views.vocabulary import apart


def draw(sentence: Sentence, state: State) -> Snippet | None:
    page_parts.section("masking.see")
    original = sentence.original(sentence.focus)
    if sentence.focus is None or original is None:
        page_parts.notice("errors.no_blank")
        return None
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        _three_ways(sentence)
        _side_by_side(sentence)
        if state.wrong:  # links from before it was a tool of its own
            page_parts.subsection("masking.repair")
            repair.panel(sentence, state, original)
        _average(sentence.model.id)
    with right:
        page_parts.steps(
            [
                (t("masking.see.step1"), ""),
                (t("masking.see.step2"), ""),
                (t("masking.see.step3"), t("masking.see.step3_num")),
            ]
        )
        page_parts.honesty("masking.see.honesty")
    return Snippet(
        "masking_see", sentence.model, text=sentence.tokens.text, look=sentence.focus, random_ids=_random_ids(sentence)
    )


def _treat(sentence: Sentence) -> TreatResult:
    assert sentence.focus is not None
    inputs = TreatInputs(sentence.tokens.text, sentence.focus)
    return widgets.run(TREAT, sentence.model.id, inputs).result


def _random_ids(sentence: Sentence) -> list[int]:
    return [int(i) for i in _treat(sentence).random_ids]


def _three_ways(sentence: Sentence) -> None:
    from explorer.figures import bars

    result = _treat(sentence)
    p = [numerics.probability(row, result.original) for row in result.logits]
    draws = p[2:]
    means = [p[0], p[1], float(np.mean(draws))]
    names = [t("masking.see.visible"), t("masking.see.masked"), t("masking.see.random", n=len(draws))]
    values = dict(zip(("visible", "masked", "random"), map(percent, means), strict=True))
    page_parts.plot(
        bars.treatments(names, means, list(values.values()), [[], [], draws]),
        "masking-treat",
        t("masking.see.figure"),
        t("masking.see.alt", **values),
    )


def _side_by_side(sentence: Sentence) -> None:
    """What the model wants there under each treatment; of the random ones, the first draw."""
    result = _treat(sentence)
    names, marks = sentence.names(), apart(sentence.model.id)
    drawn = common.plain(get_engine().vocabulary(sentence.model.id)[int(result.random_ids[0])])
    titles = (t("masking.see.visible"), t("masking.see.masked"), t("masking.see.random_one", word=drawn))
    compare(
        [
            Series(title, logits, result.original, apart=marks)
            for title, logits in zip(titles, result.logits, strict=False)
        ],
        key="masking-treatments",
        vocabulary=names,
        title=t("masking.see.figure"),
    )


def _average(model: str) -> None:
    """Over sentences that come with the app; it takes seconds, so it has a button, progress and a stop."""
    from explorer.figures import bars

    texts = tuple(examples.entry("masking", "average", language())["texts"])
    inputs = AverageInputs(texts, examples.AVERAGE_PER_TEXT)
    page_parts.subsection("masking.see.average", n=len(texts), per=examples.AVERAGE_PER_TEXT)
    result = widgets.peek(AVERAGE, model, inputs)
    if result is None and st.button(t("common.run"), key="masking-average"):
        result = widgets.result(AVERAGE, model, inputs, t("masking.see.average.title"))
    if result is None:
        return
    means = [float(values.mean()) for values in (result.visible, result.masked, result.random)]
    values = dict(zip(("visible", "masked", "random"), map(percent, means), strict=True))
    names = [t("masking.see.visible"), t("masking.see.masked"), t("masking.see.random_any")]
    page_parts.plot(
        bars.treatments(names, means, list(values.values())), "masking-average-figure",
        t("masking.see.average_done", n=len(result.visible), **values), t("masking.see.alt", **values),
    )  # fmt: skip
