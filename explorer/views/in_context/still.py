"""没有梯度: the weights' checksum before and after, zero-, one-, few-shot and fine-tuning drawn, N tasks in bytes."""

from __future__ import annotations

import html

import numpy as np
import streamlit as st

from explorer.lab.types.gradient import GradientResult
from explorer.lab.types.in_context import KEPT, KeptInputs, KeptResult, Prompt
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import inline
from explorer.ui.numbers import percent, size, thousands
from explorer.views.in_context import common, gradient
from explorer.views.in_context.common import Scene, State

TASKS = (1, 10, 100)
FEW = 3


def draw(scene: Scene, _: State) -> None:
    page_parts.section("in_context.still")
    body, side = st.columns([1, 0.44], gap="large")
    with body:
        cards = st.container()  # drawn last: by then it is known what came of each of the four
        page_parts.subsection("in_context.still.sum")
        answer = common.asked(scene)
        kept = _checked(scene, answer)
        if kept is not None:
            _sums(kept, answer)
        tuned = gradient.draw(scene, answer)
        _bytes(scene)
        with cards:
            _four(scene, answer, kept, tuned)
    with side:
        page_parts.steps([(t(f"in_context.still.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("in_context.still.honesty")


def _four(scene: Scene, answer: str, kept: KeptResult | None, tuned: GradientResult | None) -> None:
    """The lecture's figure with the reader's own task: what is read, whether weights change, what comes of it."""
    rows = scene.whole.rows
    cards = []
    for name, k in (("zero", 0), ("one", 1), ("few", FEW)):
        k = min(k, len(rows))
        known = None if kept is None or k >= len(kept.log_p) else float(kept.log_p[k])
        cards.append(_card(t(f"in_context.still.{name}"), scene.whole.shots(k), _got(answer, known)))
    steps = "".join(
        f'<p translate="no">{html.escape(f"{question} {scene.whole.sign} {answer}")}</p>'
        f'<p class="step-down">↓ {inline(t("in_context.still.gradient"))}</p>'
        for question, answer in rows[:FEW]
    )
    steps += f'<p translate="no">{html.escape(f"{scene.whole.query} {scene.whole.sign}")} <b>?</b></p>'
    got = _got(answer, None if tuned is None else float(tuned.log_p[-1]))
    cards.append(_shell(t("in_context.still.tuned"), steps, got, changes=True))
    page_parts.block(f'<div class="shots">{"".join(cards)}</div>')


def _card(name: str, prompt: Prompt, got: str) -> str:
    lines = "".join(f'<p translate="no">{html.escape(line)}</p>' for line in prompt.text().split("\n"))
    return _shell(name, lines.removesuffix("</p>") + " <b>?</b></p>", got, changes=False)


def _got(answer: str, log_p: float | None) -> str:
    """What the answer gets, once that is known."""
    if log_p is None:
        return ""
    told = t("in_context.still.got", answer=answer, p=percent(float(np.exp(log_p))))
    return f'<p translate="no">{html.escape(told)}</p>'


def _shell(name: str, lines: str, got: str, *, changes: bool) -> str:
    told = t("in_context.still.changes" if changes else "in_context.still.stays")
    return (
        f'<div class="shot{" changes" if changes else ""}"><b>{inline(name)}</b>'
        f'<div class="prompt">{lines}</div>{got}<span>{inline(told)}</span></div>'
    )


def _checked(scene: Scene, answer: str) -> KeptResult | None:
    """Both checksums, when the reader asks: every weight is looked at."""
    inputs = KeptInputs(scene.whole, answer)
    found = widgets.peek(KEPT, scene.model.id, inputs)
    if found is None and st.button(t("in_context.still.run"), type="primary", key="in_context-still"):
        found = widgets.result(KEPT, scene.model.id, inputs, t("in_context.still.running"))
    return found


def _sums(found: KeptResult, answer: str) -> None:
    p = np.exp(found.log_p.astype(np.float64))
    same = found.before == found.after
    page_parts.table(
        (t("in_context.still.when"), "SHA-256"),
        [
            (t("in_context.still.before"), f"`{found.before[: gradient.SHOWN]}…`"),
            (t("in_context.still.after"), f"`{found.after[: gradient.SHOWN]}…`"),
        ],
    )
    page_parts.notice(
        "in_context.still.same" if same else "in_context.still.differs", "good" if same else "warn",
        n=thousands(found.n_weights), bytes=size(found.n_bytes), answer=answer, first=percent(float(p[0])),
        last=percent(float(p[-1])), k=len(p) - 1,
    )  # fmt: skip


def _bytes(scene: Scene) -> None:
    """N tasks: N files of weights, or the one that lies here and N prompts like this one."""
    page_parts.subsection("in_context.still.bytes")
    prompt = len(scene.prompt.text().encode("utf-8", "surrogatepass"))
    file = scene.model.weights_file.stat().st_size
    rows = [(str(n), size(n * file), size(file + n * prompt), f"{n * file / (file + n * prompt):.1f} ×") for n in TASKS]
    head = tuple(t(f"in_context.still.{name}") for name in ("tasks", "copies", "prompts", "ratio"))
    page_parts.table(head, rows, (0, 1, 2, 3))
    page_parts.quiet(t("in_context.still.bytes_note", bytes=thousands(prompt), file=size(file)))
