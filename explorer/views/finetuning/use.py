"""问它一句: the taught head on the reader's own text, and with each word covered: which one carries the answer?

It knows the bench and one text; where the head is gone, one press teaches it again.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.errors import Cancelled
from explorer.figures import bars
from explorer.lab.types.core import Progress
from explorer.lab.types.finetuning import USE, TuneStep, UseInputs, UseResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import inline, verbatim
from explorer.ui.numbers import percent, signed
from explorer.views._shared.growing import growing
from explorer.views.finetuning import common
from explorer.views.finetuning.common import Bench

ASKED = "finetuning:asking"


def draw(bench: Bench) -> None:
    page_parts.section("finetuning.use")
    if bench.found is None:
        page_parts.quiet(t("finetuning.not_yet"))
        return
    text = bench.state.asked or t("finetuning.use.example")
    widgets.text_line(
        "finetuning-asked", t("finetuning.use.box"), text, lambda new: common.store().set(asked=new or " "),
        t("finetuning.use.box"),
    )  # fmt: skip
    asked = UseInputs(bench.inputs, text)
    found = widgets.peek(USE, common.model().id, asked)
    if found is None and st.session_state.get(ASKED) == bench.inputs and text.strip():
        try:
            found = _answered(asked)
        except Cancelled:
            st.session_state.pop(ASKED, None)
            page_parts.notice("errors.cancelled")
    if found is None:
        page_parts.quiet(t("finetuning.use.taught_again"))
        st.button(
            t("finetuning.use.ask"), key="finetuning-ask", type="primary",
            on_click=lambda: st.session_state.__setitem__(ASKED, bench.inputs),
        )  # fmt: skip
        return
    _bars(found, bench.labels)
    _words(found, bench.labels)
    page_parts.honesty("finetuning.use.honesty")


def _answered(asked: UseInputs) -> UseResult | None:
    """The answer; where the head has to be taught again, with progress and a stop button."""
    result = None
    with growing(widgets.stream(USE, common.model().id, asked)) as run:
        for value in run.values:
            if isinstance(value, UseResult):
                result = value
            elif isinstance(value, TuneStep):
                run.tell(value.step / value.steps, t("finetuning.use.teaching", done=value.step, all=value.steps))
            elif isinstance(value, Progress):
                run.tell(value.done / value.total, t("finetuning.use.reading", done=value.done, all=value.total))
    return result


def _bars(found: UseResult, labels: tuple[str, ...]) -> None:
    page_parts.plot(
        bars.treatments(labels, found.p.tolist(), [percent(float(p)) for p in found.p]),
        "finetuning-use-bars",
        t("finetuning.use.caption"),
        ", ".join(f"{name} {percent(float(p))}" for name, p in zip(labels, found.p, strict=True)),
    )


def _words(found: UseResult, labels: tuple[str, ...]) -> None:
    """Each token with what covering it changes: the likeliest label's probability, without it minus with it."""
    said = int(found.p.argmax())
    fall = found.p_without[:, said] - found.p[said]
    page_parts.subtitle(t("finetuning.use.words", label=verbatim(labels[said])))
    most = float(np.abs(fall).max()) or 1.0
    cells = "".join(
        f'<span class="word" style="background-color: color-mix(in srgb, var(--{"removed" if change < 0 else "model"}) '
        f'{45 * abs(change) / most:.0f}%, transparent)">{inline(verbatim(found.text[start:end]))} '
        f'<span class="quiet">{signed(float(100 * change), 1)}</span></span>'
        for start, end, change in zip(found.start, found.end, fall, strict=True)
    )
    page_parts.block(f'<div class="words">{cells}</div>')
    page_parts.quiet(t("finetuning.use.words_caption"))
