"""掷骰子: the 15 % × 80/10/10 drawing of training, rolled on the reader's sentence, and the exercise it makes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import streamlit as st

from explorer import numerics
from explorer.components.token_strip import COVERS, Chip, token_strip
from explorer.engine import get_engine
from explorer.lab.types.lottery import KINDS, ROLL, TALLY, LotteryInputs, LotteryResult
from explorer.lab.types.masking import FILL, Edit, FillInputs
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import inline, verbatim
from explorer.views._shared.page import Snippet
from explorer.views.masking import common, stage
from explorer.views.masking.common import Sentence
from explorer.views.masking.state import State


def draw(sentence: Sentence, state: State) -> Snippet | None:
    page_parts.section("masking.lottery")
    if len(sentence.tokens) <= 2:
        page_parts.notice("errors.text_empty")
        return None
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        _dice(state)
        result = _roll(sentence, state)
        token_strip(
            _chips(sentence, result), key="masking-lottery-strip", mode="show", title=t("masking.lottery.strip"),
        )  # fmt: skip
        _words(result, state)
        _counts(sentence, result, state)
        _exercise(sentence, result)
    with right:
        page_parts.steps([(t(f"masking.lottery.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("masking.lottery.honesty")
    return Snippet("masking_lottery", sentence.model, text=sentence.tokens.text, seed=state.seed, words=_spans(result))


def _dice(state: State) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t("masking.lottery.roll"),
            key="masking-roll",
            type="primary",
            on_click=common.another_seed,
        )
        widgets.choice(
            "masking-unit", t("masking.lottery.unit"), ("token", "word"), state.unit,
            lambda unit: t(f"masking.lottery.unit_{unit}"), lambda unit: common.store().set(unit=unit),
        )  # fmt: skip


def _roll(sentence: Sentence, state: State) -> LotteryResult:
    inputs = LotteryInputs(sentence.tokens.text, unit=state.unit, seed=state.seed)
    return widgets.run(ROLL, sentence.model.id, inputs).result


def _chips(sentence: Sentence, result: LotteryResult) -> list[Chip]:
    vocabulary = get_engine().vocabulary(sentence.model.id)
    drawn = {int(p): (kind, int(i)) for p, kind, i in zip(result.positions, result.kinds, result.ids, strict=True)}
    out = []
    for position, chip in enumerate(stage.chips(replace(sentence, masks=(), edits=()), "mask")):
        kind, token = drawn.get(position, (None, 0))
        shown = common.plain(vocabulary[token]) if kind == "random" else None
        out.append(replace(chip, covered=COVERS[kind] if kind else None, shown=shown))
    return out


def _words(result: LotteryResult, state: State) -> None:
    """Where the words end, when they are drawn whole."""
    if state.unit != "word":
        return
    offsets = result.tokens.offsets
    words = (result.tokens.text[offsets[span[0]][0] : offsets[span[-1]][1]] for span in _spans(result))
    page_parts.quiet(t("masking.lottery.words", words=verbatim(" / ".join(words))))


def _spans(result: LotteryResult) -> list[list[int]]:
    """The positions of each word that is drawn as one, in reading order; when tokens are drawn, each is one."""
    spans: dict[int, list[int]] = {}
    for position, word in enumerate(result.words):
        if word >= 0:
            spans.setdefault(int(word), []).append(position)
    return list(spans.values())


def _counts(sentence: Sentence, result: LotteryResult, state: State) -> None:
    inputs = LotteryInputs(sentence.tokens.text, unit=state.unit, seed=state.seed)
    tally = widgets.run(TALLY, sentence.model.id, inputs).result
    head = ("", t("masking.lottery.counts"), t("masking.lottery.expected"), t("masking.lottery.many"))
    rows = [
        (t(f"masking.lottery.{kind}"), str(result.counts[n]), f"{result.expected[n]:.1f}", f"{tally.means[n]:.2f}")
        for n, kind in enumerate(KINDS)
    ]
    rows.append(
        (
            t("masking.lottery.untouched"),
            str(result.n_ordinary - sum(result.counts)),
            f"{result.n_ordinary - result.budget:.1f}",
            f"{result.n_ordinary - sum(tally.means):.2f}",
        )
    )
    page_parts.table(head, rows, numeric=(1, 2, 3))


def _exercise(sentence: Sentence, result: LotteryResult) -> None:
    """The loss of this drawing: mean cross-entropy over all drawn positions."""
    changed = tuple(
        Edit(int(p), int(i))
        for p, i, kind in zip(result.positions, result.ids, result.kinds, strict=True)
        if kind != "keep"
    )
    inputs = FillInputs(sentence.tokens.text, changed, tuple(int(p) for p in result.positions))
    found = widgets.run(FILL, sentence.model.id, inputs).result
    losses = [
        numerics.cross_entropy(row, int(target)) for row, target in zip(found.logits, found.original, strict=True)
    ]
    line = math.log(found.logits.shape[1])
    page_parts.block(
        f"<p>{inline(t('masking.lottery.loss', n=len(losses), loss=f'{np.mean(losses):.2f}', line=f'{line:.2f}'))}</p>"
    )
