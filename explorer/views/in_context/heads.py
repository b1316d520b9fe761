"""归纳头: which of the model's heads look at what came after the same token before, and what is lost without them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.engine import get_engine
from explorer.figures import heads, running, stripes
from explorer.lab.types.induction import (
    IN_PROMPT,
    INDUCTION,
    InductionInputs,
    InductionResult,
    InPromptInputs,
)
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent
from explorer.views.in_context import common
from explorer.views.in_context.common import Scene, State
from explorer.views.vocabulary import laid_out, spaced

SHOWN = 5
SCORES = "in_context-heads"


def draw(scene: Scene, _: State) -> None:
    page_parts.section("in_context.heads")
    body, side = st.columns([1, 0.44], gap="large")
    inputs = InductionInputs()
    with body:
        found = widgets.peek(INDUCTION, scene.model.id, inputs)
        if found is None and st.button(t("in_context.heads.run"), type="primary", key=SCORES):
            found = widgets.result(INDUCTION, scene.model.id, inputs, t("in_context.heads.running"))
        if found is not None:
            _stripe(found, inputs)
            _loss(found, inputs, scene)
            _prompt(found, scene)
    with side:
        page_parts.steps([(t(f"in_context.heads.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("in_context.heads.honesty")


def name(layer: int, head: int) -> str:
    """A head as readers count it."""
    return t("in_context.heads.name", layer=layer + 1, head=head + 1)


def _stripe(found: InductionResult, inputs: InductionInputs) -> None:
    layer, head = found.best[0]
    score = float(found.scores[layer, head])
    left, right = st.columns([1, 1], gap="medium")
    with left:
        page_parts.plot(
            heads.heat(found.scores, t("in_context.heads.layer"), t("in_context.heads.head"), free=False),
            "in_context-scores", t("in_context.heads.map"),
            t("in_context.heads.map_alt", head=name(layer, head), score=f"{score:.2f}"),
        )  # fmt: skip
    with right:
        page_parts.plot(
            stripes.square(found.pattern, t("in_context.heads.looked"), t("in_context.heads.looks")),
            "in_context-stripe",
            t("in_context.heads.stripe", head=name(layer, head), score=f"{score:.2f}", n=inputs.length),
            t("in_context.heads.stripe_alt", head=name(layer, head)),
        )
    begin = float(found.begin[layer, head])
    page_parts.quiet(t("in_context.heads.begin", p=percent(begin)))


def _loss(found: InductionResult, inputs: InductionInputs, scene: Scene) -> None:
    page_parts.subsection("in_context.heads.off")
    words = get_engine().vocabulary(scene.model.id)
    on, off = found.second(found.loss), found.second(found.off)
    random = found.random.astype(float)
    low, high = (float(np.quantile(random, share)) for share in (0.025, 0.975))
    names = " · ".join(name(*place) for place in found.best)
    page_parts.figures(
        [
            (f"{on:.2f}", t("in_context.heads.on"), t("in_context.heads.nats")),
            (f"{off:.2f}", t("in_context.heads.best_off"), names),
            (
                f"{random.mean():.2f}", t("in_context.heads.random_off"),
                t("in_context.heads.draws", n=len(random), low=f"{low:.2f}", high=f"{high:.2f}"),
            ),
        ]
    )  # fmt: skip
    lines = {t("in_context.heads.on"): found.loss.tolist(), t("in_context.heads.best_off"): found.off.tolist()}
    ticks = [spaced(words[token]) for token in found.ids[1:]]
    page_parts.plot(
        running.along(lines, ticks, t("in_context.heads.loss")), "in_context-second",
        t("in_context.heads.loss_caption", n=inputs.sequences),
        t("in_context.heads.loss_alt", on=f"{on:.2f}", off=f"{off:.2f}"),
    )  # fmt: skip


def _prompt(found: InductionResult, scene: Scene) -> None:
    """The same heads at the end of the reader's prompt."""
    page_parts.subsection("in_context.heads.prompt")
    answer = common.asked(scene)
    inputs = InPromptInputs(scene.prompt.text(), answer, found.best)
    here = widgets.run(IN_PROMPT, scene.model.id, inputs).result
    words = get_engine().vocabulary(scene.model.id)
    rows = []
    for place, weights in zip(found.best, here.weights, strict=True):
        top = np.argsort(-weights)[:SHOWN]
        seen = " · ".join(
            f"{verbatim(laid_out(words[here.ids[int(at)]]))} ({int(at) + 1}) {percent(float(weights[at]))}"
            for at in top
        )
        rows.append((name(*place), seen))
    page_parts.table((t("in_context.heads.head"), t("in_context.heads.sees", n=len(here.ids))), rows)
    page_parts.quiet(
        t(
            "in_context.heads.answer", answer=verbatim(answer), on=percent(float(np.exp(here.log_p))),
            off=percent(float(np.exp(here.off))),
        )
    )  # fmt: skip
