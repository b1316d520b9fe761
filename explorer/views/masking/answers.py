"""What 盖住再猜 shows at the focused blank: from the answers at all positions where they are there, else asked alone.

With one token covered by [MASK], and the whole sentence read already, nothing is computed; the bars get the answers at
the other positions as well, so that the next click needs no run before it is answered. Draws nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer import numerics
from explorer.components.distribution import Answers, all_answers, one_answer
from explorer.engine.base import Answer
from explorer.lab.types.arrays import Floats
from explorer.lab.types.masking import (
    FILL,
    HEADS,
    Edit,
    FillInputs,
    FillResult,
    HeadsInputs,
    WholeInputs,
    WordInputs,
    WordsInputs,
)
from explorer.ui import widgets
from explorer.views.masking.common import Sentence
from explorer.views.masking.state import State


@dataclass(frozen=True)
class Found:
    """The answer at one blank of a text after `edits`, with those beside it.

    hidden    the encoder's output vector there
    loss      −ln P of the original, in nats; None where there is no original
    placed    the watched words that are one token there; `spelled`: the others, with the question for their score
    words     the question for the scores of those of one token, where `answers` has not got them
    whole     all scores there, or the question for them
    everywhere  whether `answers` holds every position that can be covered
    """

    text: str
    edits: tuple[Edit, ...]
    position: int
    answers: Answers
    hidden: Floats
    loss: float | None
    placed: Mapping[str, int]
    spelled: Mapping[str, WordInputs]
    words: WordsInputs | None
    whole: Floats | WholeInputs
    everywhere: bool
    seconds: float
    fetched: bool


def fill(sentence: Sentence) -> Answer[FillResult]:
    """The model's answer at the focused blank, in fp32."""
    assert sentence.focus is not None
    return widgets.run(FILL, sentence.model.id, FillInputs(sentence.tokens.text, sentence.edits, (sentence.focus,)))


def find(sentence: Sentence, state: State) -> Found:
    """The answer at the focused blank, in fp32: from what is there already, or asked once."""
    assert sentence.focus is not None
    model, text, edits, focus = sentence.model.id, sentence.tokens.text, sentence.edits, sentence.focus
    placed = {word: id_ for word, id_ in sentence.watched.items() if id_ is not None}
    watched, original = tuple(dict.fromkeys(placed.values())), sentence.original(focus)
    known = sentence.everywhere if _one_mask(sentence, state) else None
    row = None if known is None else known.result.row(focus)
    spelled = {word: WordInputs(text, edits, focus, word) for word in sentence.watched if word not in placed}
    if known is None or row is None:
        alone = widgets.run(FILL, model, FillInputs(text, edits, (focus,)))
        logits = alone.result.logits[0]
        return Found(
            text, edits, focus, one_answer(logits, focus, original, watched), alone.result.hidden[0],
            None if original is None else numerics.cross_entropy(logits, original), placed, spelled,
            words=None, whole=logits, everywhere=False, seconds=alone.seconds, fetched=alone.fetched,
        )  # fmt: skip
    ref = HEADS.ref(HeadsInputs(text))
    return Found(
        text, edits, focus, all_answers(known.result), known.result.hidden[row],
        float(known.result.surprisal[row]), placed, spelled, words=WordsInputs(ref, watched) if watched else None,
        whole=WholeInputs(ref, focus),
        everywhere=True, seconds=known.seconds, fetched=known.fetched,
    )  # fmt: skip


def _one_mask(sentence: Sentence, state: State) -> bool:
    """Whether the focused blank is the only place that is covered, beside those that were written as [MASK]."""
    covered = [p for p in sentence.masks if not sentence.typed_mask(p)]
    return state.how == "mask" and covered == [sentence.focus]
