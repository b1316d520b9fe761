"""超过 512: a long text cut, read at both ends, or in sliding windows, and how the windows' answers are merged."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.content import examples
from explorer.engine import get_engine
from explorer.figures import windows as figure
from explorer.lab.types.inputs import READ_LONG, LongInputs, LongResult, Window
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent, thousands
from explorer.views.input import common
from explorer.views.input.common import Reading, State

OVERLAPS = ("0", "64", "128", "256")


def draw(reading: Reading, state: State) -> None:
    page_parts.section("input.long")
    body, side = st.columns([1, 0.44], gap="large")
    inputs = _inputs(state)
    with body:
        _write(state, inputs)
        page_parts.guarded(lambda: _answer(inputs))
    with side:
        page_parts.steps([(t(f"input.long.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("input.long.honesty")
    page_parts.show_code("input_long", text=_plain(inputs.text), overlap=inputs.overlap, room=_room(inputs))


def _plain(text: str) -> str:
    """As the model reads it."""
    return get_engine().simplify(common.reader_id(), text)[0]


def _room(inputs: LongInputs) -> int:
    """Tokens of the text that one window takes beside the phrase behind it, [CLS] and [SEP]."""
    return inputs.size - len(get_engine().tokens(common.reader_id(), inputs.template))


def _inputs(state: State) -> LongInputs:
    example = examples.entry("input", "long", language())
    return LongInputs(
        state.long or example["text"], state.ask or example["ask"], example["template"], example["good"],
        example["bad"], overlap=state.overlap,
    )  # fmt: skip


def _write(state: State, inputs: LongInputs) -> None:
    widgets.text_area(
        "input-long-text", t("input.long.text"), inputs.text, lambda text: common.store().set(long=text or " "), 150
    )
    widgets.text_line(
        "input-ask", t("input.long.ask"), inputs.question, lambda new: common.store().set(ask=new or " "),
        t("input.long.ask_placeholder"),
    )  # fmt: skip
    widgets.choice(
        "input-overlap", t("input.long.overlap"), OVERLAPS, str(state.overlap),
        lambda n: t("input.long.shared", n=n), lambda n: common.store().set(overlap=int(n)),
    )  # fmt: skip


def _answer(inputs: LongInputs) -> None:
    found = _run(inputs)
    if found is not None:
        _show(inputs, found)


def _run(inputs: LongInputs) -> LongResult | None:
    """The result if it is there, else on a press of the button, with progress."""
    model = common.reader_id()
    found = widgets.peek(READ_LONG, model, inputs)
    if found is None and st.button(t("input.long.run"), type="primary", key="input-long-run"):
        found = widgets.result(READ_LONG, model, inputs, t("input.long.reading"))
    return found


def _show(inputs: LongInputs, found: LongResult) -> None:
    head, tail = found.head_tail_at, found.room - found.head_tail_at
    ends = [(0, head), (found.n_tokens - tail, found.n_tokens)] if found.n_tokens > found.room else [(0, head)]
    rows = [
        (t("input.long.way_cut"), "cut", [(found.cut.first, found.cut.last)]),
        (t("input.long.way_head_tail"), "head_tail", ends),
        *((f"{t('input.long.way_slide')} {n}", "slide", [(w.first, w.last)]) for n, w in enumerate(found.slide, 1)),
    ]
    caption = t("input.long.caption", n=thousands(found.n_tokens), room=found.room, count=len(found.slide))
    page_parts.plot(figure.cover(rows, found.n_tokens, t("input.long.axis")), "input-windows", caption, caption)
    _answers(inputs, found)
    with st.expander(t("input.long.each")):
        _table(inputs, [(str(n), window) for n, window in enumerate(found.slide, 1)])


def _answers(inputs: LongInputs, found: LongResult) -> None:
    """What each way says in the end: votes and means for the class, the best score for the span."""
    p = np.array([window.p_good for window in found.slide])
    best = max(found.slide, key=lambda window: window.score)
    votes = int((p > 0.5).sum())
    read = {"cut": found.cut.last, "head_tail": min(found.room, found.n_tokens), "slide": found.n_tokens}
    head = tuple(t(f"input.long.col_{name}") for name in ("way", "read", "class", "span", "score"))
    rows = []
    for way, window, verdict in (
        ("cut", found.cut, percent(found.cut.p_good)),
        ("head_tail", found.head_tail, percent(found.head_tail.p_good)),
        ("slide", best, t("input.long.merged", votes=votes, n=len(p), mean=percent(float(p.mean())))),
    ):
        share = percent(read[way] / found.n_tokens) if read[way] < found.n_tokens else "100 %"
        span = verbatim(inputs.text[window.start : window.end].strip())
        rows.append((t(f"input.long.way_{way}"), share, verdict, span, f"{window.score:.2f}"))
    page_parts.table(head, rows, numeric=(1, 4))
    page_parts.quiet(t("input.long.how", template=verbatim(inputs.template), good=inputs.good, bad=inputs.bad))


def _table(inputs: LongInputs, windows: list[tuple[str, Window]]) -> None:
    head = tuple(t(f"input.long.col_{name}") for name in ("window", "tokens", "class", "span", "score"))
    rows = [
        (name, f"{w.first:,}–{w.last:,}", percent(w.p_good), verbatim(inputs.text[w.start : w.end].strip()),
         f"{w.score:.2f}")
        for name, w in windows
    ]  # fmt: skip
    page_parts.table(head, rows, numeric=(0, 4))
