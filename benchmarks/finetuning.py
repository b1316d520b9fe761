"""Figures of chapter 9, 微调: what two starts reach on sentences never taught, how long a run takes, how it stops.

The recipe was chosen on folds of the training part alone; the test part is read here. A measurement imports what it
needs when it runs.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.rows import Row, load_now
from explorer.content import teaching
from explorer.content.first_paint.finetuning import opened
from explorer.numerics import mean_interval

if TYPE_CHECKING:
    from explorer.lab.types.finetuning import TuneInputs, TuneResult
    from explorer.models.network.model import Model

RESULT = ".st-key-stage-finetuning .js-plotly-plot"  # on the page: what it is opened for
SEEDS = range(5)
STEPS = 24
COMMAND = "python -m benchmarks finetuning"


def inputs(lang: str, seed: int = 0) -> TuneInputs:
    """The default training."""
    return replace(opened("sentiment", lang), seed=seed)


def zh() -> Iterator[Row]:
    """Five seeds, both starts, in Chinese."""
    load, model = load_now(), body()
    found = [run(model, inputs("zh", seed)) for seed in SEEDS]
    yield from zh_rows(found, load)


def en() -> Iterator[Row]:
    """Five seeds, pre-trained, in English: a start is the same alone as beside another."""
    load, model = load_now(), body()
    found = [run(model, replace(inputs("en", seed), starts=("pre-trained",))) for seed in SEEDS]
    yield _reached("en", found, load)


def zh_rows(found: Sequence[TuneResult], load: float) -> Iterator[Row]:
    """What five seeds say."""
    yield _reached("zh", found, load)
    gaps = [float(pre - other) for pre, other in (accuracies("zh", one)[:2] for one in found)]
    mean, low, _ = mean_interval(gaps)
    told = "pre-trained − random, accuracy, zh, default training, five seeds"
    yield Row("finetuning.start_gap", f"{told}: mean", "", (mean,), load, COMMAND, ">=", 0.10)
    yield Row("finetuning.start_gap_low", f"{told}: lower bound (95 %)", "", (low,), load, COMMAND, ">=", 0.05)
    below = [float(share) for one in found for share in loss_below(one)]
    figure = f"share of {len(below)} epochs in which the pre-trained start's training loss is lower, zh, five seeds"
    yield Row("finetuning.loss_below", figure, "", (statistics.mean(below),), load, COMMAND, ">=", 0.95)


def accuracies(lang: str, found: TuneResult) -> np.ndarray:
    """Share of right answers of each start at the end."""
    held_out = teaching.sentences("judgement", lang, "test")
    truth = np.array([held_out[n][1] for n in found.kept])
    share: np.ndarray = (found.said[:, -1] == truth).mean(axis=-1)
    return share


def loss_below(found: TuneResult) -> np.ndarray:
    """For each epoch whether the first start's mean training loss is lower than the second's."""
    epochs = found.held_out_losses.shape[1] - 1
    means = found.losses.reshape(len(found.losses), epochs, -1).mean(axis=-1)
    lower: np.ndarray = means[0] < means[1]
    return lower


def _reached(lang: str, found: Sequence[TuneResult], load: float) -> Row:
    from explorer.lab.bag_of_words import bag
    from explorer.lab.types.finetuning import BagInputs

    reached = [float(accuracies(lang, one)[0]) for one in found]
    one = inputs(lang)
    counted = float((bag(None, BagInputs(one.train, one.held_out)).said == [n for _, n in one.held_out]).mean())
    return Row(
        id=f"finetuning.sentiment_{lang}",
        figure=f"{len(one.held_out)} held-out sentences, pre-trained, default training, mean of seeds "
        f"{', '.join(f'{p:.3f}' for p in reached)}; bag of words {counted:.3f}, majority .500",
        unit="",
        runs=(statistics.mean(reached),),
        load=load,
        command=COMMAND,
        op=">=",
        target=max(0.80, counted),
    )


def seconds() -> Iterator[Row]:
    """The default training through an engine, from the press to the result, as a page asks for it."""
    import contextlib

    from explorer.engine.local import LocalEngine
    from explorer.lab.types.finetuning import TUNE

    load = load_now()
    with contextlib.closing(LocalEngine(precomputed=None)) as engine:
        begun = time.perf_counter()
        engine.run(TUNE, _info(), inputs("zh"))
        took = time.perf_counter() - begun
    figure = "two starts, default training, from the press to the end, model cold"
    yield Row("finetuning.sentiment_run_s", figure, "s", (took,), load, COMMAND, "<=", 90)


def _far_enough(values: tuple[Any, ...], kind: type) -> bool:
    """Three steps are made, and the last thing told is of this kind."""
    from explorer.lab.types.finetuning import TuneStep

    return sum(isinstance(value, TuneStep) for value in values) >= 3 and isinstance(values[-1], kind)


def stop() -> Iterator[Row]:
    """Stop pressed in mid-step and among the held-out sentences → no more work."""
    import contextlib

    from explorer.engine.local import LocalEngine
    from explorer.engine.runs import Runs
    from explorer.lab.types.core import Progress
    from explorer.lab.types.finetuning import TUNE, TuneStep

    load, took = load_now(), []
    with contextlib.closing(LocalEngine(precomputed=None)) as engine:
        for seed, kind in enumerate((TuneStep, Progress, TuneStep)):
            run = Runs(engine).start(TUNE, _info(), inputs("zh", seed))
            while not run.ended and not _far_enough(run.so_far, kind):
                time.sleep(0.001)
            pressed = time.perf_counter()
            run.stop()
            while not run.ended:
                time.sleep(0.005)
            took.append(time.perf_counter() - pressed)
    figure = "stop pressed → the training has ended, in mid-step and while held-out sentences are read"
    yield Row("finetuning.stop_s", figure, "s", (max(took),), load, COMMAND, "<=", 1)


def step_ratio() -> Iterator[Row]:
    """Our step and that of a plain PyTorch loop on the same batches, in turn; the median of the pairs."""
    import torch

    from explorer.lab.finetuning import DECAY, Learning, read
    from explorer.learning.loop import shuffled
    from explorer.learning.trainable import trainable

    load, model, one = load_now(), body(), inputs("zh")
    lessons = read(model, one.train)
    ours = Learning(model, one, "pre-trained", lessons)
    list(ours.read_below())
    from explorer.learning.heads import SequenceHead

    head = SequenceHead(model.d_model, 2, "mean")
    plain = trainable(model, lambda: head, tune=one.layers)
    weights = [each for each in plain.parameters() if each.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=one.rate, weight_decay=DECAY)
    ratios = []
    order = shuffled(len(lessons), one.batch, one.epochs, torch.Generator().manual_seed(one.seed))
    for numbers, _ in zip(order, range(STEPS), strict=False):
        ids, mask = model.tensor_inputs([list(lessons[n].ids) for n in numbers.tolist()])
        labels = torch.tensor([lessons[n].label for n in numbers.tolist()])
        begun = time.perf_counter()
        ours.step()
        between = time.perf_counter()
        optimiser.zero_grad()
        states = plain.body(ids, attention_mask=mask).last_hidden_state
        pooled = (states * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        torch.nn.functional.cross_entropy(head.classify(pooled), labels).backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        ratios.append((between - begun) / (time.perf_counter() - between))
    figure = f"one training step against a plain PyTorch loop on the same batches, median of {len(ratios)}"
    yield Row("finetuning.step_ratio", figure, "", (statistics.median(ratios),), load, COMMAND, "<=", 1.10)


def planted() -> Iterator[Row]:
    """Five wrong labels among the training sentences: how many are among the 20 least confident."""
    load, model = load_now(), body()
    found = []
    for seed in SEEDS:
        one = replace(inputs("zh", seed), starts=("pre-trained",))
        wrong = [(2 * n + 1) * len(one.train) // 10 for n in range(5)]
        taught = teaching.sentences("judgement", "zh", "train")
        train = tuple((text, 1 - label if n in wrong else label) for n, (text, label) in enumerate(taught))
        confidence = run(model, replace(one, train=train)).taught_p[0].mean(axis=0)
        found.append(len(set(np.argsort(confidence, kind="stable")[:20].tolist()) & set(wrong)) / len(wrong))
    figure = "share of five wrong labels among the 20 least confident of 204, mean of five seeds; chance .1"
    yield Row("finetuning.map_finds_errors", figure, "", (statistics.mean(found),), load, COMMAND, ">=", 0.6)


def run(model: Model, asked: TuneInputs) -> TuneResult:
    from explorer.lab import finetuning
    from explorer.lab.types.finetuning import TuneResult

    *_, result = finetuning.tune(model, asked)
    assert isinstance(result, TuneResult)
    return result


def body() -> Model:
    from explorer.engine.threads import configure_torch
    from explorer.models.catalog import catalog
    from explorer.models.network import loader

    configure_torch()
    return loader.load(catalog.default("masked"))


def _info() -> str:
    from explorer.models.catalog import catalog

    return catalog.default("masked").id


def _first_paint() -> Iterator[Row]:
    from benchmarks import browser

    return browser.first_paint("finetuning", "/finetuning", first=RESULT, most=1.7)


def _task(name: str) -> Iterator[Row]:
    from benchmarks import finetuning_tasks

    return finetuning_tasks.task(name)


def _other_reader() -> Iterator[Row]:
    from benchmarks import finetuning_browser

    return finetuning_browser.other_reader()


def _reload() -> Iterator[Row]:
    from benchmarks import finetuning_browser

    return finetuning_browser.reload()


GROUPS: dict[tuple[str, ...], Callable[[], Iterator[Row]]] = {
    ("finetuning.first_paint_s", "finetuning.first_paint_ratio", "finetuning.first_paint_torch"): _first_paint,
    ("finetuning.sentiment_zh", "finetuning.start_gap", "finetuning.start_gap_low", "finetuning.loss_below"): zh,
    ("finetuning.sentiment_en",): en,
    ("finetuning.sentiment_run_s",): seconds,
    ("finetuning.step_ratio",): step_ratio,
    ("finetuning.stop_s",): stop,
    ("finetuning.map_finds_errors",): planted,
    **{(f"finetuning.{name}",): partial(_task, name) for name in ("entities_f1", "nli_accuracy", "pos_accuracy")},
    ("finetuning.other_reader_p95_s",): _other_reader,
    ("finetuning.reload_finds_run",): _reload,
}
