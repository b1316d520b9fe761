"""Figures of chapter 2, 填空. One entry of GROUPS a measurement: the figures it yields, and how it is made.

A measurement imports what it needs when it runs: the browser ones never load torch into this process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from benchmarks.rows import Row, load_now

RUNS = 3


def _first_paint() -> Iterator[Row]:
    from benchmarks import browser

    return browser.first_paint("masking", "/masking", first=browser.BAR)


def _clicks() -> Iterator[Row]:
    from benchmarks import browser

    return browser.clicks()


def _dial() -> Iterator[Row]:
    from benchmarks import browser

    return browser.dial()


def _ratios() -> Iterator[Row]:
    from benchmarks import ratios

    return ratios.measure()


def _load40() -> Iterator[Row]:
    """A class of forty, three times, each on a fresh process with the model loaded and no result remembered."""
    from benchmarks import load
    from benchmarks.rows import percentile
    from tests.browser.server import running

    before = load_now()
    outcomes = []
    for seed in range(RUNS):
        with running(environment={"SESAME_PRECOMPUTED": "off"}) as server, load.cores(server):
            asyncio.run(load.warm(server))
            outcomes.append(load.run(server, seed=seed))
    for error in sorted({error for outcome in outcomes for error in outcome.errors}):
        print(f"  {error}")
    what = f"{load.READERS} readers, a click every {load.EVERY_S:g} s for {load.LASTING_S:g} s"
    command = "python -m benchmarks masking masking.load40_errors"
    clicks = " + ".join(str(len(outcome.seconds)) for outcome in outcomes)
    for id, figure, unit, op, target, values in (
        (
            "errors",
            f"{what}: failures ({clicks} clicks answered)",
            "",
            "<=",
            0,
            [float(len(o.errors)) for o in outcomes],
        ),
        (
            "p95_s",
            f"{what}: click → page run with new bars",
            "s",
            "<=",
            1.5,
            [percentile(o.seconds, 0.95) for o in outcomes],
        ),
        ("rss_gb", f"{what}: largest memory of the app", "GB", "<=", 2.5, [o.peak_bytes / 1e9 for o in outcomes]),
        (
            "hit_rate",
            f"{what}: share of clicks that needed no computation",
            "",
            "",
            None,
            [o.hit_rate for o in outcomes],
        ),
    ):
        yield Row(f"masking.load40_{id}", figure, unit, tuple(values), before, command, op, target)


def _second_reader() -> Iterator[Row]:
    """One reader opens 填空 and covers a token; then another does."""
    from benchmarks import load
    from tests.browser.server import running

    before = load_now()
    loads = []
    for _ in range(RUNS):
        with running(environment={"SESAME_PRECOMPUTED": "off"}) as server:
            asyncio.run(load.warm(server))
            first = server.status()["model_loads"]
            asyncio.run(load.one(server, load.SENTENCES[0]))
            loads.append(float(server.status()["model_loads"] - first))
    command = "python -m benchmarks masking masking.second_reader_loads"
    yield Row(
        "masking.second_reader_loads",
        "model loads caused by a second reader",
        "",
        tuple(loads),
        before,
        command,
        "<=",
        0,
    )


GROUPS: dict[tuple[str, ...], Callable[[], Iterator[Row]]] = {
    ("masking.first_paint_s", "masking.first_paint_ratio", "masking.first_paint_torch"): _first_paint,
    ("masking.click_p50_ms", "masking.click_p95_ms"): _clicks,
    ("masking.dial_forward_passes", "masking.dial_frame_p95_ms"): _dial,
    (
        "masking.all_positions_ratio_fp32",
        "masking.all_positions_ratio_fast",
        "masking.all_positions_fast_dp",
        "masking.all_positions_fast_top5",
        "masking.single_ratio",
    ): _ratios,
    (
        "masking.load40_errors",
        "masking.load40_p95_s",
        "masking.load40_rss_gb",
        "masking.load40_hit_rate",
    ): _load40,
    ("masking.second_reader_loads",): _second_reader,
}
