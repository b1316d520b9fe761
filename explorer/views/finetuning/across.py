"""英文教，中文问: a head that was taught with English questions only, asked about the same passages in six languages.

It knows the project's passages and what was said to every question; published figures stand beside, with how they were
marked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from explorer import numerics
from explorer.content import passages
from explorer.figures import spans as figures
from explorer.lab.types.answering import EXAM, ExamResult
from explorer.ui import navigation, page_parts, state, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import signed
from explorer.views.finetuning import answer_parts, common

if TYPE_CHECKING:
    from explorer.views.finetuning.bench import Bench

# F1 and exact match by SQuAD's own script, mBERT taught with SQuAD 1.1 (English): deepmind/xquad, README.
XQUAD = {"en": ("83.5", "72.2"), "es": ("75.5", "56.9"), "de": ("70.6", "54.0"), "zh": ("58.0", "48.3")}

HIGH = 560  # pixels of the table of answers, which scrolls


def draw(bench: Bench) -> None:
    state = bench.state
    if state.taught == "en":
        page_parts.section("finetuning.across")
    else:
        page_parts.section("finetuning.across.from_chinese")
    answer_parts.taught(state)
    found = {lang: _asked(state.taught, lang) for lang in passages.LANGS}
    names = [t(f"finetuning.across.language.{lang}") for lang in found]
    rows = []
    for measure in ("f1_mixed", "f1_words", "exact"):
        marks = [numerics.mean_interval(getattr(one, measure)[one.answered]) for one in found.values()]
        rows.append((t(f"finetuning.across.{measure}"), [m for m, _, _ in marks], [high - m for m, _, high in marks]))
    chance = [one.by_chance[1] for one in found.values()]
    count = int(found[state.taught].answered.sum())
    page_parts.plot(
        figures.marks(names, rows, chance, t("finetuning.across.chance"), names[list(found).index(state.taught)]),
        "finetuning-across",
        t("finetuning.across.caption", n=count, language=t(f"finetuning.across.language.{state.taught}")),
        "; ".join(f"{name} F1 {value:.2f}" for name, value in zip(names, rows[0][1], strict=True)),
    )
    _ratios(found, state.taught)
    left, right = st.columns([1, 0.6], gap="large")
    with left:
        _answers(found[state.reading], state)
    with right:
        _published()
    page_parts.honesty("finetuning.across.honesty", n=count)


def _asked(taught_in: str, lang: str) -> ExamResult:
    words = t("finetuning.across.reading", language=t(f"finetuning.across.language.{lang}"))
    return widgets.result(EXAM, common.model().id, passages.exam(taught_in, lang), words)


def _f1(found: ExamResult) -> float:
    return float(found.f1_mixed[found.answered].mean())


def _ratios(found: dict[str, ExamResult], taught_in: str) -> None:
    """How much of what the head can do in the language it was taught in is left in the others."""
    own = _f1(found[taught_in])
    cards = [
        (f"{_f1(one) / own:.2f}", t(f"finetuning.across.language.{lang}"),
         f"F1 {_f1(one):.2f} ÷ {own:.2f}")
        for lang, one in found.items() if lang != taught_in
    ]  # fmt: skip
    page_parts.subtitle(t("finetuning.across.ratio"))
    page_parts.figures(cards)


def _answers(found: ExamResult, state: common.State) -> None:
    """Question, right answer, what was said, in one language; wrong ones first; then those that nothing answers."""
    page_parts.subtitle(t("finetuning.across.answers"))
    widgets.choice(
        "finetuning-reading", t("finetuning.across.answers"), passages.LANGS, state.reading,
        lambda lang: t(f"finetuning.across.language.{lang}"), lambda lang: common.store().set(reading=lang),
    )  # fmt: skip
    questions = [question for one in passages.passages(state.reading) for question in one.questions]
    head = tuple(t(f"finetuning.across.column.{part}") for part in ("question", "right", "said"))
    order = [n for n in np.argsort(found.f1_mixed, kind="stable") if found.answered[n]]
    with st.container(height=HIGH):
        page_parts.table(
            ("F1", *head),
            [
                (
                    f"{found.f1_mixed[n]:.2f}",
                    verbatim(questions[n].text), verbatim(questions[n].answer), verbatim(found.said[n]),
                )
                for n in order
            ],
            numeric=(0,),
        )  # fmt: skip
    page_parts.subtitle(t("finetuning.across.no_answer"))
    nothing = found.over_nothing < 0
    page_parts.quiet(
        t("finetuning.across.no_answer_note", n=int((~found.answered).sum()), seen=int(nothing[~found.answered].sum()),
          all=int(found.answered.sum()), wrongly=int(nothing[found.answered].sum()))
    )  # fmt: skip
    page_parts.table(
        (t("finetuning.across.column.over"), head[0], head[2]),
        [
            (signed(float(found.over_nothing[n])), verbatim(questions[n].text), verbatim(found.said[n]))
            for n in np.flatnonzero(~found.answered)
        ],
        numeric=(0,),
    )


def _published() -> None:
    page_parts.subtitle(t("finetuning.across.xquad"))
    page_parts.table(
        ("", "F1", t("finetuning.across.exact")),
        [(t(f"finetuning.across.language.{lang}"), *figures_of) for lang, figures_of in XQUAD.items()],
        numeric=(1, 2),
    )
    page_parts.quiet(t("finetuning.across.xquad_source"))
    page_parts.quiet(t("finetuning.across.more"))
    navigation.link("languages", t("languages.tool.pos"), {"v": state.VERSION, "tool": "pos"})
