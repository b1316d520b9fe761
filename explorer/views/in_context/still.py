"""没有梯度: the weights' checksum before and after, zero-, one-, few-shot and fine-tuning drawn, N tasks in bytes."""

from __future__ import annotations

import html

import numpy as np
import streamlit as st

from explorer.lab.types.in_context import KEPT, KeptInputs, KeptResult, Prompt
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import inline
from explorer.ui.numbers import percent, size, thousands
from explorer.views.in_context.common import Scene, State

TASKS = (1, 10, 100)
FEW = 3


def draw(scene: Scene, _: State) -> None:
    page_parts.section("in_context.still")
    body, side = st.columns([1, 0.44], gap="large")
    with body:
        _four(scene)
        page_parts.subsection("in_context.still.sum")
        found = _checked(scene)
        if found is not None:
            _sums(found, scene)
            _bytes(found, scene)
    with side:
        page_parts.steps([(t(f"in_context.still.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("in_context.still.honesty")


def _four(scene: Scene) -> None:
    """The lecture's figure with the reader's own task: what the model reads, and whether weights change."""
    rows = scene.whole.rows
    cards = [
        _card(t("in_context.still.zero"), scene.whole.shots(0)),
        _card(t("in_context.still.one"), scene.whole.shots(1)),
        _card(t("in_context.still.few"), scene.whole.shots(min(FEW, len(rows)))),
    ]
    steps = "".join(
        f'<p translate="no">{html.escape(f"{question} {scene.whole.sign} {answer}")}</p>'
        f'<p class="step-down">↓ {inline(t("in_context.still.gradient"))}</p>'
        for question, answer in rows[:FEW]
    )
    steps += f'<p translate="no">{html.escape(f"{scene.whole.query} {scene.whole.sign}")} <b>?</b></p>'
    cards.append(_shell(t("in_context.still.tuned"), steps, changes=True))
    page_parts.block(f'<div class="shots">{"".join(cards)}</div>')


def _card(name: str, prompt: Prompt) -> str:
    lines = "".join(f'<p translate="no">{html.escape(line)}</p>' for line in prompt.text().split("\n"))
    return _shell(name, lines.removesuffix("</p>") + " <b>?</b></p>", changes=False)


def _shell(name: str, lines: str, *, changes: bool) -> str:
    told = t("in_context.still.changes" if changes else "in_context.still.stays")
    return (
        f'<div class="shot{" changes" if changes else ""}"><b>{inline(name)}</b>'
        f'<div class="prompt">{lines}</div><span>{inline(told)}</span></div>'
    )


def _checked(scene: Scene) -> KeptResult | None:
    """Both checksums, when the reader asks: every weight is looked at."""
    answer = scene.gold or (scene.answers[0] if scene.answers else "")
    inputs = KeptInputs(scene.whole, answer)
    found = widgets.peek(KEPT, scene.model.id, inputs)
    if found is None and st.button(t("in_context.still.run"), type="primary", key="in_context-still"):
        found = widgets.result(KEPT, scene.model.id, inputs, t("in_context.still.running"))
    return found


def _sums(found: KeptResult, scene: Scene) -> None:
    p = np.exp(found.log_p.astype(np.float64))
    same = found.before == found.after
    page_parts.table(
        (t("in_context.still.when"), "SHA-256"),
        [
            (t("in_context.still.before"), f"`{found.before[:32]}…`"),
            (t("in_context.still.after"), f"`{found.after[:32]}…`"),
        ],
    )
    answer = scene.gold or scene.answers[0]
    page_parts.notice(
        "in_context.still.same" if same else "in_context.still.differs", "good" if same else "warn",
        n=thousands(found.n_weights), answer=answer, first=percent(float(p[0])), last=percent(float(p[-1])),
        k=len(p) - 1,
    )  # fmt: skip


def _bytes(found: KeptResult, scene: Scene) -> None:
    """N tasks: a copy of all weights each, or one model and a prompt each."""
    page_parts.subsection("in_context.still.bytes")
    prompt = len(scene.prompt.text().encode("utf-8", "surrogatepass"))
    rows = [
        (str(n), size(copies), size(one), f"{copies / one:.1f} ×")
        for n, copies, one in ((n, n * found.n_bytes, found.n_bytes + n * prompt) for n in TASKS)
    ]
    head = tuple(t(f"in_context.still.{name}") for name in ("tasks", "copies", "prompts", "ratio"))
    page_parts.table(head, rows, (0, 1, 2, 3))
    page_parts.quiet(t("in_context.still.bytes_note", bytes=thousands(prompt)))
