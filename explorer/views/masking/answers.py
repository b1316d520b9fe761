"""What 盖住再猜 shows at the focused blank: from the answers at all positions where they are there, else asked alone.

With one token covered by [MASK], and the whole sentence read already, nothing is computed; the bars get the answers at
the other positions as well, so that the next click needs no run before it is answered. Draws nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explorer import numerics
from explorer.components.distribution import Answers, one_answer
from explorer.lab.types.arrays import Floats
from explorer.lab.types.experiment import Ref
from explorer.lab.types.masking import (
    FILL,
    HEADS,
    WHOLE,
    WORDS,
    Edit,
    FillInputs,
    HeadsInputs,
    HeadsResult,
    WholeInputs,
    WordsInputs,
    WordsResult,
)
from explorer.ui import widgets
from explorer.views.masking import common, stage
from explorer.views.masking.common import Sentence
from explorer.views.masking.state import State


@dataclass(frozen=True)
class Found:
    """The answer at the focused blank, with those beside it.

    hidden    the encoder's output vector there
    loss      −ln P of the original, in nats; None where there is no original
    whole     gives all scores there
    everywhere  whether `answers` holds every position that can be covered
    """

    answers: Answers
    hidden: Floats
    loss: float | None
    whole: Callable[[], Floats]
    everywhere: bool
    seconds: float
    fetched: bool


def find(sentence: Sentence, state: State, edits: tuple[Edit, ...]) -> Found:
    """The answer at the focused blank after `edits`, in fp32."""
    assert sentence.focus is not None
    known = stage.heads(sentence) if _one_mask(sentence, state) else None
    row = None if known is None else known.row(sentence.focus)
    found = (common.token_of(sentence, word) for word in state.watch)
    watched = tuple(dict.fromkeys(id_ for id_ in found if id_ is not None))
    if known is None or row is None:
        return _asked_alone(sentence, edits, watched)
    asked = widgets.run(HEADS, common.model_id(), HeadsInputs(sentence.tokens.text))
    answers = _everywhere(sentence.tokens.text, known, watched)
    loss, whole = float(known.surprisal[row]), WholeInputs(_ref(sentence.tokens.text), sentence.focus)
    return Found(
        answers, known.hidden[row], loss, lambda: widgets.run(WHOLE, common.model_id(), whole).result.logits,
        everywhere=True, seconds=asked.seconds, fetched=asked.fetched,
    )  # fmt: skip


def _one_mask(sentence: Sentence, state: State) -> bool:
    """Whether the focused blank is the only place that is covered, beside those that were written as [MASK]."""
    covered = [p for p in sentence.masks if common.original_of(sentence.tokens, p) is not None]
    return state.how == "mask" and covered == [sentence.focus]


def _asked_alone(sentence: Sentence, edits: tuple[Edit, ...], watched: tuple[int, ...]) -> Found:
    assert sentence.focus is not None
    inputs = FillInputs(sentence.tokens.text, edits, (sentence.focus,))
    answer = widgets.run(FILL, common.model_id(), inputs)
    logits, original = answer.result.logits[0], common.original_of(sentence.tokens, sentence.focus)
    return Found(
        one_answer(logits, sentence.focus, original, watched),
        answer.result.hidden[0],
        None if original is None else numerics.cross_entropy(logits, original),
        lambda: logits,
        everywhere=False,
        seconds=answer.seconds,
        fetched=answer.fetched,
    )


def _everywhere(text: str, known: HeadsResult, watched: tuple[int, ...]) -> Answers:
    n = len(known.positions)
    words = WordsResult((), np.zeros((n, 0), dtype=np.float32), np.zeros((n, 0), dtype=np.int32))
    if watched:
        words = widgets.run(WORDS, common.model_id(), WordsInputs(_ref(text), watched)).result
    return Answers(
        positions=known.positions.tolist(), ids=known.ids, logits=known.logits, tail=known.tails,
        original=[known.known(row) for row in range(n)], watched=watched,
        watched_logit=words.logits, watched_rank=words.rank, size=known.vocab_size,
    )  # fmt: skip


def _ref(text: str) -> Ref[HeadsResult]:
    return HEADS.ref(HeadsInputs(text))
