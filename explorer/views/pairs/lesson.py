"""一道练习题: one of BERT's training examples made from the reader's pair, with both losses at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from explorer.components.token_strip import COVERS, token_strip
from explorer.engine import get_engine, uses
from explorer.lab.types.pairs import LESSON, LessonInputs, LessonResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent
from explorer.views._shared.page import Snippet
from explorer.views.pairs import common, stage
from explorer.views.pairs.common import State


def draw(state: State, model: uses.ModelInfo) -> Snippet:
    page_parts.section("pairs.lesson")
    a, b = common.require(state, model.id)
    vocabulary = get_engine().vocabulary(model.id)
    inputs = LessonInputs(a, b, common.elsewhere(state), state.seed)
    body, side = st.columns([1, 0.44], gap="large")
    with body:
        st.button(
            t("pairs.lesson.roll"), key="pairs-roll", type="primary",
            on_click=common.another_seed,
        )  # fmt: skip
        found = widgets.run(LESSON, model.id, inputs).result
        page_parts.quiet(t("pairs.lesson.random" if found.random else "pairs.lesson.kept"))
        _strip(found, vocabulary)
        _losses(found)
        _table(found, vocabulary)
    with side:
        page_parts.steps([(t(f"pairs.lesson.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("pairs.lesson.honesty")
    return Snippet(
        "pairs_lesson", model, first=a, second=inputs.other if found.random else b,
        shown=list(found.shown), positions=list(found.positions), label=int(found.random),
    )  # fmt: skip


def _strip(found: LessonResult, vocabulary: Sequence[str]) -> None:
    drawn = dict(zip(found.positions, found.kinds, strict=True))
    chips = []
    for position, chip in enumerate(stage.chips(found.tokens)):
        kind = drawn.get(position)
        shown = vocabulary[found.shown[position]].removeprefix("##") if kind == "random" else None
        chips.append(replace(chip, covered=COVERS[kind] if kind else None, shown=shown))
    token_strip(
        chips, key="pairs-lesson-strip", words=stage.words(t("pairs.lesson.strip")), mode="show",
        title=t("pairs.lesson.strip"),
    )  # fmt: skip


def _losses(found: LessonResult) -> None:
    words = float(found.word_losses.mean())
    wanted = 1 - found.p_next if found.random else found.p_next
    page_parts.figures(
        [
            (f"{words:.2f}", t("pairs.lesson.words"), t("pairs.lesson.words_sub", n=len(found.positions))),
            (f"{found.next_loss:.2f}", t("pairs.lesson.pair"), t("pairs.lesson.pair_sub", p=percent(wanted))),
            (f"{words + found.next_loss:.2f}", t("pairs.lesson.total"), t("pairs.lesson.total_sub")),
        ]
    )


def _table(found: LessonResult, vocabulary: Sequence[str]) -> None:
    head = tuple(t(f"pairs.lesson.col_{name}") for name in ("original", "shown", "guess", "loss"))
    rows = [
        (
            verbatim(vocabulary[found.tokens.ids[at]]),
            verbatim(vocabulary[found.shown[at]]),
            verbatim(vocabulary[guess]),
            f"{float(loss):.2f}",
        )
        for at, guess, loss in zip(found.positions, found.guesses, found.word_losses, strict=True)
    ]
    page_parts.table(head, rows, numeric=(3,), answer=3)
