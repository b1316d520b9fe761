"""一步步算: one covered position from its output vector to its probability, with the numbers of this very run."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from explorer import numerics
from explorer.components.vector_strip import vector_strip
from explorer.lab.types.masking import FillResult
from explorer.ui import page_parts
from explorer.ui.i18n import listed, t
from explorer.ui.markup import inline
from explorer.ui.numbers import percent, signed
from explorer.views._shared.page import Snippet
from explorer.views.masking import answers, common
from explorer.views.masking.common import Sentence
from explorer.views.masking.state import State
from explorer.views.vocabulary import best

ROWS = 5


def draw(sentence: Sentence, _: State) -> Snippet | None:
    page_parts.section("masking.road")
    if sentence.focus is None:
        page_parts.notice("errors.no_blank")
        return None
    result, original = answers.fill(sentence).result, sentence.original(sentence.focus)
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        vector_strip(
            [(t("masking.road.hidden"), result.hidden[0]), (t("masking.road.transformed"), result.transformed[0])],
            key="masking-vectors", title=t("masking.road.title"),
        )  # fmt: skip
        _arithmetic(result, original, sentence)
        if original is not None:
            _one_hot(result, original, sentence)
    with right:
        page_parts.steps([(t("masking.road.step1"), ""), (t("masking.road.step2"), ""), (t("masking.road.step3"), "")])
        page_parts.honesty("masking.road.honesty")
    return common.snippet("masking_road", sentence)


def _arithmetic(result: FillResult, original: int | None, sentence: Sentence) -> None:
    """Scores, softmax and loss as sums a reader can check with a pocket calculator."""
    logits = result.logits[0].astype(np.float64)
    names = sentence.names()
    shown = best(sentence.model.id, result.logits[0], ROWS)
    if original is not None and original not in shown:
        shown.append(original)
    shift = float(logits.max())
    total = float(np.exp(logits - shift).sum())
    head = "".join(
        f'<th class="n">{inline(t(f"masking.road.{name}"))}</th>' for name in ("score", "power", "probability")
    )
    rows = "".join(
        f"<tr><td>{inline(names[i])}{_mark(i == original)}</td>"
        f'<td class="n">{signed(logits[i], 3)}</td><td class="n">{math.exp(logits[i] - shift):.4f}</td>'
        f'<td class="n">{percent(math.exp(logits[i] - shift) / total)}</td></tr>'
        for i in shown
    )
    words = [t("masking.road.score_step"), t("masking.road.softmax_step", shift=signed(shift, 3), total=f"{total:.4f}")]
    head = f"<tr><th>{inline(t('masking.road.word'))}</th>{head}</tr>"
    table = f'<div class="scroll-x"><table class="plain-table">{head}{rows}</table></div>'
    last = ""
    if original is not None:
        p = math.exp(logits[original] - shift) / total
        last = f"<p>{inline(t('masking.road.loss_row', p=f'{p:.4f}', loss=f'{-math.log(p):.4f}'))}</p>"
    page_parts.block("".join(f"<p>{inline(word)}</p>" for word in words) + table + last)


def _mark(true: bool) -> str:
    return f' <span class="quiet">{inline(t("masking.road.truth"))}</span>' if true else ""


def _one_hot(result: FillResult, original: int, sentence: Sentence) -> None:
    """The right answer over the model's probabilities, for the likeliest words and the right one."""
    from explorer.figures import onehot

    logits = result.logits[0]
    shown = best(sentence.model.id, logits, 8)
    if original not in shown:
        shown.append(original)
    every = sentence.names()
    names = [every[i] for i in shown]
    chance = [numerics.probability(logits, i) for i in shown]
    fig = onehot.against(
        names,
        chance,
        list(map(percent, chance)),
        shown.index(original),
        t("masking.road.onehot_truth"),
        t("masking.road.onehot_model"),
    )
    page_parts.plot(
        fig, "masking-onehot", t("masking.road.onehot_caption"), t("masking.road.alt", list=listed(names[:5]))
    )
