"""无意义的句子: sentences whose words were swapped, shuffled or made up, and three starts that are taught them.

It knows the ways, a sentence of the reader's own, and a training's result.
"""

from __future__ import annotations

import streamlit as st

from explorer.content import nonsense
from explorer.content.nonsense import WAYS
from explorer.content.three_starts import STARTS
from explorer.lab.types.finetuning import BAG, TUNE, BagInputs, TuneInputs, rights, truths
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, t
from explorer.ui.numbers import percent
from explorer.views.beyond import common, starts
from explorer.views.beyond.common import State

LONGEST = 200


def draw(state: State) -> None:
    page_parts.section("beyond.nonsense")
    lang = language()
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        widgets.choice(
            "beyond-way", t("beyond.nonsense.way"), WAYS, state.way, lambda name: t(f"beyond.way.{name}"),
            common.setter("way"),
        )  # fmt: skip
        written = state.sentence or t("beyond.nonsense.example")
        widgets.text_line(
            "beyond-sentence", t("beyond.nonsense.own"), written, common.setter("sentence"),
            t("beyond.nonsense.placeholder"),
        )  # fmt: skip
        _changed(written, state.way, lang)
        inputs = common.sentences(state, state.way, lang)
        page_parts.quiet(t("beyond.nonsense.sizes", train=len(inputs.train), test=len(inputs.held_out)))
        found = starts.trained("nonsense", inputs)
        own = [] if found is None else starts.cards(found, inputs)
        page_parts.figures([*own, _bag(inputs), starts.majority(truths(inputs.held_out))])
        if found is not None:
            page_parts.notice("beyond.told", verdict=starts.verdict(found, inputs))
        _table(state, lang)
    with right:
        page_parts.steps([(t(f"beyond.nonsense.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("beyond.nonsense.honesty")


def _changed(written: str, way: nonsense.Way, lang: str) -> None:
    if not written.strip():
        page_parts.notice("errors.text_empty", "warn")
        return
    if len(written) > LONGEST:
        page_parts.notice("beyond.nonsense.cut", "warn", n=LONGEST)
    page_parts.notice("beyond.nonsense.changed", changed=nonsense.changed(written[:LONGEST], way, lang))


def _bag(inputs: TuneInputs) -> starts.Card:
    """Words counted: a word for a word leaves all counts as they were."""
    said = widgets.run(BAG, None, BagInputs(inputs.train, inputs.held_out)).result.said
    return (
        percent(float((said == truths(inputs.held_out)).mean())), t("beyond.nonsense.bag"),
        t("beyond.nonsense.bag_note"),
    )  # fmt: skip


def _table(state: State, lang: str) -> None:
    """A row for every way that has been trained."""
    rows = []
    for way in WAYS:
        inputs = common.sentences(state, way, lang)
        found = widgets.peek(TUNE, common.model().id, inputs)
        if found is not None:
            right = rights(found, inputs.held_out).mean(axis=1)
            rows.append((t(f"beyond.way.{way}"), *(percent(float(share)) for share in right)))
    if rows:
        head = (t("beyond.nonsense.way"), *(t(f"beyond.start.{start}") for start in STARTS))
        page_parts.table(head, rows, numeric=range(1, len(head)))
