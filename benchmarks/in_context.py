"""Figures of chapter 8, 语境学习. One entry of GROUPS a measurement: the figures it yields, and how it is made.

A measurement imports what it needs when it runs: the browser ones never load torch into this process.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.rows import Row, load_now

RESULT = '.sesame[data-key="in_context-bars"] li .p'
RUNS, EDITS = 3, 4
GROWN = 0.5


def _row(id: str, figure: str, unit: str, op: str, target: float, values: list[float], load: float) -> Row:
    command = f"python -m benchmarks in_context in_context.{id}"
    return Row(f"in_context.{id}", figure, unit, tuple(values), load, command, op, target)


def _first_paint() -> Iterator[Row]:
    from benchmarks import browser

    return browser.first_paint("in_context", "/in_context", first=RESULT, most=1.7)


def _asked() -> Any:
    """The page's own task with all its examples, and its candidates."""
    from explorer.content import tasks
    from explorer.lab.types.in_context import AnswersInputs, Prompt

    task = tasks.usual("zh")
    rows, (query, answer) = tasks.shown(task)
    return AnswersInputs(Prompt(tasks.line(task), rows, query), tasks.candidates(rows, answer))


def _changed() -> Iterator[Row]:
    """A row of a 16-row prompt gets another answer; the engine's time to all numbers of the bars."""
    import contextlib
    from dataclasses import replace

    from explorer.engine.local import LocalEngine
    from explorer.lab.types.in_context import ANSWERS
    from explorer.models.catalog import catalog

    model, load, asked = catalog.default_for("in_context").id, load_now(), _asked()
    times: dict[str, list[float]] = {"last": [], "first": []}
    with contextlib.closing(LocalEngine(precomputed=None)) as engine:
        engine.run(ANSWERS, model, asked, session="reader")
        for edit in range(RUNS * EDITS):
            for which, at in (("last", 15 - edit % EDITS), ("first", 0)):
                rows = list(asked.prompt.rows)
                rows[at] = (rows[at][0], f"number {edit}")
                edited = replace(asked, prompt=replace(asked.prompt, rows=tuple(rows)))
                start = time.perf_counter()
                engine.run(ANSWERS, model, edited, session="reader")
                times[which].append(1000 * (time.perf_counter() - start))
                engine.run(
                    ANSWERS, model, replace(asked, answers=(*asked.answers, f"{edit} {which}")), session="reader"
                )
    for which, target, what in (
        ("last", 600.0, "one of the last four rows"), ("first", 2000.0, "the first row"),
    ):  # fmt: skip
        figure = f"{what} of 16 edited: engine's time to the bars at this k, N/A as well"
        yield _row(f"change_{which}_p50_ms", figure, "ms", "<=", target, times[which], load)


def _prefix() -> Iterator[Row]:
    """The curve for k = 0 … 16 with all candidates, against one forward pass a prompt with one answer; in turn."""
    import torch

    from explorer.engine import threads
    from explorer.lab import in_context, shots
    from explorer.models.catalog import catalog
    from explorer.models.network import loader

    threads.configure_torch()
    model, load, asked = loader.load(catalog.default_for("in_context")), load_now(), _asked()
    texts = [shots.text(model, asked.prompt.shots(k), asked.answers[0]) for k in range(len(asked.prompt.rows) + 1)]
    rows = [torch.tensor([text.prompt + text.answer]) for text in texts]
    ratios, gaps = [], []
    for run in range(RUNS + 1):
        start = time.perf_counter()
        *_, ours = in_context.curve(model, asked)
        took = time.perf_counter() - start
        start, direct = time.perf_counter(), []
        for row, text in zip(rows, texts, strict=True):
            with torch.inference_mode():
                log_p = model._net(row, use_cache=False).logits[0].double().log_softmax(-1)
            first = len(text.prompt)
            direct.append(sum(float(log_p[first - 1 + n, token]) for n, token in enumerate(text.answer)))
        if run:  # the first warms up
            ratios.append((time.perf_counter() - start) / took)
            gaps.append(
                max(
                    abs(float(torch.tensor(theirs).exp()) - float(torch.tensor(mine).exp()))
                    for theirs, mine in zip(direct, ours.log_p[:, 0].tolist(), strict=True)
                )
            )
    what = "k = 0 … 16 of one order, all candidates and N/A, against one forward pass a prompt with one answer"
    yield _row("prefix_ratio", what, "times", ">=", 3, ratios, load)
    what = "the right answer's probability for k = 0 … 16 against transformers called directly: largest difference"
    yield _row("exact", what, "", "<=", 1e-5, gaps, load)


def _toy() -> Iterator[Row]:
    """Seconds until the toy's best head scores GROWN; and the score of one layer after as many steps."""
    from explorer.lab import toy
    from explorer.lab.types.induction import ToyInputs, ToyResult

    load, seconds, single = load_now(), [], []
    for seed in range(RUNS):
        start, grown = time.perf_counter(), float("inf")
        for step in toy.toy(None, ToyInputs(2, seed=seed)):
            if not isinstance(step, ToyResult) and step.score >= GROWN:
                grown = min(grown, time.perf_counter() - start)
        seconds.append(grown)
        *_, one = toy.toy(None, ToyInputs(1, seed=seed))
        assert isinstance(one, ToyResult)
        single.append(float(one.score[-1]))
    yield _row("toy_s", f"two layers of attention, trained until a head scores {GROWN}", "s", "<=", 120, seconds, load)
    what = "induction score of one layer after as many steps"
    yield _row("toy_single", what, "", "<=", 0.1, single, load)


GROUPS: dict[tuple[str, ...], Callable[[], Iterator[Row]]] = {
    ("in_context.first_paint_s", "in_context.first_paint_ratio", "in_context.first_paint_torch"): _first_paint,
    ("in_context.change_last_p50_ms", "in_context.change_first_p50_ms"): _changed,
    ("in_context.prefix_ratio", "in_context.exact"): _prefix,
    ("in_context.toy_s", "in_context.toy_single"): _toy,
}
