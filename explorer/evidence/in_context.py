"""Evidence of chapter 8, 语境学习: what examples, their order and their labels do to the embedded model, no weight
being changed; and the heads that look back.

Knows the claims and how each is measured through the engine. It knows neither torch nor a page. Tasks, claims and
targets were written before anything was measured on them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from explorer.content import examples, tasks
from explorer.content.measured import MOST, measured
from explorer.engine import get_engine
from explorer.evidence import minimal_pairs
from explorer.evidence.texts import OWN, Row, row
from explorer.lab.types.experiment import Experiment, Inputs, Partial, Result
from explorer.lab.types.in_context import (
    ANSWERS,
    KEPT,
    ORDERS,
    TABLE,
    AnswersInputs,
    AnswersResult,
    KeptInputs,
    Labels,
    OrdersInputs,
    OrdersResult,
    Prompt,
    TableInputs,
    relabelled,
)
from explorer.lab.types.induction import INDUCTION, InductionInputs
from explorer.models.catalog import catalog

FEW = TableInputs("", ()).shots[-1]  # examples that are "few"
T95 = {20: 2.093}  # Student's t, 95 %, for so many blocks
EVERY_ASKED = 12  # questions asked under every order
SHOTS = 8  # examples whose labels are turned round
BLOCK = TableInputs("", ()).block
BRED = "Brown et al. 2020, GPT-3 (NeurIPS), Figure 1.2"
LU, ZHAO = "Lu et al. 2022 (ACL)", "Zhao et al. 2021 (ICML), §5"
WEI, MIN = "Wei et al. 2023 (arXiv 2303.03846), §3", "Min et al. 2022 (EMNLP), §4.1"
OLSSON = "Olsson et al. 2022 (arXiv 2209.11895)"


def measure(data: Path | None) -> Iterator[Row]:
    """The chapter's rows, each as soon as it is measured."""
    yield _few()
    yield _checksum()
    yield from _orders()
    yield from _labels()
    yield from _induction()
    yield from minimal_pairs.measure(data)


def _row(**fields: Any) -> Row:
    return row("in_context", catalog.default_for("in_context").id, **fields)


def _run(experiment: Experiment[Inputs, Result, Partial], inputs: Inputs) -> Result:
    model = catalog.default_for("in_context").id
    return get_engine().run(experiment, model, inputs, session="evidence").result


def differs(first: np.ndarray, second: np.ndarray, block: int) -> tuple[float, float]:
    """Mean of second − first over items, and half its 95 % interval, from the means of blocks that share examples."""
    gaps = (second - first)[: len(first) // block * block].reshape(-1, block).mean(axis=1)
    t = T95.get(len(gaps), 2.2)
    return float(gaps.mean()), float(t * gaps.std(ddof=1) / math.sqrt(len(gaps)))


def _few() -> Row:
    """ln p of the right answer with no, one and FEW examples, task by task."""
    names = examples.load("in_context")["measured"]["few_over"]
    rising = []
    for name in names:
        zero, one, few = _run(TABLE, measured(name)).log_p
        gaps = [differs(zero, one, BLOCK), differs(one, few, BLOCK)]
        if all(mean - half > 0 for mean, half in gaps):
            rising.append(name)
    return _row(
        id="in_context.few_over_one_over_zero",
        words={"k": FEW, "n": len(names)},
        source=BRED,
        measured=float(len(rising)),
        op=">=",
        target=6.0,
        n=len(names) * MOST,
        data=f"examples/in_context, {len(names)} tasks, {MOST} items each, examples drawn anew every {BLOCK} (seed 0)",
    )


def _checksum() -> Row:
    task = tasks.usual("zh")
    rows, (query, answer) = tasks.shown(task)
    found = _run(KEPT, KeptInputs(Prompt(tasks.line(task), rows, query), answer))
    return _row(
        id="in_context.checksum_same",
        words={"n": found.n_weights},
        source=OWN,
        measured=float(found.before == found.after),
        op=">=",
        target=1.0,
        n=found.n_weights,
        data="every weight of the model, before and after 17 prompts",
    )


def accuracy(found: list[OrdersResult], golds: list[int], *, fair: bool) -> np.ndarray:
    """The share of questions answered right under each order, [orders]."""
    hits = []
    for one, gold in zip(found, golds, strict=True):
        scores = one.log_p - one.free if fair else one.log_p
        hits.append(scores.argmax(axis=1) == gold)
    shares: np.ndarray = np.stack(hits).mean(axis=0)
    return shares


def _orders() -> Iterator[Row]:
    """Four examples of good and bad in all 24 orders, and twelve questions under each."""
    task = tasks.Task("sentiment", "en")
    labels, items = tasks.labels(task), tasks.items(task)
    shown = tuple(item for label in labels for item in [one for one in items if one[1] == label][:2])
    asked = [item for item in items if item not in shown][:EVERY_ASKED]
    found = [_run(ORDERS, OrdersInputs(Prompt(tasks.line(task), shown, query), labels)) for query, _ in asked]
    golds = [labels.index(answer) for _, answer in asked]
    plain, fair = accuracy(found, golds, fair=False), accuracy(found, golds, fair=True)
    fields: dict[str, Any] = {
        "n": len(plain) * len(asked), "data": f"examples/in_context/sentiment.en, 4 examples, {len(plain)} orders",
    }  # fmt: skip
    yield _row(
        id="in_context.order_sd",
        words={"mean": 100 * plain.mean(), "low": 100 * plain.min(), "high": 100 * plain.max()},
        source=LU,
        measured=100 * float(plain.std()),
        op=">=",
        target=5.0,
        **fields,
    )
    yield _row(
        id="in_context.calibration_gain",
        words={"before": 100 * plain.mean(), "after": 100 * fair.mean()},
        source=ZHAO,
        measured=100 * float(fair.mean() - plain.mean()),
        op=">",
        target=0.0,
        **fields,
    )


def _labels() -> Iterator[Row]:
    """Accuracy against the true labels when the examples' labels are true, turned round, drawn."""
    right: dict[Labels, list[bool]] = {"gold": [], "flipped": [], "random": []}
    for lang in examples.LANGUAGES:
        task = tasks.Task("sentiment", lang)
        labels, items = tasks.labels(task), tasks.items(task)
        for start in range(0, len(items), BLOCK):
            block = items[start : start + BLOCK]
            others = [item for item in items if item not in block]
            order = np.random.default_rng(start).permutation(len(others))[:SHOTS]
            shown = tuple(others[int(n)] for n in order)
            for how, hits in right.items():
                for query, answer in block:
                    prompt = Prompt(tasks.line(task), relabelled(shown, labels, how, start), query)
                    found = _run(ANSWERS, AnswersInputs(prompt, labels))
                    hits.append(labels[_likeliest(found)] == answer)
    share = {how: float(np.mean(hits)) for how, hits in right.items()}
    fields: dict[str, Any] = {
        "n": len(right["gold"]), "data": f"examples/in_context/sentiment.zh and .en, k = {SHOTS}",
    }  # fmt: skip
    for id, how, source, target in (
        ("in_context.flipped_flat", "flipped", WEI, 10.0), ("in_context.random_flat", "random", MIN, 5.0),
    ):  # fmt: skip
        yield _row(
            id=id,
            words={"gold": 100 * share["gold"], "other": 100 * share[how]},
            source=source,
            measured=100 * (share["gold"] - share[how]),
            op="<=",
            target=target,
            **fields,
        )


def _likeliest(found: AnswersResult) -> int:
    return int(np.argmax([float(one.sum(dtype=np.float64)) for one in found.log_p]))


def _induction() -> Iterator[Row]:
    """Random tokens twice: the best head's score, and the second copy's loss without the best heads."""
    inputs = InductionInputs()
    found = _run(INDUCTION, inputs)
    fields: dict[str, Any] = {
        "source": OLSSON, "n": inputs.sequences * inputs.length,
        "data": f"{inputs.sequences} sequences of {inputs.length} random tokens, twice (seed {inputs.seed})",
    }  # fmt: skip
    best = found.best[0]
    yield _row(
        id="in_context.induction_best",
        words={"layer": best[0] + 1, "head": best[1] + 1},
        measured=float(found.scores.max()),
        op=">=",
        target=0.4,
        **fields,
    )
    on, off, random = found.second(found.loss), found.second(found.off), found.random
    yield _row(
        id="in_context.induction_knockout",
        words={"on": on, "off": off, "random": float(random.mean()), "high": float(upper(random))},
        measured=off / float(random.mean()),
        op=">",
        target=float(upper(random)) / float(random.mean()),
        **fields,
    )


def upper(values: np.ndarray) -> float:
    """The upper end of the draws: 97.5 % of them lie below."""
    return float(np.quantile(values, 0.975))
