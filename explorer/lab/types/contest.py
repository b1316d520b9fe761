"""Inputs and results of the contest of five ways to break a text, at one budget, on the small language (chapter 10).

What every network is asked afterwards is in `lab/contest_tasks.py`; the small language in `lab/types/toy_language.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.errors import Told
from explorer.lab.types import toy_language as toy
from explorer.lab.types.arrays import Floats
from explorer.lab.types.codec import wire
from explorer.lab.types.experiment import Experiment

KINDS = ("mask", "delete", "permute", "rotate", "infill")  # the five of BART
UNTAUGHT = "untaught"  # the same network as it was drawn
ENTRANTS = (*KINDS, UNTAUGHT)
TAKING = ("mask", "delete", "infill")  # words are taken away; the others only put words elsewhere
PAIRS = tuple((one, other) for one in TAKING for other in ("permute", "rotate"))
TASKS = ("fit", "order", "sum")
SHORT, WHOLE, MOST = 100, 300, 2000  # updates
BAND = range(5)  # seeds that were run beforehand


@wire("denoising/contest-inputs")
@dataclass(frozen=True)
class ContestInputs:
    """Teach one network a way of breaking, all from the same weights, on the same sentences in the same order.

    updates    of each network: that is the budget
    test_seed  of the labelled sentences that the tasks teach and test with
    """

    updates: int = WHOLE
    seed: int = 0
    test_seed: int = 2_000_003


@wire("denoising/contest-step")
@dataclass(frozen=True)
class ContestStep:
    """After `done` of `total` pieces of work: `update` is the last that all five have made, with its loss for each,
    KINDS in order (empty once the tasks have begun); `task` counts from 0 what they are tested on."""

    done: int
    total: int
    update: int
    losses: tuple[float, ...] = ()
    task: int = 0


@wire("denoising/contest-result")
@dataclass(frozen=True)
class ContestResult:
    """What came of it.

    losses[5, updates // EVERY]  nats a word, the mean of EVERY updates
    seconds[5], read[5], said[5]  of each way: seconds of one update of one network alone, sentences broken and all;
                                 words that an encoder read and a decoder had to say, in a sentence on average
    right[3, 6, N]               TASKS × ENTRANTS × test sentences: whether it was right
    majority[3]                  the share that the commonest answer gets right
    example                      a sentence of the language (numbers of words), and how each of the five shows it
    took                         seconds of everything
    """

    losses: Floats
    seconds: Floats
    read: Floats
    said: Floats
    right: NDArray[np.bool_]
    majority: Floats
    example: tuple[int, ...]
    shown: tuple[tuple[int, ...], ...]
    took: float


EVERY = 10  # updates to a point of a curve

CONTEST = Experiment[ContestInputs, ContestResult, ContestStep](
    "denoising/contest", version=1, kind="stream", runs="here", trains=True
)


def checked(inputs: ContestInputs) -> None:
    """Raises Told("contest_outside", low, high)."""
    if not EVERY <= inputs.updates <= MOST:
        raise Told("contest_outside", low=EVERY, high=MOST)


def averaged(losses: Sequence[tuple[float, ...]]) -> list[list[float]]:
    """For each of the five its loss, the mean of EVERY updates each, from those of every update."""
    whole = np.array(losses[: len(losses) // EVERY * EVERY]).reshape(-1, EVERY, len(KINDS))
    return [[float(one) for one in row] for row in whole.mean(1).T]


def written(row: Sequence[int], lang: toy.Lang) -> str:
    """Words of the small language with their masks, in `lang`."""
    words = ["[MASK]" if n >= toy.SIZE else toy.written(toy.translated((n,), lang)) for n in row]
    return ("" if lang == "zh" else " ").join(words)


def ahead(shares: NDArray[np.float64]) -> int:
    """shares[TASKS, ENTRANTS]: of the PAIRS of a way that takes words away and one that does not, in how many the
    first got more right, all tasks together."""
    mean = dict(zip(ENTRANTS, shares.mean(0).tolist(), strict=True))
    return sum(mean[one] > mean[other] for one, other in PAIRS)
