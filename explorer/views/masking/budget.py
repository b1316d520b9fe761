"""算笔账: what a head costs in weights, the guessing line, and how many positions of a text give a signal."""

from __future__ import annotations

import math

import streamlit as st

from explorer import numerics
from explorer.engine import get_engine
from explorer.lab.types.core import ModelFacts
from explorer.ui import page_parts
from explorer.ui.i18n import clauses, t
from explorer.ui.numbers import percent, thousands
from explorer.views._shared.page import Snippet
from explorer.views.masking import answers
from explorer.views.masking.common import Sentence
from explorer.views.masking.state import State

SHARE = 0.15


def draw(sentence: Sentence, _: State) -> Snippet:
    facts = get_engine().facts(sentence.model.id)
    page_parts.section("masking.budget")
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        _head(sentence, facts)
        _signal(sentence)
        _tasks(facts)
    with right:
        page_parts.steps([(t(f"masking.budget.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("masking.budget.honesty")
    return Snippet("masking_budget", sentence.model)


def _head(sentence: Sentence, facts: ModelFacts) -> None:
    line, matrix, vocab = math.log(facts.vocab_size), facts.d_output * facts.vocab_size, thousands(facts.vocab_size)
    share = percent(matrix / facts.n_weights)
    cards = [
        (
            thousands(matrix),
            t("masking.budget.head"),
            t("masking.budget.head_sub", d=facts.d_output, vocab=vocab, share=share),
        ),
        (f"{line:.2f}", t("masking.budget.line"), t("masking.budget.line_sub", vocab=vocab)),
    ]
    original = sentence.original(sentence.focus)
    if original is not None:
        loss = numerics.cross_entropy(answers.fill(sentence).result.logits[0], original)
        gain = t(
            "masking.budget.now_sub" if loss <= line else "masking.budget.now_worse", gain=f"{abs(line - loss):.2f}"
        )
        cards.append((f"{loss:.2f}", t("masking.budget.now"), gain))
    page_parts.figures(cards)
    if facts.tied_head:
        page_parts.quiet(t("masking.budget.tied"))


def _signal(sentence: Sentence) -> None:
    """Positions of this sentence that are guessed in training, method by method."""
    from explorer.figures import bars

    n = sum(not special for special in sentence.tokens.special)
    if not n:
        return
    trained = sentence.model.trained_with
    rows = [(t("masking.budget.signal_mlm"), round(max(1, SHARE * n), 1))]
    if trained is not None:
        rows.append(
            (
                t("masking.budget.signal_ours", share=f"{trained.mask_share * 100:.0f}"),
                round(max(1, trained.mask_share * n), 1),
            )
        )
    rows += [(t("masking.budget.signal_cbow"), n), (t("masking.budget.signal_gpt"), n)]
    page_parts.subtitle(t("masking.budget.signal", n=n))
    alt = clauses(f"{name}: {value:g}" for name, value in rows)
    page_parts.plot(
        bars.counts([name for name, _ in rows], [value for _, value in rows], n),
        "masking-signal",
        t("masking.budget.caption"),
        alt,
    )


def _tasks(facts: ModelFacts) -> None:
    tasks = (("sentiment", 2), ("nli", 3), ("pos", 17), ("mlm", facts.vocab_size))
    page_parts.subtitle(t("masking.budget.classes"))
    page_parts.table(
        tuple(t(f"masking.budget.table_{name}") for name in ("task", "classes", "weights", "line")),
        [
            (t(f"masking.budget.task_{name}"), thousands(n), thousands(n * facts.d_model), f"{math.log(n):.2f}")
            for name, n in tasks
        ],
        numeric=(1, 2, 3),
    )
