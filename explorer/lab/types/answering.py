"""Inputs and results of 问答 (chapter 9): a question and a passage in, a span of the passage out; and what follows from
the scores without asking the model again: which spans are allowed, what they add up to, which of them wins.

Places of the passage are counted in its tokens, from 0; a span (start, end) has both its ends in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.lab.types.arrays import Floats
from explorer.lab.types.codec import wire
from explorer.lab.types.core import Tokens
from explorer.lab.types.experiment import Experiment

WINDOW, OVERLAP = 192, 96  # tokens of a window, question included; of two neighbouring ones that are the same
LONGEST = 30  # tokens of an answer
START, END = 0, 1  # columns of scores, rows of edges


@wire("finetuning/answer-inputs")
@dataclass(frozen=True)
class AnswerInputs:
    """`taught_in`: the language of the questions that the head was taught; `overlap` tokens of the passage stand in two
    neighbouring windows."""

    taught_in: str
    question: str
    passage: str
    window: int = WINDOW
    overlap: int = OVERLAP


@wire("finetuning/read-window")
@dataclass(frozen=True)
class ReadWindow:
    """[CLS] question [SEP] a part of the passage [SEP] as it was read.

    first    the place of its first token of the passage; it has `count` of them
    offset   where that token stands in the window
    vectors  [L, d] of the last layer; scores [L, 2]: each with S and with E
    """

    first: int
    count: int
    offset: int
    vectors: Floats
    scores: Floats

    @property
    def of_passage(self) -> Floats:
        """scores[count, 2] of the passage's tokens."""
        return self.scores[self.offset : self.offset + self.count]

    @property
    def nothing(self) -> float:
        """The raw score of "[CLS] is start and end": in this window is no answer."""
        return float(self.scores[0].sum())


@wire("finetuning/answer-result")
@dataclass(frozen=True)
class AnswerResult:
    """What was read, and the two vectors it was compared with.

    tokens    of question and passage; the passage's are `count`, from `first` on
    before    characters of tokens.text that are not the passage's
    edges     [2, d]: S and E; bias [2]
    """

    tokens: Tokens
    first: int
    count: int
    before: int
    windows: tuple[ReadWindow, ...]
    edges: Floats
    bias: Floats

    @property
    def passage(self) -> str:
        """As it was given."""
        return self.tokens.text[self.before :]

    @property
    def nothing(self) -> float:
        """The raw score of "there is no answer": every window has to say so, and the least sure one counts."""
        return min(window.nothing for window in self.windows)

    def piece(self, place: int) -> str:
        """The characters at a place of the passage."""
        return self.tokens.surface(self.first + place)

    def characters(self, start: int, end: int) -> tuple[int, int]:
        """A span in characters of the passage."""
        low, high = self.tokens.offsets[self.first + start][0], self.tokens.offsets[self.first + end][1]
        return low - self.before, high - self.before


@wire("finetuning/span")
@dataclass(frozen=True)
class Span:
    """A span of the passage: places, characters, its best raw score, its share of all allowed spans, its windows."""

    start: int
    end: int
    low: int
    high: int
    score: float
    p: float
    windows: tuple[int, ...]


@wire("finetuning/asked-passage")
@dataclass(frozen=True)
class AskedPassage:
    """A passage with questions about it, and of each the answers that count as right (none: the text doesn't tell)."""

    text: str
    questions: tuple[tuple[str, tuple[str, ...]], ...]


@wire("finetuning/exam-inputs")
@dataclass(frozen=True)
class ExamInputs:
    """Questions about many passages, all to be answered by one head."""

    taught_in: str
    passages: tuple[AskedPassage, ...]


@wire("finetuning/exam-result")
@dataclass(frozen=True)
class ExamResult:
    """What was said to every question, in order, and how it is marked: f1_words[n], f1_mixed[n], exact[n] (0, 1);
    nan where there is no right answer.

    over_nothing  [n]: the raw score of what was said above that of "[CLS] is start and end", lowest of the windows
    by_chance     mean F1, counted in both ways, of a span that is drawn from the allowed ones of its passage
    """

    said: tuple[str, ...]
    f1_words: Floats
    f1_mixed: Floats
    exact: Floats
    over_nothing: Floats
    by_chance: tuple[float, float]

    @property
    def answered(self) -> NDArray[np.bool_]:
        """[n]: whether the text answers the question."""
        return np.isfinite(self.exact)


def allowed(count: int, longest: int) -> NDArray[np.bool_]:
    """[count, count]: the end is not before the start, and at most `longest` tokens lie from one to the other."""
    start, end = np.arange(count)[:, None], np.arange(count)[None, :]
    return (start <= end) & (end - start < longest)


def sums(scores: Floats, longest: int = LONGEST) -> Floats:
    """[count, count]: start + end of every span, from scores[count, 2]; −∞ where the span is not allowed."""
    both = scores[:, START, None] + scores[None, :, END]
    return np.where(allowed(len(scores), longest), both, -np.inf).astype(np.float32)


def spans(found: AnswerResult, k: int, longest: int = LONGEST) -> list[Span]:
    """The `k` best, best first; fewer where there are fewer.

    Windows are compared by raw scores: a softmax in each would call the best of a window that holds no answer as sure
    as the right one. What stands in two windows counts once, with its better score.
    """
    best = np.full((found.count, min(longest, found.count)), -np.inf, np.float32)  # [start, tokens - 1]
    for window in found.windows:
        start, end = np.nonzero(allowed(window.count, longest))
        both = window.of_passage[start, START] + window.of_passage[end, END]
        np.maximum.at(best, (window.first + start, end - start), both)
    known = np.isfinite(best)
    shares = np.exp(best - best[known].max())
    shares /= shares.sum()
    ranked = np.argsort(-best, axis=None, kind="stable")[: min(k, int(known.sum()))]
    chosen = [
        (int(start), int(start + more)) for start, more in zip(*np.unravel_index(ranked, best.shape), strict=True)
    ]
    return [
        Span(
            start, end, *found.characters(start, end),
            float(best[start, end - start]), float(shares[start, end - start]),
            tuple(n for n, one in enumerate(found.windows) if one.first <= start and end < one.first + one.count),
        )
        for start, end in chosen
    ]  # fmt: skip


def window_of(found: AnswerResult, place: int) -> int:
    """The window in which a place of the passage has most context on its poorer side (BERT's run_squad)."""
    return max(
        range(len(found.windows)),
        key=lambda n: min(place - found.windows[n].first, found.windows[n].first + found.windows[n].count - 1 - place),
    )


ANSWER = Experiment[AnswerInputs, AnswerResult]("finetuning/answer", version=1)
EXAM = Experiment[ExamInputs, ExamResult]("finetuning/exam", version=1, kind="stream")
