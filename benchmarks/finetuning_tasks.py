"""Figures of chapter 9, 微调: what the tasks beside 情感 come to, from both starts, on our own test parts; and 情感 on
public reviews.

Each is the training as the page opens it, seed 0. A measurement imports what it needs when it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, cast

import numpy as np

from benchmarks import finetuning
from benchmarks.rows import Row, load_now
from explorer.content import lessons, units
from explorer.content.first_paint.finetuning import opened
from explorer.texts import LANGUAGES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from explorer.lab.types.finetuning import Lessons, Tagged

COMMAND = "python -m benchmarks finetuning finetuning.{}"
NAMES: dict[str, lessons.Task] = {"entities_f1": "entities", "nli_accuracy": "inference", "pos_accuracy": "pos"}
Score = Callable[["NDArray[np.int64]", "Lessons", str], float]


def task(name: str) -> Iterator[Row]:
    """Both languages; the row's figure is the Chinese one, the rest is told beside it."""
    load, told, first = load_now(), [], {"pre-trained": 0.0, "majority": 0.0}
    for lang in LANGUAGES:
        found = reached(NAMES[name], lang, f1 if name == "entities_f1" else accuracy)
        told.append(f"{lang}: " + ", ".join(f"{what} {value:.3f}" for what, value in found.items()))
        if lang == "zh":
            first = found
    figure = f"own test part, both starts, as the page opens it, seed 0; {'; '.join(told)}"
    command = COMMAND.format(name)
    yield Row(f"finetuning.{name}", figure, "", (first["pre-trained"],), load, command, ">", first["majority"])


def reached(task: lessons.Task, lang: str, score: Score) -> dict[str, float]:
    """Both starts, the words alone (a unit's most frequent label; a bag of words), and always the commonest label."""
    from explorer.lab.bag_of_words import bag
    from explorer.lab.types.finetuning import BagInputs, truths

    one = opened(task, lang)
    found = finetuning.run(finetuning.body(), one)
    tested = tuple(pair for pair in one.held_out if pair[0] not in {text for text, _ in one.train})
    truth = truths(cast("Lessons", tested))
    said = dict(zip(one.starts, found.said[:, -1], strict=True))
    said["words alone"] = bag(None, BagInputs(one.train, cast("Lessons", tested))).said
    said["majority"] = np.full(len(truth), np.bincount(truth).argmax())
    return {name: score(labels, cast("Lessons", tested), lang) for name, labels in said.items()}


def accuracy(said: NDArray[np.int64], tested: Lessons, lang: str) -> float:
    """The share of what is judged that has its right label."""
    from explorer.lab.types.finetuning import truths

    return float((said == truths(tested)).mean())


def f1(said: NDArray[np.int64], tested: Lessons, lang: str) -> float:
    """F1 of whole names: both ends and the kind."""
    return units.total(units.matched(said, cast("Tagged", tested), lang)).f1
