"""两句比: the whole vocabulary at the blank of one sentence against the blank of another."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from explorer.components.scatter_ab import scatter_ab
from explorer.components.token_strip import Chip, StripChange, token_strip
from explorer.content import examples
from explorer.engine import get_engine
from explorer.errors import Told
from explorer.lab.types.masking import FILL, Edit, FillInputs, FillResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, t
from explorer.ui.markup import verbatim
from explorer.views import vocabulary
from explorer.views._shared.page import Snippet
from explorer.views.masking import common, defaults, stage
from explorer.views.masking.common import Sentence
from explorer.views.masking.state import State


def draw(sentence: Sentence, state: State) -> Snippet | None:
    page_parts.section("masking.compare")
    second = _second(sentence, state)
    if second is None or sentence.focus is None or second.focus is None:
        page_parts.notice("masking.compare.need")
        return None
    a, b = _fill(sentence), _fill(second)
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        scatter_ab(
            a.logits[0],
            b.logits[0],
            key="masking-scatter",
            vocabulary=vocabulary.labels(sentence.model.id),
            vocabulary_url=vocabulary.url(sentence.model),
            originals=(sentence.original(sentence.focus), second.original(second.focus)),
            apart=vocabulary.apart(sentence.model.id),
            caption=t("masking.compare.figure"),
        )
    with right:
        page_parts.steps([(t(f"masking.compare.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("masking.compare.honesty")
    return Snippet(
        "masking_compare",
        sentence.model,
        text_a=sentence.tokens.text,
        look_a=sentence.focus,
        text_b=second.tokens.text,
        look_b=second.focus,
    )


def _second(sentence: Sentence, state: State) -> Sentence | None:
    """The second sentence, typed and clicked right here; it starts as the first with one word changed."""
    start = _Start(sentence.tokens.text, sentence.focus or 0) if state.b else _changed(sentence)
    text, mask = state.b or start.text, state.b_mask or start.mask
    with st.container(key="stage-masking-b"):
        second = None
        try:
            second = common.as_sentence(sentence.model, text, (mask,) if mask else (), mask)
            token_strip(
                [replace(chip, second=n == start.at) for n, chip in enumerate(_chips(second))],
                key="masking-strip-b",
                mode="one",
                focus=second.focus,
                title=t("masking.compare.strip_b"),
                on_change=_pick,
            )
        except Told as problem:
            page_parts.error(problem)
        if start.words:
            old, new = start.words
            page_parts.quiet(t("masking.compare.changed", old=verbatim(old), new=verbatim(new)))
        widgets.text_line(
            "masking-text-b",
            t("masking.compare.second"),
            text,
            lambda new: common.store().set(b=new or " ", b_mask=0),
            t("masking.compare.placeholder"),
        )
    return second


@dataclass(frozen=True)
class _Start:
    """What the second sentence starts as: its text, the place to cover, the place that was changed and both words."""

    text: str
    mask: int
    at: int | None = None
    words: tuple[str, str] | None = None


def _changed(sentence: Sentence) -> _Start:
    """The first sentence with one word changed: one of a known pair (他, 她), else the model's own next best word."""
    tokens, focus = sentence.tokens, sentence.focus
    if focus is None:
        return _Start(tokens.text, 0)
    pairs = examples.load("masking")["swaps"][language()]["pairs"]
    found = defaults.other_word(tokens, focus, pairs) or _next_best(sentence, focus)
    if found is None:
        return _Start(tokens.text, focus)
    at, word = found
    text, longer = defaults.replaced(tokens, at, word)
    new = common.as_sentence(sentence.model, text).tokens
    start = tokens.offsets[focus][0] + (longer if focus > at else 0)
    return _Start(text, defaults.place_after(new, start) or focus, at, (tokens.surface(at), word))


def _next_best(sentence: Sentence, focus: int) -> tuple[int, str] | None:
    """The word of content nearest to the blank, and what the model would most like there besides it."""
    tokens = sentence.tokens
    places = sorted((at for at in defaults.content(tokens, 2) if at != focus), key=lambda at: abs(at - focus))
    if not places:
        return None
    inputs = FillInputs(tokens.text, (Edit(places[0], sentence.mask),), (places[0],))
    logits = widgets.run(FILL, sentence.model.id, inputs).result.logits[0]
    names = get_engine().vocabulary(sentence.model.id)
    written = tokens.surface(places[0])
    for token in vocabulary.best(sentence.model.id, logits, 50):
        word = common.plain(names[int(token)])
        whole = names[int(token)] != f"##{word}" and word.isalpha() and word.isascii() == written.isascii()
        if whole and word.lower() != written.lower():
            return places[0], word
    return None


def _chips(second: Sentence) -> list[Chip]:
    return stage.chips(replace(second, everywhere=None), "mask")


def _pick(change: StripChange) -> None:
    """In the second sentence one blank is enough: the newest counts."""
    common.store().set(b_mask=change.focus if change.focus in change.covered else 0)


def _fill(sentence: Sentence) -> FillResult:
    assert sentence.focus is not None
    inputs = FillInputs(sentence.tokens.text, (Edit(sentence.focus, sentence.mask),), (sentence.focus,))
    return widgets.run(FILL, sentence.model.id, inputs).result
