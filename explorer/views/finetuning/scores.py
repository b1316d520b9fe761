"""How good it came to be: accuracy, or F1 of names, of every start, with an interval, beside what is to be beaten.

It knows a run's result and the sentences it was tested on; it draws nothing.
"""

from __future__ import annotations

from typing import cast

import numpy as np

from explorer.content import units
from explorer.lab.types.finetuning import BAG, BagInputs, Lessons, Tagged, TuneResult, truths
from explorer.lab.types.pairs import interval
from explorer.ui import widgets
from explorer.ui.i18n import language, t
from explorer.ui.numbers import percent
from explorer.views.finetuning.bench import Bench

Card = tuple[str, str, str]
DRAWS = 500  # of sentences, anew with replacement: the interval of an F1 (bootstrap)


def cards(bench: Bench, found: TuneResult, tested: Lessons) -> list[Card]:
    """Every start, then the baselines."""
    names = [t(f"finetuning.start.{start}") for start in bench.inputs.starts]
    said = found.said[:, -1]
    if bench.state.task == "entities":
        own = [_names(name, one, cast(Tagged, tested)) for name, one in zip(names, said, strict=True)]
    else:
        truth = truths(tested)
        own = [_accuracy(name, one == truth, bench) for name, one in zip(names, said, strict=True)]
    return [*own, *_baselines(bench, tested)]


def to_beat(bench: Bench) -> list[Card]:
    """What needs no training, before there is one."""
    taught = {text for text, _ in bench.inputs.train}
    tested = cast("Lessons", tuple(one for one in bench.inputs.held_out if one[0] not in taught))
    return _baselines(bench, tested) if tested else []


def _baselines(bench: Bench, tested: Lessons) -> list[Card]:
    """By words alone; and by nothing, always the commonest label."""
    truth = truths(tested)
    said = widgets.run(BAG, None, BagInputs(bench.inputs.train, tested)).result.said
    kind = "usual" if bench.inputs.shape == "tokens" else "bag"
    name, note = t(f"finetuning.{kind}"), t(f"finetuning.{kind}_note")
    if bench.state.task == "entities":
        number = f"{units.total(units.matched(said, cast(Tagged, tested), language())).f1:.3f}"
        name = t("finetuning.names_f1", start=name)
    else:
        number = percent(float((said == truth).mean()))
    most = float(np.bincount(truth).max() / len(truth))
    return [
        (number, name, note),
        (percent(most), t("finetuning.majority"), t("finetuning.majority_note")),
    ]


def _accuracy(name: str, right: np.ndarray, bench: Bench) -> Card:
    low, high = interval(right)
    key = "accuracy_note_tokens" if bench.inputs.shape == "tokens" else "accuracy_note"
    return (
        percent(float(right.mean())), name,
        t(f"finetuning.{key}", n=len(right), low=percent(low), high=percent(high)),
    )  # fmt: skip


def _names(name: str, said: np.ndarray, tested: Tagged) -> Card:
    """F1 of whole names: both ends and the kind."""
    matched = units.matched(said, tested, language())
    found, each = units.total(matched), np.array([(one.right, one.said + one.there) for one in matched])
    drawn = each[np.random.default_rng(0).integers(len(each), size=(DRAWS, len(each)))].sum(axis=1)
    low, high = np.percentile(2 * drawn[:, 0] / np.maximum(1, drawn[:, 1]), [2.5, 97.5])
    note = t(
        "finetuning.names_note", right=found.right, said=found.said, there=found.there, low=f"{low:.2f}",
        high=f"{high:.2f}", accuracy=percent(float((said == truths(tested)).mean())),
    )  # fmt: skip
    return f"{found.f1:.3f}", t("finetuning.names_f1", start=name), note
