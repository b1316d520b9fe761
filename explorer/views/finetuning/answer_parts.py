"""What 问答 shows of one reading: scores along the tokens, the vectors behind a score, the triangle, the windows.

It knows a result; it asks no model.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from explorer import numerics
from explorer.components.vector_strip import vector_strip
from explorer.figures import spans as figures
from explorer.lab.types.answering import END, START, AnswerResult, ReadWindow, Span, spans, sums, window_of
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent, signed
from explorer.views.finetuning import common
from explorer.views.finetuning.common import State

LARGE = 64  # tokens of a triangle that can still be read


def folder(taught_in: str) -> Path:
    """Where the head taught in a language lies."""
    return common.model().companion(f"qa-{taught_in}")


def taught(state: State) -> None:
    """Which head answers, where more than one lies here."""
    here = tuple(lang for lang in common.TAUGHT if folder(lang).is_dir())
    if len(here) > 1:
        widgets.choice(
            "finetuning-taught", t("finetuning.answer.taught"), here, state.taught,
            lambda lang: t(f"finetuning.answer.taught_in.{lang}"), lambda lang: common.store().set(taught=lang),
        )  # fmt: skip
    page_parts.quiet(t(f"finetuning.answer.head.{state.taught}"))


def ends(found: AnswerResult, best: Span) -> None:
    """p(start) and p(end) of every token of the window that holds the answer; the question's tokens take no part."""
    window = found.windows[window_of(found, best.start)]
    shares = [numerics.softmax(window.of_passage[:, column]) for column in (START, END)]
    names = (t("finetuning.answer.start"), t("finetuning.answer.end"))
    at = best.start - window.first
    page_parts.plot(
        figures.ends(
            _pieces(found, window), shares[0].astype(np.float32), shares[1].astype(np.float32), names,
            (best.start, best.end), window.first,
        ),
        "finetuning-answer-ends",
        t("finetuning.answer.ends_caption", n=window.count),
        f"{names[0]}: {found.piece(best.start)} {percent(float(shares[0][at]))}; "
        f"{names[1]}: {found.piece(best.end)} {percent(float(shares[1][best.end - window.first]))}",
    )  # fmt: skip


def vectors(found: AnswerResult, best: Span, state: State) -> None:
    """S, E and the vector of one token: their inner products are the two scores of that token."""
    page_parts.subtitle(t("finetuning.answer.vectors"))
    place = state.place if 0 <= state.place < found.count else best.start
    widgets.slider(
        "finetuning-place", t("finetuning.answer.place"), 1, max(found.count, 2), place + 1,
        lambda n: common.store().set(place=n - 1),
    )  # fmt: skip
    window = found.windows[window_of(found, place)]
    vector = window.vectors[window.offset + place - window.first]
    piece = found.piece(place)
    vector_strip(
        [("S", found.edges[START]), ("E", found.edges[END]), (f"h · {piece}", vector)],
        key="finetuning-answer-vectors",
        caption=t("finetuning.answer.vectors_caption", n=len(vector)),
        title="S, E, h",
    )
    rows = []
    for name, column in (("S", START), ("E", END)):
        product, bias = float(found.edges[column] @ vector), float(found.bias[column])
        p = float(numerics.softmax(window.of_passage[:, column])[place - window.first])
        sign = "+" if bias >= 0 else "−"
        rows.append((f"{name} · h", f"{signed(product)} {sign} {abs(bias):.2f} = {signed(product + bias)}", percent(p)))
    head = tuple(t(f"finetuning.answer.column.{part}") for part in ("product", "softmax"))
    page_parts.table(("", *head), rows, numeric=(1, 2))


def triangle(found: AnswerResult, best: Span, state: State) -> None:
    """All spans of the window around the answer, at most LARGE tokens of it."""
    window = found.windows[window_of(found, best.start)]
    low = max(0, min(best.start - window.first - LARGE // 2, window.count - LARGE))
    high = min(window.count, low + LARGE)
    part = sums(window.of_passage[low:high], state.longest)
    page_parts.subtitle(t("finetuning.answer.triangle"))
    page_parts.plot(
        figures.triangle(
            part, _pieces(found, window)[low:high], (best.start, best.end), window.first + low,
            (t("finetuning.answer.start"), t("finetuning.answer.end")),
        ),
        "finetuning-answer-triangle",
        t("finetuning.answer.triangle_caption", n=int(np.isfinite(part).sum()), all=part.size, longest=state.longest),
        t("finetuning.answer.triangle_alt", span=found.passage[best.low : best.high], score=signed(best.score)),
    )  # fmt: skip


def windows(found: AnswerResult, best: Span, state: State) -> None:
    """What each window would say by itself, with its raw score and with its own softmax."""
    page_parts.subsection("finetuning.answer.cut")
    rows, marks = [], []
    won = window_of(found, best.start)
    for n, window in enumerate(found.windows):
        own = AnswerResult(found.tokens, found.first, found.count, found.before, (window,), found.edges, found.bias)
        one = spans(own, 1, state.longest)[0]
        name = f"{n + 1} ✓" if n in best.windows else str(n + 1)
        rows.append((
            name, signed(one.score), verbatim(found.passage[one.low : one.high]), percent(one.p),
            signed(window.nothing), f"{window.first + 1}–{window.first + window.count}",
        ))  # fmt: skip
        marks.append((None, None, None, one.p, None, None))
    head = ("window", "score", "span", "alone", "nothing", "tokens")
    page_parts.table(
        tuple(t(f"finetuning.answer.column.{name}") for name in head), rows, numeric=(1, 3, 4), shares=marks
    )
    if len(found.windows) > 1:
        page_parts.quiet(t("finetuning.answer.cut.several", n=len(found.windows), won=won + 1))
    else:
        page_parts.quiet(t("finetuning.answer.cut.one"))
    dials(state)
    if state.overlap < state.longest - 1:
        page_parts.notice("finetuning.answer.cut.short", overlap=state.overlap, longest=state.longest)


def dials(state: State) -> None:
    """How a long passage is cut."""
    for name, low, high in (("window", 48, 192), ("overlap", 0, 96)):
        widgets.slider(
            f"finetuning-{name}", t(f"finetuning.answer.dial.{name}"), low, high, getattr(state, name),
            partial(_set, name),
        )  # fmt: skip


def _set(name: str, value: int) -> None:
    common.store().set(**{name: value})


def _pieces(found: AnswerResult, window: ReadWindow) -> list[str]:
    return [found.piece(window.first + n) for n in range(window.count)]
