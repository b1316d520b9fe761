"""Chapter 9, 问答: where in a passage does the answer start, where does it end? One head, asked once or many times.

Knows tokens, windows and the head (explorer/models/network/answerer.py); knows no page.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from explorer.errors import Told
from explorer.lab.experiment import implements
from explorer.lab.reading import pair_tensors
from explorer.lab.types import answer_scores
from explorer.lab.types.answering import (
    ANSWER,
    EXAM,
    LONGEST,
    OVERLAP,
    WINDOW,
    AnswerInputs,
    AnswerResult,
    AskedPassage,
    ExamInputs,
    ExamResult,
    ReadWindow,
    allowed,
    spans,
)
from explorer.lab.types.core import Progress, Tokens

if TYPE_CHECKING:
    from explorer.models.network.answerer import Answerer
    from explorer.models.network.model import Model

QUESTION = 88  # tokens: a window still has room to overlap
PASSAGE = 2_000  # tokens
AT_ONCE = 8  # windows
DRAWN = 200  # spans of a passage, for what chance would say


@dataclass(frozen=True)
class Cut:
    """A window before it is read: the ids of all its tokens; the place of the passage's first, and how many."""

    ids: tuple[int, ...]
    type_ids: tuple[int, ...]
    first: int
    count: int
    offset: int


@implements(ANSWER)
def answer(model: Model, inputs: AnswerInputs) -> AnswerResult:
    """Every window of the passage read with the question before it.

    Raises Told: no_separators, question_empty, passage_empty, question_long, passage_long, window_small,
    windows_overlap; ModelUnavailable: answerer_missing, model_damaged.
    """
    from explorer.models.network import answerer as heads

    return ask(heads.answerer(model, inputs.taught_in), inputs.question, inputs.passage, inputs.window, inputs.overlap)


@implements(EXAM)
def exam(model: Model, inputs: ExamInputs) -> Iterator[Progress | ExamResult]:
    """Every question of every passage answered and marked; yields Progress (a step is a question).

    Raises as `answer`.
    """
    from explorer.models.network import answerer as heads

    yield from examined(heads.answerer(model, inputs.taught_in), inputs.passages)


def ask(head: Answerer, question: str, passage: str, window: int = WINDOW, overlap: int = OVERLAP) -> AnswerResult:
    """What a head makes of one question. Raises as `answer`, but for the head itself."""
    tokens, first = pair(head.model, question, passage)
    read = _read(head, windows(tokens, first, window, overlap))
    edges, bias = (one.cpu().numpy() for one in (head.edges, head.bias))
    return AnswerResult(tokens, first, len(tokens) - 1 - first, len(question) + 1, read, edges, bias)


def examined(head: Answerer, passages: Sequence[AskedPassage]) -> Iterator[Progress | ExamResult]:
    """What a head says to every question of every passage, and its marks."""
    asked = [(one.text, question, answers) for one in passages for question, answers in one.questions]
    said: list[str] = []
    over: list[float] = []
    for passage, question, _ in asked:
        found = ask(head, question, passage)
        best = spans(found, 1)[0]
        said.append(passage[best.low : best.high])
        over.append(best.score - found.nothing)
        yield Progress(len(said), len(asked))
    marks = [_marks(one, answers) for one, (_, _, answers) in zip(said, asked, strict=True)]
    f1_words, f1_mixed, exact = np.array(marks, np.float32).reshape(len(asked), 3).T
    yield ExamResult(tuple(said), f1_words, f1_mixed, exact, np.array(over, np.float32), _by_chance(head.model, asked))


def _marks(said: str, answers: tuple[str, ...]) -> tuple[float, float, float]:
    """F1 over words, with 汉字 and kana one by one, exact match; nan where nothing is right."""
    if not answers:
        return math.nan, math.nan, math.nan
    words, mixed = (answer_scores.f1(said, answers, unit) for unit in answer_scores.UNITS)
    return words, mixed, float(answer_scores.exact(said, answers))


def pair(model: Model, question: str, passage: str) -> tuple[Tokens, int]:
    """[CLS] question [SEP] passage [SEP], nothing cut off, and where the passage begins.

    Raises Told: no_separators, question_empty, passage_empty, question_long, passage_long.
    """
    if model.tokenizer.cls_id is None or model.tokenizer.sep_id is None:
        raise Told("no_separators", model=model.info.name)
    if not question.strip():
        raise Told("question_empty")
    if not passage.strip():
        raise Told("passage_empty")
    tokens = model.tokenizer.encode(question, passage)
    first = tokens.type_ids.index(1)  # the passage's, or [SEP] behind it where no token of it is left
    if first == 2:
        raise Told("question_empty")
    if first == len(tokens) - 1:
        raise Told("passage_empty")
    if (used := first - 2) > QUESTION:
        raise Told("question_long", limit=QUESTION, used=used)
    if (used := len(tokens) - 1 - first) > PASSAGE:
        raise Told("passage_long", limit=PASSAGE, used=used)
    return tokens, first


def windows(tokens: Tokens, first: int, size: int = WINDOW, overlap: int = OVERLAP) -> list[Cut]:
    """Parts of the passage that fit into `size` tokens with the question; each begins so that it has `overlap` tokens
    in common with the one before it, so that every token is in one.

    Raises Told: window_small where no token of the passage would fit, windows_overlap where they would not move on.
    """
    count = len(tokens) - 1 - first
    room = size - first - 1
    if room < 1:
        raise Told("window_small", used=first + 1, window=size)
    if count > room and not 0 <= overlap < room:
        raise Told("windows_overlap", overlap=overlap, room=room)
    begins = [0]
    while begins[-1] + room < count:
        begins.append(begins[-1] + room - overlap)
    before, end = tokens.ids[:first], tokens.ids[-1]
    found = []
    for begin in begins:
        inside = tokens.ids[first + begin : min(first + begin + room, first + count)]
        ids = (*before, *inside, end)
        found.append(Cut(ids, tuple([0] * first + [1] * (len(ids) - first)), begin, len(inside), first))
    return found


def _read(head: Answerer, cuts: Sequence[Cut]) -> tuple[ReadWindow, ...]:
    read: list[ReadWindow] = []
    for begin in range(0, len(cuts), AT_ONCE):
        some = cuts[begin : begin + AT_ONCE]
        vectors, scores = (one.cpu().numpy() for one in head.read(*pair_tensors(head.model, some)))
        read += [
            ReadWindow(cut.first, cut.count, cut.offset, vectors[n, : len(cut.ids)], scores[n, : len(cut.ids)])
            for n, cut in enumerate(some)
        ]
    return tuple(read)


def _by_chance(model: Model, asked: Sequence[tuple[str, str, tuple[str, ...]]]) -> tuple[float, float]:
    """Mean F1, either way of counting, of spans drawn from the allowed ones of each question's passage."""
    rng = np.random.default_rng(0)
    marks = []
    for passage, question, answers in asked:
        if not answers:
            continue
        tokens, first = pair(model, question, passage)
        start, end = np.nonzero(allowed(len(tokens) - 1 - first, LONGEST))
        for n in rng.integers(0, len(start), DRAWN):
            low, high = tokens.offsets[first + start[n]][0], tokens.offsets[first + end[n]][1]
            said = tokens.text[low:high]
            marks.append([answer_scores.f1(said, answers, unit) for unit in answer_scores.UNITS])
    mean = np.mean(marks, axis=0)
    return float(mean[0]), float(mean[1])
