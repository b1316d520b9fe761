"""Figures of chapter 7, 接龙. One entry of GROUPS a measurement: the figures it yields, and how it is made.

A measurement imports what it needs when it runs: the browser ones never load torch into this process.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.rows import Row, load_now, percentile

RESULT = '.sesame[data-key^="generation-"] .row'  # on the page: what it is opened for

RUNS = 3
READERS, TOKENS = 20, 60
BAR = '.sesame[data-key="generation-a"] li.row[data-id] .p'
BEGINNING = (
    "从前有一座山，山脚下有一个小镇，镇上住着一位修钟的老人。每天清晨，他都要爬上钟楼，给那口老钟上好发条，"
    "然后坐在台阶上，看着街上的人来来往往。有一天，一个背着布包的小姑娘走到他面前，问他能不能修好一只不会走的怀表。"
    "老人接过怀表，打开后盖，发现里面夹着一张发黄的照片，"
)
LOAD = """
import sys, time
start = time.perf_counter()
from explorer.engine import threads
threads.configure_torch()
from explorer.models.catalog import catalog
from explorer.models.network import loader
imported = time.perf_counter()
loader.load(catalog.default("causal"))
print(imported - start, time.perf_counter() - imported)
"""


def _row(id: str, figure: str, unit: str, op: str, target: float, values: list[float], load: float) -> Row:
    command = f"python -m benchmarks generation generation.{id}"
    return Row(f"generation.{id}", figure, unit, tuple(values), load, command, op, target)


def _first_paint() -> Iterator[Row]:
    from benchmarks import browser

    return browser.first_paint("generation", "/generation", first=BAR)


def _loads() -> Iterator[Row]:
    """A fresh process each time; the first finds an empty cache folder, the second the copy that the first made."""
    load = load_now()
    first: list[float] = []
    again: list[float] = []
    imports: list[float] = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as cache:
            for seconds in (first, again):
                done = subprocess.run(
                    [sys.executable, "-c", LOAD], env={**os.environ, "SESAME_CACHE": cache},
                    capture_output=True, text=True, encoding="utf-8", check=True,
                )  # fmt: skip
                before, took = (float(number) for number in done.stdout.split())
                seconds.append(took)
            imports.append(before)
    what = "embedded GGUF → model ready, in a fresh process that has imported torch and transformers as the app has"
    yield _row("load_s", f"{what}, empty cache", "s", "<=", 15, first, load)
    yield _row("load_again_s", f"{what}, converted copy in the cache", "s", "<=", 3, again, load)
    yield Row(
        "generation.import_s", "torch and transformers imported, in a fresh process", "s", tuple(imports), load,
        "python -m benchmarks generation generation.import_s",
    )  # fmt: skip


@contextlib.contextmanager
def _engine() -> Iterator[tuple[Any, Any, str]]:
    """An engine with the model loaded, and the same network for bare calls."""
    from explorer.engine.local import LocalEngine
    from explorer.engine.worker import Worker
    from explorer.lab.types.generation import FOLLOW, FollowInputs
    from explorer.models.catalog import catalog

    model_id = catalog.default("causal").id
    with contextlib.closing(LocalEngine(precomputed=None)) as engine:
        engine.run(FOLLOW, model_id, FollowInputs(engine.tokens(model_id, "暖身").ids))
        worker = engine._workers[model_id]
        assert isinstance(worker, Worker)
        yield engine, worker._model, model_id


def _step() -> Iterator[Row]:
    """Steps of the engine and bare calls in turn, each at 100 tokens of context, and what a branch reads anew."""
    import torch
    from transformers import DynamicCache

    from explorer.lab.types.generation import FOLLOW, FollowInputs

    load = load_now()
    ratios, reused = [], []
    with _engine() as (engine, model, model_id):
        ids = list(engine.tokens(model_id, BEGINNING * 2).ids)[:100]
        net = model._net
        for run in range(RUNS):
            ours, bare = [], []
            for n in range(12):
                token = 1000 + 100 * run + n
                engine.run(FOLLOW, model_id, FollowInputs(tuple(ids)), session="reader")
                start = time.perf_counter()
                found = engine.run(FOLLOW, model_id, FollowInputs((*ids, token)), session="reader").result
                ours.append(time.perf_counter() - start)
                reused.append(found.kept / len(ids))
                with torch.inference_mode():
                    cache = DynamicCache()
                    net(torch.tensor([ids]), past_key_values=cache, use_cache=True)
                    start = time.perf_counter()
                    net(torch.tensor([[token]]), past_key_values=cache, use_cache=True)
                    bare.append(time.perf_counter() - start)
            ratios.append(statistics.median(ours) / statistics.median(bare))
    what = "one engine step with kept keys and values at 100 tokens of context against a bare model(...) call"
    yield _row("step_ratio", what, "times", "<=", 1.15, ratios, load)
    what = "rewind and branch at 100 tokens: share of the prefix whose keys and values are used again"
    yield _row("branch_reuse", what, "", ">=", 1, [min(reused)], load)


def _stream() -> Iterator[Row]:
    """100 tokens from the engine, every step's candidates included, against the library's generate; in turn."""
    import torch

    from explorer.lab.types.generation import WRITE, Settings, WriteInputs

    load = load_now()
    ratios = []
    settings = Settings(temperature=0.9, top_p=0.95)
    with _engine() as (engine, model, model_id):
        ids = engine.tokens(model_id, BEGINNING).ids
        for run in range(RUNS):
            start = time.perf_counter()
            values = list(engine.stream(WRITE, model_id, WriteInputs(ids, 100, settings, run)))
            ours = (len(values) - 1) / (time.perf_counter() - start)
            torch.manual_seed(run)
            start = time.perf_counter()
            with torch.inference_mode():
                out = model._net.generate(
                    torch.tensor([ids]), do_sample=True, temperature=0.9, top_p=0.95, top_k=0, max_new_tokens=100
                )
            theirs = (out.shape[1] - len(ids)) / (time.perf_counter() - start)
            ratios.append(ours / theirs)
    what = "tokens a second, 100 streamed with every step's candidates, against model.generate(do_sample=True)"
    yield _row("stream_ratio", what, "times", ">=", 1, ratios, load)


def _write_ratio() -> Iterator[Row]:
    """100 tokens as 放手写 gets them against llama.cpp on the same GGUF, threads and settings; in turn.

    llama.cpp multiplies by the file's four to eight bits as they are; here they are unpacked to fp32 once, and every
    step's rank, surprisal and entropy are counted, which llama.cpp's loop is not asked for.
    """
    try:
        from llama_cpp import Llama
    except ImportError:
        print("  llama-cpp-python is not installed (requirements-bench.txt): generation.write_ratio is left out")
        return
    import torch

    from explorer.lab.types.generation import WRITE, Settings, WriteInputs
    from explorer.models.catalog import catalog

    load = load_now()
    ours, theirs = [], []
    settings = Settings(temperature=0.9, top_p=0.95)
    path = str(catalog.default("causal").folder / "model.gguf")
    with _engine() as (engine, _, model_id):
        threads = torch.get_num_threads()
        with contextlib.closing(
            Llama(path, n_ctx=1024, n_threads=threads, n_threads_batch=threads, verbose=False)
        ) as llama:
            ids = engine.tokens(model_id, BEGINNING).ids
            same = {"temp": 0.9, "top_p": 0.95, "top_k": 0, "min_p": 0.0, "repeat_penalty": 1.0}
            list(itertools.islice(llama.generate(list(ids), **same), 3))
            for run in range(RUNS):
                start = time.perf_counter()
                values = list(engine.stream(WRITE, model_id, WriteInputs(ids, 100, settings, run)))
                ours.append((len(values) - 1) / (time.perf_counter() - start))
                llama.reset()
                llama.set_seed(run)
                start = time.perf_counter()
                written = list(itertools.islice(llama.generate(list(ids), **same), 100))
                theirs.append(len(written) / (time.perf_counter() - start))
    what = f"tokens a second of 放手写, 100 with every step's candidates, on {threads} threads"
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    for id, figure, unit, values in (
        ("write_ratio", f"{what}, ÷ llama-cpp-python on the same GGUF, in turn with it", "times", ratios),
        ("write_rate", what, "1/s", ours),
        ("write_llama_rate", "the same of llama-cpp-python", "1/s", theirs),
    ):
        command = "python -m benchmarks generation generation.write_ratio"
        yield Row(f"generation.{id}", figure, unit, tuple(values), load, command)


def _same() -> Iterator[Row]:
    """A stream against a plain loop: the whole text read anew each step, the library's processors, one draw."""
    import numpy as np
    import torch
    from transformers.generation import logits_process as g

    from explorer.lab.types.generation import WRITE, Settings, WriteInputs, chance_at

    load = load_now()
    settings = Settings(temperature=0.8, top_k=50, top_p=0.95, min_p=0.01, repetition=1.1)
    steps = [
        g.RepetitionPenaltyLogitsProcessor(1.1), g.TemperatureLogitsWarper(0.8), g.TopKLogitsWarper(50),
        g.TopPLogitsWarper(0.95), g.MinPLogitsWarper(0.01),
    ]  # fmt: skip
    same = []
    with _engine() as (engine, model, model_id):
        for seed in range(RUNS):
            now = list(engine.tokens(model_id, BEGINNING[:40]).ids)
            *written, _ = engine.stream(WRITE, model_id, WriteInputs(tuple(now), 30, settings, seed))
            chosen = []
            for _ in written:
                with torch.inference_mode():
                    scores = model._net(torch.tensor([now]), use_cache=False).logits[:, -1].float()
                for step in steps:
                    scores = step(torch.tensor([now]), scores)
                p, order = scores.double().softmax(-1)[0].sort(descending=True, stable=True)
                chosen.append(int(order[int((p.cumsum(0) <= chance_at(seed, len(now))).sum())]))
                now.append(chosen[-1])
            same.append(float(np.array_equal(chosen, [one.token_id for one in written])))
    what = "30 tokens under a fixed seed and all five settings: the same as a plain loop on the library (1) or not (0)"
    yield _row("same_tokens", what, "", ">=", 1, same, load)


def _readers() -> Iterator[Row]:
    """Twenty readers who write at once, in one process, against one alone."""
    from explorer.lab.types.generation import WRITE, Settings, WriteInputs

    load = load_now()
    errors, firsts, ratios = [], [], []
    with _engine() as (engine, _, model_id):
        ids = engine.tokens(model_id, BEGINNING[:30]).ids

        def read(seed: int, seen: dict[str, list[float]]) -> None:
            inputs = WriteInputs(ids, TOKENS, Settings(), seed)
            start = time.perf_counter()
            try:
                values = engine.stream(WRITE, model_id, inputs, session=f"reader {seed}")
                times = [time.perf_counter() - start for _ in values]
                seen["first"].append(times[0])
                seen["tokens"].append(len(times) - 1)
            except Exception:
                seen["errors"].append(1)

        for run in range(RUNS):
            alone: dict[str, list[float]] = {"first": [], "tokens": [], "errors": []}
            start = time.perf_counter()
            read(10_000 + run, alone)
            single = alone["tokens"][0] / (time.perf_counter() - start)
            seen: dict[str, list[float]] = {"first": [], "tokens": [], "errors": []}
            threads = [threading.Thread(target=read, args=(100 * run + n, seen)) for n in range(READERS)]
            start = time.perf_counter()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            ratios.append(sum(seen["tokens"]) / (time.perf_counter() - start) / single)
            errors.append(float(len(seen["errors"])))
            firsts.append(percentile(seen["first"], 0.95))
    what = f"{READERS} readers, {TOKENS} tokens each, at once in one process"
    yield _row("readers20_errors", f"{what}: failures", "", "<=", 0, errors, load)
    yield _row("readers20_first_token_p95_s", f"{what}: first token, 95th percentile", "s", "<=", 3, firsts, load)
    yield _row(
        "readers20_ratio", f"{what}: tokens a second together, against one alone", "times", ">=", 3, ratios, load
    )


def _clicks() -> Iterator[Row]:
    from benchmarks import generation_browser

    return generation_browser.clicks(_row)


def _dial() -> Iterator[Row]:
    from benchmarks import generation_browser

    return generation_browser.dial(_row)


def _ends() -> Iterator[Row]:
    from benchmarks import generation_browser

    return generation_browser.ends(_row)


GROUPS: dict[tuple[str, ...], Callable[[], Iterator[Row]]] = {
    ("generation.first_paint_s", "generation.first_paint_ratio", "generation.first_paint_torch"): _first_paint,
    ("generation.load_s", "generation.load_again_s", "generation.import_s"): _loads,
    ("generation.step_ratio", "generation.branch_reuse"): _step,
    ("generation.stream_ratio",): _stream,
    ("generation.write_ratio", "generation.write_rate", "generation.write_llama_rate"): _write_ratio,
    ("generation.same_tokens",): _same,
    ("generation.step_click_p50_ms",): _clicks,
    ("generation.dial_forward_passes", "generation.dial_frame_p95_ms"): _dial,
    (
        "generation.readers20_errors",
        "generation.readers20_first_token_p95_s",
        "generation.readers20_ratio",
    ): _readers,
    ("generation.stop_after_s", "generation.closed_after_s"): _ends,
}
