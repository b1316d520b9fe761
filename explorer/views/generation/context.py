"""看多远: the loss of the same text when only the last k tokens may be seen, beside an n-gram model counted live."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.content import examples
from explorer.engine import get_engine
from explorer.lab.types.generation import CONTEXT, NGRAM, ContextInputs, ContextResult, NgramInputs, NgramResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, t
from explorer.ui.numbers import thousands
from explorer.views.generation import common, marks
from explorer.views.generation.common import State

WINDOWS = (1, 2, 4, 8, 16, 32)
MOST_TOKENS = 64


def draw(state: State) -> None:
    page_parts.section("generation.context")
    ids = common.whole(state)
    first = marks.first_of(state.model, ids)
    seen = ids[: first + MOST_TOKENS]
    if len(seen) - first < 3:
        page_parts.notice("generation.context.short", "warn")
        return
    if len(seen) < len(ids):
        page_parts.notice("generation.context.cut", n=MOST_TOKENS)
    corpus = state.corpus or examples.entry("generation", "default", language())["corpus"]
    tokens = get_engine().tokens(state.model, corpus)
    counted = tuple(token for token, special in zip(tokens.ids, tokens.special, strict=True) if not special)
    running = t("generation.context.running")
    result = widgets.result(CONTEXT, state.model, ContextInputs(seen, WINDOWS), running)
    counts = widgets.run(NGRAM, state.model, NgramInputs(seen, counted)).result
    left, right = st.columns([1, 0.36], gap="large")
    with left:
        _curve(result, counts)
        widgets.text_area(
            "generation-corpus", t("generation.context.corpus"), corpus,
            lambda text: common.store().set(corpus=text.strip()), 120,
        )  # fmt: skip
        page_parts.quiet(t("generation.context.counted", n=thousands(counts.corpus_tokens)))
    with right:
        page_parts.steps([(t(f"generation.context.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("generation.context.honesty")
    common.show_code("generation_context", state.model, ids=list(seen), first=first)


def _curve(result: ContextResult, counts: NgramResult) -> None:
    from explorer.figures import running

    losses = [float(row.mean()) for row in result.nats]
    names = [*(str(k) for k in result.windows[:-1]), t("generation.context.all", k=int(result.windows[-1]))]
    ngram = [float(row.mean()) for row in counts.nats]
    page_parts.plot(
        running.windows(
            {t("generation.context.gpt"): (names, losses),
             t("generation.context.ngram"): ([str(n) for n in range(len(ngram))], ngram)},
            ["0", "1", "2", "3", *[name for name in names if name not in ("1", "2", "3")]],
            t("generation.context.axis_k"), t("generation.context.axis"),
        ),
        "generation-context",
        t("generation.context.figure"),
        t("generation.context.alt", one=f"{losses[0]:.2f}", all=f"{losses[-1]:.2f}", ngram=f"{min(ngram):.2f}"),
    )  # fmt: skip
    gain = losses[0] - losses[-1]
    page_parts.quiet(t("generation.context.gain", gain=f"{gain:.2f}", times=f"{np.exp(gain):.1f}"))
