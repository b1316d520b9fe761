"""料中了吗: what papers found and what we expected of a model this small, beside what was measured; GPT-3's curves."""

from __future__ import annotations

import streamlit as st

from explorer.content import examples, tasks
from explorer.figures import running
from explorer.ui import page_parts
from explorer.ui.i18n import language, t
from explorer.views.in_context.common import Scene, State

CLAIMS = (
    "few_over_one_over_zero", "order_sd", "calibration_gain", "flipped_flat", "random_flat", "induction_best",
    "induction_knockout",
)  # fmt: skip
SETTINGS = ("zero", "one", "few")


def draw(_: Scene, __: State) -> None:
    page_parts.section("in_context.expected")
    body, side = st.columns([1, 0.44], gap="large")
    with body:
        _claims()
        _gpt3()
    with side:
        page_parts.steps([(t(f"in_context.expected.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("in_context.expected.honesty")


def _claims() -> None:
    """Each claim as it was written down, the paper's figure, ours, and whether it held."""
    zh, rows = language() == "zh", []
    for name in CLAIMS:
        row = examples.shipped(f"in_context.{name}")
        if row is None:
            continue
        claim, published, unit = (
            row[f"{part}_zh"] if zh else row[other]
            for part, other in (("claim", "claim_en"), ("published", "published"), ("unit", "unit"))
        )
        holds = t("in_context.expected.holds" if examples.holds(row) else "in_context.expected.fails")
        rows.append((claim, f"{published} ({row['source']})", f"**{row['measured']:.2f}** · {unit}", holds))
    head = tuple(t(f"in_context.expected.{name}") for name in ("claim", "published", "measured", "verdict"))
    page_parts.table(head, rows)


def _gpt3() -> None:
    page_parts.subsection("in_context.expected.gpt3")
    table = tasks.table("gpt3")
    sizes = [name for name in table[0] if name != "setting"]
    names = {name: t(f"in_context.expected.{name}") for name in SETTINGS}
    lines = {names[row["setting"]]: (sizes, [float(row[size]) for size in sizes]) for row in table}
    few, zero = (next(row for row in table if row["setting"] == name) for name in ("few", "zero"))
    gaps = {size: f"{float(few[size]) - float(zero[size]):.1f}" for size in (sizes[0], sizes[-1])}
    page_parts.plot(
        running.windows(lines, sizes, t("in_context.expected.x"), t("in_context.expected.y")), "in_context-gpt3",
        t("in_context.expected.caption", small=gaps[sizes[0]], large=gaps[sizes[-1]]),
        t("in_context.expected.alt", small=gaps[sizes[0]], large=gaps[sizes[-1]]),
    )  # fmt: skip
