"""BERT 和 GPT: the same blank with both sides in view, and with the left alone; the gap at the end and inside."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import streamlit as st

from explorer.components.compare import Series, compare
from explorer.engine import catalog, get_engine
from explorer.lab.types.core import Tokens
from explorer.lab.types.generation import LEFT, LeftInputs, LeftResult
from explorer.lab.types.masking import FILL, SCAN, Edit, FillInputs
from explorer.lab.types.masking import ScanInputs as CoverInputs
from explorer.ui import page_parts, snippets, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.views.generation import common, stage
from explorer.views.generation.common import State
from explorer.views.vocabulary import apart, labels

MOST_TOKENS = 48


def draw(state: State) -> None:
    page_parts.section("generation.both")
    tokens = _tokens(state)
    places = [n for n in range(len(tokens)) if not tokens.special[n] and tokens.pieces[n] != "[MASK]"]
    if len(places) < 2:
        page_parts.notice("generation.context.short", "warn")
        return
    at = state.at if state.at in places else places[len(places) // 2]
    spans = tuple(tokens.offsets[n] for n in places)
    seen = widgets.run(LEFT, state.model, LeftInputs(tokens.text, spans, places.index(at))).result
    covered = widgets.run(SCAN, _bert(), CoverInputs(tokens.text)).result
    chance = {int(n): float(p) for n, p in zip(covered.positions, covered.p_original, strict=True)}
    known = {n: (-math.log(max(p, 1e-12)), p, 0) for n, p in chance.items()}
    stage.strip(
        stage.cut_chips(tokens, known), focus=at, tint=None, pick=lambda place: common.store().set(at=place),
        caption=t("generation.both.pick"),
    )  # fmt: skip
    left, right = st.columns([1, 0.36], gap="large")
    with left:
        _side_by_side(tokens, at, seen, common.vocabulary(state.model))
        _along(tokens, places, [chance[n] for n in places], [float(p) for p in seen.p])
    with right:
        page_parts.steps([(t(f"generation.both.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("generation.both.honesty")
    common.show_code(
        "generation_both",
        state.model,
        text=tokens.text,
        start=tokens.offsets[at][0],
        look=at,
        bert=snippets.source(catalog.default("masked")),
    )


def _bert() -> str:
    return catalog.default("masked").id


def _tokens(state: State) -> Tokens:
    """The text as BERT reads it, cut to what is drawn."""
    text = get_engine().simplify(_bert(), common.whole_text(state).strip())[0]
    tokens = get_engine().tokens(_bert(), text)
    if len(tokens) > MOST_TOKENS:
        tokens = get_engine().tokens(_bert(), text[: tokens.offsets[MOST_TOKENS - 2][1]])
    return tokens


def _side_by_side(tokens: Tokens, at: int, seen: LeftResult, left_words: Sequence[str]) -> None:
    mask = get_engine().tokens(_bert(), "[MASK]").ids[1]
    filled = widgets.run(FILL, _bert(), FillInputs(tokens.text, (Edit(at, mask),), (at,))).result
    start, end = tokens.offsets[at]
    before, after = tokens.text[max(0, start - 12) : start], tokens.text[end : end + 12]
    compare(
        [
            Series(
                t("generation.both.bert"), filled.logits[0], tokens.ids[at], note=f"{before}＿{after}",
                apart=apart(_bert()),
            ),
            Series(
                t("generation.both.gpt"), seen.logits, seen.answer, "b", f"{before}＿",
                tuple(word.replace("▁", " ").strip() or word for word in left_words),
            ),
        ],
        key="generation-both", vocabulary=labels(_bert()),
        caption=t("generation.both.caption"), title=t("generation.both.title"),
    )  # fmt: skip


def _along(tokens: Tokens, places: list[int], bert: list[float], gpt: list[float]) -> None:
    """−ln P of every piece with both sides and with the left alone; the last one against those inside."""
    from explorer.figures import running

    losses = [[-math.log(max(p, 1e-12)) for p in row] for row in (bert, gpt)]
    ticks = [tokens.surface(n) for n in places]
    names = (t("generation.both.bert"), t("generation.both.gpt"))
    gaps = np.array(losses[1]) - np.array(losses[0])
    page_parts.plot(
        running.along(dict(zip(names, losses, strict=True)), ticks, t("generation.both.axis")),
        "generation-gap",
        t("generation.both.figure"),
        t("generation.both.alt", inner=f"{gaps[:-1].mean():.2f}", end=f"{gaps[-1]:.2f}"),
    )  # fmt: skip
    page_parts.figures(
        [
            (f"{gaps[:-1].mean():+.2f}".replace("-", "−"), t("generation.both.inner"), t("generation.both.inner_note")),
            (
                f"{gaps[-1]:+.2f}".replace("-", "−"),
                t("generation.both.end", word=verbatim(ticks[-1])),
                t("generation.both.end_note"),
            ),
        ]
    )
