"""越大越好吗: three sizes of model on three amounts of text, trained while one looks on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.errors import Cancelled
from explorer.figures import running
from explorer.lab.types import invented
from explorer.lab.types.scaling import SCALING, ScalingInputs, ScalingResult, ScalingStep, chinchilla, exponent
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import parameters, thousands
from explorer.views._shared.growing import growing
from explorer.views.in_context import common
from explorer.views.in_context.common import Scene, State

ASKED = "in_context-scaling-asked"
SHOWN = 3  # sentences of the language
# Weights and tokens read, as Hoffmann et al. 2022 list them.
PUBLISHED = (("GPT-3", 175e9, 300e9), ("Chinchilla", 70e9, 1.4e12))
Line = tuple[Sequence[float], Sequence[float]]


def draw(_: Scene, state: State) -> None:
    page_parts.section("in_context.scaling")
    body, side = st.columns([1, 0.44], gap="large")
    inputs = ScalingInputs(seed=state.seed)
    with body:
        lines = " ".join(invented.written(words) for words in invented.sentences(SHOWN, state.seed))
        page_parts.quiet(t("in_context.scaling.language", words=invented.WORDS, lines=verbatim(lines)))
        place = st.empty()
        found = widgets.peek(SCALING, None, inputs)
        if found is None and st.session_state.get(ASKED) == inputs:
            try:
                found = _train(inputs)
            except Cancelled:
                widgets.draw_again()
            finally:
                st.session_state.pop(ASKED, None)
        place.button(
            t("in_context.scaling.run" if found is None else "in_context.scaling.again"), key="in_context-scaling",
            type="primary" if found is None else "secondary", on_click=lambda: _ask(fresh=found is not None),
        )  # fmt: skip
        if found is not None:
            _show(found)
    with side:
        page_parts.steps([(t(f"in_context.scaling.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("in_context.scaling.honesty")


def _ask(*, fresh: bool) -> None:
    """Train with the next click's run; drawn anew where this seed is known already."""

    def next_seed(kept: State) -> State:
        return replace(kept, seed=(kept.seed + 1) % 1000) if fresh else kept

    common.store().change(next_seed)
    st.session_state[ASKED] = ScalingInputs(seed=common.store().get().seed)


def _train(inputs: ScalingInputs) -> ScalingResult | None:
    """Nine runs with progress, the figure as it fills, and a stop button. Raises Cancelled when it was stopped."""
    floor = invented.best(invented.sentences(inputs.unread, inputs.unread_seed))
    lowest: dict[tuple[int, int], ScalingStep] = {}
    found: ScalingResult | None = None
    stream = widgets.stream(SCALING, None, inputs)
    with growing(stream) as run:
        run.tell(0.0, t("common.progress", done=0, total=len(inputs.widths) * len(inputs.sentences)))
        for step in run.values:
            if isinstance(step, ScalingResult):
                found = step
            if not isinstance(step, ScalingStep):
                continue
            at = step.width, step.text
            known = len(lowest)
            if at not in lowest or step.loss < lowest[at].loss:
                lowest[at] = step
            told = t("in_context.scaling.now", size=thousands(step.size), loss=f"{step.loss:.2f}", step=step.step)
            run.tell(step.done / step.total, told)
            if len(lowest) > known > 0:
                names = t("in_context.scaling.size"), t("in_context.scaling.excess")
                chart = running.powers(_so_far(lowest, inputs, floor), *names)
                run.shown.plotly_chart(chart, key=f"in_context-scaling-{known}", config={"displayModeBar": False})
    return found


def _so_far(lowest: Mapping[tuple[int, int], ScalingStep], inputs: ScalingInputs, floor: float) -> dict[str, Line]:
    """What is trained already, a line for each amount of text."""
    lines: dict[str, Line] = {}
    for text, count in enumerate(inputs.sentences):
        steps = [step for (_, of), step in sorted(lowest.items()) if of == text]
        if steps:
            lines[_text(count * invented.LENGTH)] = [step.size for step in steps], [step.loss - floor for step in steps]
    return lines


def _text(words: int) -> str:
    return t("in_context.scaling.words", n=thousands(words))


def _model(size: int) -> str:
    return t("in_context.scaling.model", n=thousands(size))


def _show(found: ScalingResult) -> None:
    excess = np.maximum(found.loss.astype(np.float64) - found.best, 1e-4)
    sizes, words = [int(n) for n in found.sizes], [int(n) for n in found.words]
    by_size, by_text = exponent(found.sizes, excess[:, -1]), exponent(found.words, excess[-1])
    page_parts.figures(
        [
            (f"{found.loss.min():.2f}", t("in_context.scaling.lowest"), t("in_context.scaling.of_all")),
            (f"{found.best:.2f}", t("in_context.scaling.floor"), t("in_context.scaling.blind", n=f"{found.blind:.2f}")),
            (f"{found.seconds:.0f} s", t("in_context.scaling.took"), t("in_context.scaling.runs", n=found.loss.size)),
        ]
    )  # fmt: skip
    left, right = st.columns([1, 1], gap="medium")
    with left:
        told = _ends(by_size, excess[:, -1])
        page_parts.plot(
            running.powers(
                {_text(n): (sizes, excess[:, at].tolist()) for at, n in enumerate(words)},
                t("in_context.scaling.size"), t("in_context.scaling.excess"),
            ),
            "in_context-scaling-size", t("in_context.scaling.size_caption", **told),
            t("in_context.scaling.size_alt", **told),
        )  # fmt: skip
    with right:
        told = _ends(by_text, excess[-1])
        page_parts.plot(
            running.powers(
                {_model(n): (words, excess[at].tolist()) for at, n in enumerate(sizes)},
                t("in_context.scaling.text"), t("in_context.scaling.excess"),
            ),
            "in_context-scaling-text", t("in_context.scaling.text_caption", **told),
            t("in_context.scaling.text_alt", **told),
        )  # fmt: skip
    _table(found, sizes, words)
    _law()


def _ends(slope: float, along: NDArray[np.float64]) -> dict[str, str]:
    """The first and the last point of a line, and how steeply it falls."""
    return {"slope": f"{-slope:.2f}", "first": f"{along[0]:.2f}", "last": f"{along[-1]:.2f}"}


def _table(found: ScalingResult, sizes: list[int], words: list[int]) -> None:
    """The losses themselves, and after how many steps each was lowest."""
    rows = [
        (
            _model(size),
            *(f"{found.loss[w, at]:.2f} ({found.at[w, at]})" for at in range(len(words))),
        )
        for w, size in enumerate(sizes)
    ]
    page_parts.table((t("in_context.scaling.loss"), *map(_text, words)), rows, tuple(range(1, len(words) + 1)))
    page_parts.quiet(t("in_context.scaling.note"))


def _law() -> None:
    """What the published law says of two published models."""
    page_parts.subtitle(t("in_context.scaling.law"))
    lang, rows = language(), []
    for name, size, tokens in PUBLISHED:
        parts = chinchilla(size, tokens)
        rows.append(
            (name, parameters(size, lang), parameters(tokens, lang), *(f"{x:.2f}" for x in (*parts, sum(parts))))
        )
    heads = ("model_name", "size", "tokens", "of_size", "of_text", "of_none", "sum")
    page_parts.table(tuple(t(f"in_context.scaling.law_{head}") for head in heads), rows, (1, 2, 3, 4, 5, 6))
    page_parts.quiet(t("in_context.scaling.law_note"))
