"""Figures of chapter 2, 填空. One entry of GROUPS a measurement: the figures it yields, and how it is made.

A measurement imports what it needs when it runs: the browser ones never load torch into this process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from benchmarks.rows import Row, load_now

RESULT = ".sesame li.row[data-p] .p"  # on the page: what it is opened for

RUNS = 3
POSITIONS = 200
WATCHED = (5_000, 20_000, 30_000)  # tokens from all over the vocabulary, beside the best and the original


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


def _same_digits() -> Iterator[Row]:
    """Every number that can be shown at 200 positions of own sentences, from the heads and from all scores."""
    import tempfile
    from contextlib import closing
    from pathlib import Path

    from explorer.components.distribution import Answers
    from explorer.content import examples
    from explorer.engine import catalog
    from explorer.engine.local import LocalEngine
    from explorer.lab.types.masking import HEADS, WHOLE, WORDS, HeadsInputs, WholeInputs, WordsInputs
    from explorer.paths import EVAL
    from tests.javascript.shown import both

    load, model = load_now(), catalog.default("masked").id
    texts = [(EVAL / f"masking.{lang}.txt").read_text(encoding="utf-8") for lang in examples.LANGUAGES]
    lines = [line for text in texts for line in text.splitlines()]
    same = positions = 0
    with closing(LocalEngine(precomputed=None)) as engine, tempfile.TemporaryDirectory() as folder:
        for line in sorted(text for text in lines if text and not text.startswith("#")):
            ref = HEADS.ref(HeadsInputs(line))
            found = engine.run(HEADS, model, HeadsInputs(line)).result
            words = engine.run(WORDS, model, WordsInputs(ref, WATCHED)).result
            n = min(len(found.positions), POSITIONS - positions)
            where = found.positions[:n].tolist()
            wholes = [engine.run(WHOLE, model, WholeInputs(ref, at)).result.logits for at in where]
            answers = Answers(
                where, found.ids[:n], found.logits[:n], found.tails[:n], [found.known(row) for row in range(n)],
                WATCHED, words.logits[:n], words.rank[:n], found.vocab_size,
            )  # fmt: skip
            for one in both(Path(folder), answers, wholes):
                same += one["ranks"] == one["whole"] and all(said["shown"] == said["whole"] for said in one["said"])
            positions += n
            if positions == POSITIONS:
                break
    what = f"share of {positions} positions where all that can be shown is the same from head and whole"
    command = "python -m benchmarks masking masking.click_same_digits"
    yield Row("masking.click_same_digits", what, "", (same / positions,), load, command, ">=", 1)


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
    (
        "masking.click_p50_ms",
        "masking.click_p95_ms",
        "masking.click_ratio",
        "masking.click_script_runs",
    ): _clicks,
    ("masking.click_same_digits",): _same_digits,
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
