"""Figures of chapter 12, 家族. One entry of GROUPS a measurement: the figures it yields, and how it is made.

What is no speed is measured by explorer/evidence/family.py; here it is counted, n of m reported as n.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.rows import Row, load_now

if TYPE_CHECKING:
    from explorer.engine.base import Engine

RESULT = '[class*="st-key-family-tune-reward"] .js-plotly-plot'  # on the page: what it is opened for
SEEDS, PANEL_SEEDS, READERS, NORM_SEEDS = 10, 5, 5, 5
FRESH = 100  # of seeds with which nothing was looked at before
COMMAND = "python -m benchmarks family {}"


def _row(id: str, figure: str, unit: str, value: float, op: str, target: float, load: float) -> Row:
    return Row(f"family.{id}", figure, unit, (value,), load, COMMAND.format(f"family.{id}"), op, target)


def _first_paint() -> Iterator[Row]:
    from benchmarks import browser

    return browser.first_paint("family", "/family", first=RESULT, most=1.7)


def _three_steps() -> Iterator[Row]:
    """All three on an engine that has nothing computed; then each of them stopped in the middle."""
    from explorer.engine.local import LocalEngine
    from explorer.lab.types import toy_language as toy
    from explorer.lab.types.rlhf import REWARD, SFT, TUNE, run_of

    load = load_now()

    def three(run: Any) -> tuple[tuple[Any, Any], ...]:
        return (SFT, run.sft), (REWARD, run.reward), (TUNE, run.tune)

    with contextlib.closing(LocalEngine(precomputed=None)) as engine:
        run = run_of(toy.PANELS["polite"])
        start = time.perf_counter()
        for experiment, inputs in three(run):
            engine.run(experiment, None, inputs)
        seconds = time.perf_counter() - start
        other = run_of(toy.PANELS["polite"], seed=1)
        stops = [stopped_s(engine, experiment, inputs) for experiment, inputs in three(other)]
    yield _row("rlhf_s", "the three steps to the end, defaults", "s", seconds, "<=", 75, load)
    yield _row("stop_s", "nothing runs any more after a stop, the slowest of three", "s", max(stops), "<=", 1, load)


def stopped_s(engine: Engine, experiment: Any, inputs: Any) -> float:
    """Seconds from stopping it after its third step until the engine computes nothing any more.

    Whoever stops is told so at once; the step that runs then goes on to its end.
    """
    from explorer.engine.base import CancelToken
    from explorer.errors import Cancelled

    cancel, asked = CancelToken(), 0.0
    with contextlib.suppress(Cancelled):
        for seen, _ in enumerate(engine.stream(experiment, None, inputs, cancel=cancel), 1):
            if seen == 3:
                asked = time.perf_counter()
                cancel.cancel()
    while engine.counters().in_flight:
        time.sleep(0.001)
    return time.perf_counter() - asked


def _counted() -> Iterator[Row]:
    from explorer.evidence import family

    agree = float(family.counts_agree())
    yield _row("count_exact", "weights counted from the numbers are as many as there are", "1 = yes", agree, "==", 1,
               load_now())  # fmt: skip


def gradient_error() -> float:
    """On a language of three tokens, in float64, the largest of three errors.

    The gradient of the training against finite differences, at every parameter; the listed KL against Σ π ln π / π_ref
    in NumPy; and the KL of the best policy at β = 10⁶, which should be 0.
    """
    import torch

    from explorer.learning import exact, policy

    with policy.one_thread():
        shape = policy.Shape(words=3, longest=4, layers=1, width=8, heads=2)
        generator = torch.Generator().manual_seed(0)
        reference = policy.fresh(shape, generator, torch.float64)
        moved = {
            name: one + 0.3 * torch.randn(one.shape, generator=generator, dtype=torch.float64)
            for name, one in reference.items()
        }
        rows = exact.every_row(shape, 1, 0)
        reward = torch.linspace(-1, 2, len(rows), dtype=torch.float64)
        free = {name: one.clone().requires_grad_() for name, one in moved.items()}
        found = exact.policy_gradient(free, reference, shape, rows, 0, reward, 0.1)
        errors, step = [], 1e-6
        with torch.no_grad():
            for name, one in moved.items():
                for at in range(one.numel()):
                    ends = []
                    for sign in (1, -1):
                        one.view(-1)[at] += sign * step
                        ends.append(float(exact.objective(moved, reference, shape, rows, 0, reward, 0.1)))
                        one.view(-1)[at] -= sign * step
                    errors.append(abs(float(found[name].reshape(-1)[at]) - (ends[0] - ends[1]) / (2 * step)))
            new, old = (exact.log_p(one, shape, rows, 0).numpy() for one in (moved, reference))
            listed = float(exact.kl(moved, reference, shape, rows, 0))
            tight = exact.best(torch.from_numpy(old), reward, 1e6).numpy()
        errors += [abs(listed - float((np.exp(new) * (new - old)).sum())), float((np.exp(tight) * (tight - old)).sum())]
    return max(errors)


def _exact() -> Iterator[Row]:
    yield _row("kl_exact", "gradient and KL against listing and finite differences, float64", "largest error",
               gradient_error(), "<=", 1e-5, load_now())  # fmt: skip


def _norms() -> Iterator[Row]:
    from explorer.evidence import family

    load, n = load_now(), NORM_SEEDS
    nearer = family.norms_nearer(range(FRESH, FRESH + n))
    yield _row("norms", "gradient norm, first ÷ last layer: pre-LN's nearer to 1", f"of {n} seeds", nearer, "==", n,
               load)  # fmt: skip
    larger = family.last_is_larger(range(FRESH, FRESH + n))
    yield _row("norm_last", "last layer's gradient: post-LN's larger, pre-LN's smaller with depth", f"of {n} seeds",
               larger, "==", n, load)  # fmt: skip


def _two_losses() -> Iterator[Row]:
    from explorer.evidence import family

    load = load_now()
    without, beside = (family.two_losses(weight) for weight in (0.0, 0.5))
    yield _row("two_losses", f"λ = 0.5 leaves L1 lower than λ = 0: {beside.after:.3f}, {without.after:.3f} nats; "
               f"accuracy {beside.accuracy:.3f}, {without.accuracy:.3f}", "1 = yes",
               float(beside.after < without.after), "==", 1, load)  # fmt: skip


def _seeds() -> Iterator[Row]:
    from explorer.evidence import family

    load, n = load_now(), SEEDS
    leashed, free = [family.run(seed) for seed in range(n)], [family.run(seed, beta=0.0) for seed in range(n)]
    for id, figure, found, holds, target in (
        ("reward_rises", "the reward model's score is higher after PPO", leashed, family.rises, n),
        ("hacking", "β = 0: the model's score rises, the true rule's falls", free, family.hacks, 8),
        ("leash", "default β: the true rule's score rises", leashed, family.improves, 8),
    ):
        yield _row(id, figure, f"of {n} seeds", sum(map(holds, found)), ">=", target, load)


def _panels() -> Iterator[Row]:
    from explorer.evidence import family

    load, n = load_now(), PANEL_SEEDS
    held = family.panels_agree(range(n))
    yield _row("two_panels", "each policy is preferred by its own panel", f"of {n} seeds", held, ">=", n, load)


def _readers() -> Iterator[Row]:
    from explorer.evidence import family

    load, n = load_now(), READERS
    held = family.readers_count(range(n))
    yield _row("reader_counts", "opposite choices, same seed: each prefers the own policy", f"of {n} pairs", held, ">=",
               n, load)  # fmt: skip


GROUPS: dict[tuple[str, ...], Callable[[], Iterator[Row]]] = {
    ("family.first_paint_s", "family.first_paint_ratio", "family.first_paint_torch"): _first_paint,
    ("family.rlhf_s", "family.stop_s"): _three_steps,
    ("family.count_exact",): _counted,
    ("family.kl_exact",): _exact,
    ("family.norms", "family.norm_last"): _norms,
    ("family.two_losses",): _two_losses,
    ("family.reward_rises", "family.hacking", "family.leash"): _seeds,
    ("family.two_panels",): _panels,
    ("family.reader_counts",): _readers,
}
