"""提示、微调、适配器: one service with many customers, drawn to scale in our own bytes, and our own seconds.

It knows the built-in model's size, a prompt's bytes, two times measured on this machine, and one training's seconds.
"""

from __future__ import annotations

import math

import streamlit as st

from explorer.engine import get_engine
from explorer.figures import shared
from explorer.lab.types.finetuning import TUNE
from explorer.lab.types.generation import FOLLOW, FollowInputs
from explorer.lab.types.gpt_line import GemmaShape, adapter
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, t
from explorer.ui.numbers import parameters, size, thousands
from explorer.views.family import common, tasks, writing
from explorer.views.family.common import State
from explorer.views.finetuning import common as finetuning

WAYS = ("tune", "adapt", "prompt")
RANK = 8
FLOAT = 4  # bytes


def draw(state: State) -> None:
    page_parts.section("family.adapt")
    widgets.slider("family-many", t("family.adapt.many"), 1, 100, state.many, common.setter("many"), width=320)
    model, n = writing.model(), state.many
    before, given, after = tasks.form("translate")
    prompt = before + given + after
    weights = adapter(GemmaShape(), RANK)
    sizes = {"tune": model.bytes, "adapt": weights * FLOAT, "prompt": len(prompt.encode())}
    drawn = {
        way: (n, 0, 0.0) if way == "tune" else (1, n, math.sqrt(sizes[way] / sizes["tune"])) for way in WAYS
    }  # fmt: skip
    for column, way in zip(st.columns(3, gap="medium"), WAYS, strict=True):
        wholes, parts, part = drawn[way]
        total = wholes * sizes["tune"] + parts * sizes[way]
        with column:
            page_parts.subtitle(t(f"family.adapt.{way}"))
            page_parts.plot(
                shared.squares(wholes, parts, part, n), f"family-shared-{way}",
                t(f"family.adapt.{way}_caption", n=n, each=_bytes(sizes[way]), all=_bytes(total)),
                t(f"family.adapt.{way}_caption", n=n, each=_bytes(sizes[way]), all=_bytes(total)),
            )  # fmt: skip
    page_parts.quiet(
        t("family.adapt.weights", model=model.name, size=size(model.bytes), rank=RANK, n=thousands(weights))
    )
    _seconds(prompt, given)
    page_parts.steps([(t(f"family.adapt.step{k}"), "") for k in (1, 2, 3)])
    page_parts.honesty("family.adapt.honesty")


def _bytes(n: float) -> str:
    return size(n) if n >= 10_000 else t("family.adapt.bytes", n=thousands(n))


def _seconds(prompt: str, given: str) -> None:
    """What each way costs in time: once, and with every question."""
    model = writing.model()
    long, short = (
        widgets.run(FOLLOW, model.id, FollowInputs(writing.prompt(text, 1).ids)).result for text in (prompt, given)
    )
    learner, inputs = finetuning.model(), finetuning.inputs(finetuning.State(), language())
    taught = widgets.peek(TUNE, learner.id, inputs)
    once = t("family.adapt.not_here")
    if taught is not None:
        where = "taught_before" if get_engine().beforehand(TUNE, learner.id, inputs) else "taught"
        once = t(f"family.adapt.{where}", s=f"{float(taught.seconds[0]):.0f}", model=learner.name,
                 n=parameters(learner.parameters, language()))  # fmt: skip
    page_parts.table(
        (t("family.adapt.way"), t("family.adapt.once"), t("family.adapt.every")),
        [
            (t("family.adapt.tune"), once, t("family.adapt.reads", n=short.kept + short.new, ms=f"{short.ms:.0f}")),
            (t("family.adapt.adapt"), t("family.adapt.not_here"), t("family.adapt.a_little_more")),
            (t("family.adapt.prompt"), t("family.adapt.nothing"),
             t("family.adapt.reads", n=long.kept + long.new, ms=f"{long.ms:.0f}")),
        ],
    )  # fmt: skip
    if short.ms >= long.ms:
        page_parts.quiet(t("family.adapt.busy"))
