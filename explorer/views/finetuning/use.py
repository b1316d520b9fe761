"""问它一句: the taught head on the reader's own text, and with each word covered: which one carries the answer?

It knows the bench and one text; where the head is gone, one press teaches it again.
"""

from __future__ import annotations

from typing import Any, cast

import streamlit as st

from explorer.lab.types.core import Progress
from explorer.lab.types.experiment import Experiment
from explorer.lab.types.finetuning import TAGS, USE, TagsInputs, TagsResult, TuneStep, UseInputs, UseResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, t
from explorer.views._shared import typed
from explorer.views.finetuning import asking, common, keep, said
from explorer.views.finetuning.bench import Bench

ASKED = "finetuning:asking"
Asking = Experiment[Any, UseResult | TagsResult, TuneStep | Progress]


def draw(bench: Bench) -> None:
    page_parts.section("finetuning.use")
    keep.opened(bench.state)
    _ask(bench)


def _ask(bench: Bench) -> None:
    if bench.found is None:
        page_parts.quiet(t("finetuning.not_yet"))
        return
    text = _written(bench)
    typed.remarks(common.model().id, text)
    tokens = bench.inputs.shape == "tokens"
    experiment: Asking = cast("Asking", TAGS if tokens else USE)
    asked = (
        TagsInputs(bench.inputs, text, common.unit(bench.state, language())) if tokens
        else UseInputs(bench.inputs, text)
    )  # fmt: skip
    found = widgets.peek(experiment, common.model().id, asked)
    if found is None and st.session_state.get(ASKED) == bench.inputs and all(part.strip() for part in text.split("\n")):
        found = asking.answered(experiment, asked)
        if found is None:
            st.session_state.pop(ASKED, None)
    if found is None:
        page_parts.quiet(t("finetuning.use.taught_again"))
        st.button(
            t("finetuning.use.ask"), key="finetuning-ask", type="primary",
            on_click=lambda: st.session_state.__setitem__(ASKED, bench.inputs),
        )  # fmt: skip
    elif isinstance(found, TagsResult):
        said.tags(found, bench.labels)
    else:
        said.bars(found, bench.labels)
        said.words(found, bench.labels)
        page_parts.honesty("finetuning.use.honesty")
    keep.draw(bench)


def _written(bench: Bench) -> str:
    """The reader's text; where two are read, both, with a line feed between."""
    state, put = bench.state, common.store().set
    task = "own" if common.is_own(state) else state.task
    text = state.asked or t(f"finetuning.use.example.{task}")
    widgets.text_line(
        "finetuning-asked", t("finetuning.use.box"), text, lambda new: put(asked=new or " "), t("finetuning.use.box")
    )
    if bench.inputs.shape != "pair":
        return text
    second = state.beside or t(f"finetuning.use.second.{state.task}")
    name = t(f"finetuning.use.beside.{state.task}")
    widgets.text_line("finetuning-beside", name, second, lambda new: put(beside=new or " "), name)
    return f"{text}\n{second}"
