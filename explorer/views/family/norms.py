"""Where the norm sits: pre-LN and post-LN drawn, their gradients at the start, and both trained without warm-up.

It knows the page's dials and a training's result.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer.engine import catalog
from explorer.figures import layers as figures
from explorer.figures import stacks
from explorer.lab.types import toy_language as toy
from explorer.lab.types.norms import NORMS, RATES, SIZES, NormsInputs, NormsResult, NormsStep
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.views._shared.page import Snippet
from explorer.views.family import common
from explorer.views.family import running as live
from explorer.views.family.common import State


def draw(state: State) -> Snippet:
    page_parts.section("family.norms")
    left, right = st.columns(2, gap="large")
    for place, kind in ((left, "post"), (right, "pre")):
        with place:
            page_parts.subtitle(t(f"family.norms.{kind}"))
            page_parts.plot(
                stacks.block([t(f"family.norms.{part}") for part in PARTS[kind]], PARTS[kind]), f"family-block-{kind}",
                t(f"family.norms.{kind}_caption"), t(f"family.norms.{kind}_caption"),
            )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for name, options, value in (("deep", SIZES, state.deep), ("pace", RATES, state.pace)):
            with st.container(width="content"):
                page_parts.quiet(t(f"family.norms.{name}"))
                widgets.choice(
                    f"family-{name}", t(f"family.norms.{name}"), [f"{one:g}" for one in options], value, str,
                    common.setter(name),
                )  # fmt: skip
    inputs = NormsInputs(int(state.deep), float(state.pace))
    found = live.result("norms", NORMS, inputs, t("family.norms.training"), t("family.norms.start"), _steps)
    if found is not None:
        _result(found)
    page_parts.steps([(t(f"family.norms.step{n}"), "") for n in (1, 2, 3)])
    page_parts.honesty("family.norms.honesty")
    rows = [[*row, *[toy.END] * (toy.LONGEST + 1 - len(row))] for row in toy.demonstrations(SENTENCES, 0)]
    return Snippet(
        "family_norms", catalog.default("causal"), rows=rows, layers=inputs.layers, words=toy.SIZE, end=toy.END
    )


FALLEN = 1.0  # nats a word
SENTENCES = 8  # in the code that is shown
PARTS = {
    "post": ("in", "attention", "add", "norm", "forward", "add", "norm", "out"),
    "pre": ("in", "norm", "attention", "add", "norm", "forward", "add", "out"),
}


def _steps(steps: Sequence[NormsStep]) -> None:
    fig = stacks.two_losses([one.pre for one in steps], [one.post for one in steps], *_names(), steps[-1].total)
    st.plotly_chart(fig, key=f"family-norms-{len(steps)}", config={"displayModeBar": False})


def _names() -> tuple[tuple[str, str], tuple[str, str]]:
    return (t("family.norms.pre"), t("family.norms.post")), (t("family.sft.x"), t("family.sft.y"))


def _result(found: NormsResult) -> None:
    left, right = st.columns(2, gap="large")
    values = {
        "pre": found.pre[0] / found.pre[-1], "post": found.post[0] / found.post[-1],
        "last_pre": found.pre[-1], "last_post": found.post[-1],
    }  # fmt: skip
    ends = t(
        "family.norms.ends", pre=f"{found.pre_losses[-5:].mean():.2f}", post=f"{found.post_losses[-5:].mean():.2f}"
    )
    ratio = t("family.norms.ratio", **{name: f"{value:.2f}" for name, value in values.items()})
    with left:
        page_parts.plot(
            figures.curves({t("family.norms.pre"): found.pre, t("family.norms.post"): found.post},
                           t("family.norms.layer"), t("family.norms.gradient")),
            "family-gradients", t("family.norms.gradient_caption"), ratio,
        )  # fmt: skip
        page_parts.quiet(ratio)
    with right:
        page_parts.plot(
            stacks.two_losses(found.pre_losses.tolist(), found.post_losses.tolist(), *_names(), len(found.pre_losses)),
            "family-norms-losses", t("family.norms.losses_caption"),
            ends,
        )  # fmt: skip
        page_parts.quiet(ends)
    _verdict(float(found.pre_losses[-5:].mean()), float(found.post_losses[-5:].mean()))


def _verdict(pre: float, post: float) -> None:
    """Which of the two fell over, if one did: where it ends `FALLEN` above the other."""
    if abs(post - pre) <= FALLEN:
        page_parts.notice("family.norms.neither", n=f"{FALLEN:g}")
        return
    fallen, other = ("post", "pre") if post > pre else ("pre", "post")
    page_parts.notice(
        "family.norms.fell", "warn", fallen=t(f"family.norms.{fallen}"), other=t(f"family.norms.{other}"),
        gap=f"{abs(post - pre):.2f}",
    )  # fmt: skip
