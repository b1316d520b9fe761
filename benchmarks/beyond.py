"""Figures of chapter 11, 文字之外. One entry of GROUPS a measurement: the figures it yields, and how it is made.

Pre-trained and re-embedded against random on DNA: ten sets of words a number of examples, the differences paired by the
words. A measurement imports what it needs when it runs.
"""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.rows import Row, load_now

RESULT = ".st-key-beyond-circle .js-plotly-plot"  # on the page: what it is opened for
SEEDS = 10
COMMAND = "python -m benchmarks beyond {}"


def _row(id: str, figure: str, unit: str, value: float, load: float, op: str = "", target: float | None = None) -> Row:
    return Row(f"beyond.{id}", figure, unit, (value,), load, COMMAND.format(f"beyond.{id}"), op, target)


def _first_paint() -> Iterator[Row]:
    from benchmarks import browser

    return browser.first_paint("beyond", "/beyond", first=RESULT, most=1.7)


def _dna_seconds() -> Iterator[Row]:
    """The default training through an engine that has nothing computed, from the press to the result."""
    from explorer.content import dna, three_starts
    from explorer.engine.local import LocalEngine
    from explorer.evidence import beyond
    from explorer.lab.types.finetuning import TUNE
    from explorer.models.catalog import catalog

    load = load_now()
    with contextlib.closing(LocalEngine(precomputed=None)) as engine:
        begun = time.perf_counter()
        engine.run(TUNE, catalog.default("masked").id, beyond.dna_inputs(dna.FIRST["zh"], three_starts.AMOUNT))
        took = time.perf_counter() - begun
    figure = "three starts, 100 examples, 10 epochs, from the press to the end, model cold"
    yield _row("dna_run_s", figure, "s", took, load, "<=", 120)


def _dna_gap() -> Iterator[Row]:
    """The whole grid: what is missing is measured and stored; then both differences at each number of examples."""
    from explorer.content import dna_grid, three_starts
    from explorer.evidence import beyond
    from explorer.evidence.dna_grid import run_all

    load = load_now()
    for _ in run_all(three_starts.AMOUNTS, three_starts.DRAWS):
        pass
    for amount, found in dna_grid.by_amount(dna_grid.read()).items():
        counted, placed = beyond.baselines(amount)
        for name, start in (("dna_gap", "pre-trained"), ("reembedded", "re-embedded")):
            mean, low, high = dna_grid.gap(found, start)
            figure = (
                f"{start} − random, accuracy, {len(found)} sets of words, {low:.3f} to {high:.3f}; {amount} examples;"
                f" counted pieces {counted:.3f}, letters in place {placed:.3f}"
            )
            yield _row(name, figure, "", mean, load)


def _collapse() -> Iterator[Row]:
    """Ten seeds with and without a stop-gradient; and how long one run takes."""
    from explorer.evidence import beyond
    from explorer.lab import collapse
    from explorer.lab.types.collapse import CollapseInputs, CollapseResult

    load = load_now()
    held = beyond.collapses(range(SEEDS))
    figure = f"without a stop-gradient sd < .05, with one > .5: {held} of {SEEDS} seeds"
    yield _row("collapse", figure, "1 = yes", float(held == SEEDS), load, "==", 1)
    took = []
    for seed in range(SEEDS, SEEDS + 3):
        *_, found = collapse.collapse(None, CollapseInputs(seed=seed))
        assert isinstance(found, CollapseResult)
        took.append(found.seconds)
    yield _row("collapse_s", "one run, the median of three", "s", statistics.median(took), load, "<=", 5)


def exact_error() -> float:
    """The largest difference between the collapse's encoder and loss and the same in NumPy, in float64."""
    import torch

    from explorer.lab import collapse

    generator = torch.Generator().manual_seed(7)
    net = collapse.drawn(generator)
    x = torch.randn(64, 2, generator=generator)
    plain = {name: one.detach().double().numpy() for name, one in net.items()}
    inner = x.double().numpy() @ plain["in"]
    hidden = np.maximum((inner - inner.mean(0)) / np.sqrt(inner.var(0) + 1e-5) * plain["scale"] + plain["shift"], 0)
    z = hidden @ plain["out"] + plain["last_shift"]
    unit = z / np.linalg.norm(z, axis=1, keepdims=True)
    found = collapse.encoded(net, x).detach()
    loss = float(collapse.apart(found, found.roll(1, 0), negatives=False))
    return float(max(np.abs(found.numpy() - z).max(), abs(loss + (unit * np.roll(unit, 1, 0)).sum(1).mean())))


def _exact() -> Iterator[Row]:
    figure = "the collapse's encoder and loss against NumPy, largest difference"
    yield _row("exact", figure, "", exact_error(), load_now(), "<=", 1e-5)


GROUPS: dict[tuple[str, ...], Callable[[], Iterator[Row]]] = {
    ("beyond.first_paint_s", "beyond.first_paint_ratio", "beyond.first_paint_torch"): _first_paint,
    ("beyond.dna_run_s",): _dna_seconds,
    ("beyond.dna_gap", "beyond.reembedded"): _dna_gap,
    ("beyond.collapse", "beyond.collapse_s"): _collapse,
    ("beyond.exact",): _exact,
}
