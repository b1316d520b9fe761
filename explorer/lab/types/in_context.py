"""Inputs and results of chapter 8, 语境学习: prompts made of rows, candidate answers, and what a model gives them.

A prompt is text. Its examples come in reading order, so the last stands next to the query. `log_p` is in nats.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from explorer.lab.types.arrays import Floats
from explorer.lab.types.codec import wire
from explorer.lab.types.core import Progress
from explorer.lab.types.experiment import Experiment

Row = tuple[str, str]
FREE = "N/A"  # a question without content (Zhao et al. 2021, §5)
MOST_SHOTS = 16
MOST_ANSWERS = 16
EVERY_ORDER = 4  # up to so many examples all orders are tried, of more some are drawn


@wire("in-context/prompt")
@dataclass(frozen=True)
class Prompt:
    """A task line ("" for none), examples, the query, and the sign between a question and its answer ("" for none)."""

    line: str
    rows: tuple[Row, ...]
    query: str
    sign: str = "→"

    def text(self) -> str:
        """As the model reads it: it ends where the answer would begin."""
        between = f" {self.sign} " if self.sign else " "
        shown = [self.line] if self.line else []
        shown += [f"{question}{between}{answer}" for question, answer in self.rows]
        return "\n".join([*shown, f"{self.query}{between}".rstrip()])

    def shots(self, k: int) -> Prompt:
        """With its first `k` examples."""
        return replace(self, rows=self.rows[:k])


@wire("in-context/answers-inputs")
@dataclass(frozen=True)
class AnswersInputs:
    """Candidate answers after one prompt."""

    prompt: Prompt
    answers: tuple[str, ...]


@wire("in-context/answers-result")
@dataclass(frozen=True)
class AnswersResult:
    """For every answer its tokens' ids and the ln p of each; free: the same after the query "N/A".

    dropped   examples at the beginning that did not fit the model
    read      tokens that were read for this, kept: those that were known from before, alone: tokens of all texts
    """

    ids: tuple[tuple[int, ...], ...]
    log_p: tuple[Floats, ...]
    free: tuple[Floats, ...]
    dropped: int
    read: int
    kept: int
    alone: int


@wire("in-context/curve-step")
@dataclass(frozen=True)
class CurveStep:
    """The first numbers of examples of a curve: log_p[k, answers], summed over an answer's tokens."""

    done: int
    total: int
    log_p: Floats


@wire("in-context/curve-result")
@dataclass(frozen=True)
class CurveResult:
    """log_p[k, answers] and, after the query "N/A", free[k, answers] for k = 0 … all examples; sums over an answer's
    tokens, of which it has lengths[answers]. read, alone: as in AnswersResult."""

    log_p: Floats
    free: Floats
    lengths: Floats
    dropped: int
    read: int
    alone: int


@wire("in-context/orders-inputs")
@dataclass(frozen=True)
class OrdersInputs:
    """The prompt's examples in other orders: all of them up to EVERY_ORDER examples, else `most`, drawn by `seed`."""

    prompt: Prompt
    answers: tuple[str, ...]
    most: int = 24
    seed: int = 0


@wire("in-context/orders-result")
@dataclass(frozen=True)
class OrdersResult:
    """orders[n]: places of the examples; log_p[n, answers], free[n, answers], lengths[answers]."""

    orders: tuple[tuple[int, ...], ...]
    log_p: Floats
    free: Floats
    lengths: Floats
    every: bool


@wire("in-context/open-inputs")
@dataclass(frozen=True)
class OpenInputs:
    """Write on after the prompt, the likeliest token each time, until the line ends."""

    prompt: Prompt
    most: int = 24


@wire("in-context/open-result")
@dataclass(frozen=True)
class OpenResult:
    """What was written; `ended`: by the end of the line, not by the limit. p[tokens]: each token's probability."""

    ids: tuple[int, ...]
    text: str
    p: Floats
    ended: bool


@wire("in-context/kept-inputs")
@dataclass(frozen=True)
class KeptInputs:
    """Look at every weight, answer after 0 … all examples, and look at every weight again."""

    prompt: Prompt
    answer: str


@wire("in-context/kept-result")
@dataclass(frozen=True)
class KeptResult:
    """SHA-256 of all weights before and after, their bytes, and the answer's log_p[k]."""

    before: str
    after: str
    n_bytes: int
    n_weights: int
    log_p: Floats


@wire("in-context/table-inputs")
@dataclass(frozen=True)
class TableInputs:
    """One task measured: `items` in blocks of `block`; the examples of a block are drawn from all others, by `seed`."""

    line: str
    items: tuple[Row, ...]
    shots: tuple[int, ...] = (0, 1, 8)
    block: int = 5
    seed: int = 0
    sign: str = "→"


@wire("in-context/table-result")
@dataclass(frozen=True)
class TableResult:
    """log_p[shots, items] of the right answer; right[shots, items]: 1 where the likeliest token each time writes it and
    ends the line. Items in blocks of `block` share their examples."""

    log_p: Floats
    right: Floats
    block: int


Labels = Literal["gold", "random", "flipped", "foo"]
FOO = ("foo", "bar", "baz", "qux", "quux", "corge", "grault", "garply")


def relabelled(rows: tuple[Row, ...], labels: tuple[str, ...], how: Labels, seed: int = 0) -> tuple[Row, ...]:
    """The rows with other answers: one of all `labels` drawn for each (random), each label replaced by the next one
    (flipped: with two it is the other), each by a word that means nothing (foo, in the order of `labels`)."""
    if how == "gold" or not labels:
        return rows
    if how == "random":
        rng = np.random.default_rng(seed)
        return tuple((question, labels[int(rng.integers(len(labels)))]) for question, _ in rows)
    new = renamed(labels, how)
    return tuple((question, new.get(answer, answer)) for question, answer in rows)


def renamed(labels: tuple[str, ...], how: Labels) -> dict[str, str]:
    """By what each label is replaced; {} where each row draws its own or none is replaced."""
    if how == "flipped":
        return {label: labels[(n + 1) % len(labels)] for n, label in enumerate(labels)}
    if how == "foo":
        return {label: FOO[n] if n < len(FOO) else f"{FOO[n % len(FOO)]}{n}" for n, label in enumerate(labels)}
    return {}


ANSWERS = Experiment[AnswersInputs, AnswersResult]("in-context/answers", version=1, uses_session_cache=True)
CURVE = Experiment[AnswersInputs, CurveResult, CurveStep](
    "in-context/curve", version=1, kind="stream", uses_session_cache=True
)
ORDERS = Experiment[OrdersInputs, OrdersResult, Progress]("in-context/orders", version=1, kind="stream")
OPEN = Experiment[OpenInputs, OpenResult]("in-context/open", version=1)
KEPT = Experiment[KeptInputs, KeptResult, Progress]("in-context/kept", version=1, kind="stream")
TABLE = Experiment[TableInputs, TableResult, Progress]("in-context/table", version=1, kind="stream", persist=True)
