"""Step 1 on the toy: raw text, then demonstrations, then dialogues, and what one small model does with a question.

It knows the training's steps and its result; part of the tool 听懂吩咐.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer.figures import layers
from explorer.lab.types import toy_language as toy
from explorer.lab.types.told import STAGES, TOLD, ToldInputs, ToldResult, ToldStep
from explorer.ui import page_parts
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent
from explorer.views.family import common
from explorer.views.family import running as live

SHOWN = 2


def draw() -> None:
    page_parts.subtitle(t("family.told.title"))
    page_parts.quiet(t("family.told.sub"))
    found = live.result("told", TOLD, ToldInputs(), t("family.told.training"), t("family.told.start"), _steps)
    if found is None:
        return
    head = ("", *(t(f"family.told.stage{n}") for n in range(STAGES)))
    rows, shares = [], []
    for name in ("asks", "answers", "second"):
        row = [float(p) for p in getattr(found, name)]
        rows.append((t(f"family.told.{name}"), *map(percent, row)))
        shares.append([None, *row])
    page_parts.table(head, rows, numeric=range(1, STAGES + 1), shares=shares)
    page_parts.table(head, _examples(found))
    page_parts.quiet(t("family.told.note", n=found.tried))


def _examples(found: ToldResult) -> list[tuple[str, ...]]:
    """The same beginnings in a row each: what stood there, and what each stage made of it."""
    rows = []
    for texts in (found.alone, found.talk):
        mine = [n for n in range(texts.shape[1]) if toy.WORDS[int(texts[0, n, 0])].lang == common.lang()][:SHOWN]
        for n in mine:
            given = 1 if texts is found.alone else _given(texts[0, n].tolist())
            rows.append((_turns(texts[0, n, :given].tolist()), *(_turns(one[given:].tolist()) for one in texts[:, n])))
    return rows


def _turns(words: Sequence[int]) -> str:
    """The words as they are read, a bar between a question and what is no part of it; ∎ for none."""
    turns: list[list[int]] = [[]]
    for n in toy.body(words):
        if toy.WORDS[n].kind == "prompt":
            turns += [[n], []]
        else:
            turns[-1].append(n)
    return verbatim(" ｜ ".join(toy.written(turn) for turn in turns if turn) or "∎")


def _given(row: Sequence[int]) -> int:
    """How many words of a dialogue are its beginning: up to the second question."""
    return next(n for n, word in enumerate(row[1:], 1) if toy.WORDS[word].kind == "prompt") + 1


def _steps(steps: Sequence[ToldStep]) -> None:
    at = steps[-1].stage
    stage = t(f"family.told.stage{at}")
    page_parts.quiet(stage)
    lines = {stage: [one.loss for one in steps]}
    fig = layers.trained([one.step for one in steps], lines, t("family.sft.x"), t("family.sft.y"))
    st.plotly_chart(fig, key=f"family-told-{len(steps)}", config={"displayModeBar": False})
