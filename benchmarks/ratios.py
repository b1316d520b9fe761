"""What one batch saves: our experiments against `pipeline("fill-mask")`, same weights, same process, same threads.

Knows transformers' pipeline and our experiments' inputs. Both sides read the same sentence, answer the same positions,
and are warm; every run has a sentence of its own, so that the engine remembers nothing.
"""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.rows import Row, load_now
from explorer.engine.local import LocalEngine
from explorer.lab.types.core import Tokens
from explorer.lab.types.masking import FILL, SCAN, Edit, FillInputs, ScanInputs, ScanResult
from explorer.models.catalog import catalog

WARM_UP = "傍晚的时候，邻居家的小女孩抱着一只白猫，站在门口等爸爸下班回来。"
SENTENCES = (  # 32 tokens each; one a run, so that no answer can be a remembered one
    "这条老街上有一家开了三十年的书店，老板总爱坐在窗边喝茶看旧报纸。",
    "飞机因为大雾晚了两个小时才起飞，等我到家的时候，孩子们都睡着了。",
    "他把昨天没有写完的作业拿出来，一边听着雨声，一边慢慢地写到深夜。",
)
COMMAND = "python -m benchmarks masking masking.all_positions_ratio_fp32"


@dataclass(frozen=True)
class Run:
    """Seconds on one sentence, and how far the fast answers lie from fp32.

    pipeline, pipeline_single  once a position, all together and the median of one
    fp32, fast, single         ours: all positions in fp32, all as the engine picks, the median of one covered position
    """

    pipeline: float
    pipeline_single: float
    fp32: float
    fast: float
    single: float
    apart: float
    same_top: float
    precision: str


def measure() -> Iterator[Row]:
    """The ratios of times, and how far the fast answers lie from fp32."""
    load = load_now()
    model_id = catalog.default("masked").id
    with contextlib.closing(LocalEngine(precomputed=None)) as engine:
        pipeline = _pipeline(model_id)
        _run(engine, model_id, pipeline, WARM_UP)
        runs = [_run(engine, model_id, pipeline, sentence) for sentence in SENTENCES]
        if engine.counters().memory_hits:
            raise RuntimeError("a remembered answer was timed")

    def row(id: str, figure: str, unit: str, op: str, target: float, *values: float) -> Row:
        return Row(f"masking.{id}", figure, unit, values, load, COMMAND, op, target)

    batch = "all positions of a 32-字 sentence in one batch against pipeline('fill-mask') once a position"
    single = "one covered position through the engine against the same pipeline"
    picked = f"as the engine picks here ({runs[0].precision})"
    faster = "times faster"
    yield row("all_positions_ratio_fp32", f"{batch}, fp32", faster, ">=", 2, *(run.pipeline / run.fp32 for run in runs))
    yield row(
        "all_positions_ratio_fast", f"{batch}, {picked}", faster, ">=", 4, *(run.pipeline / run.fast for run in runs)
    )
    apart, same = max(run.apart for run in runs), min(run.same_top for run in runs)
    yield row("all_positions_fast_dp", f"largest |Δp| from fp32, {picked}, all runs", "", "<=", 0.01, apart)
    yield row(
        "all_positions_fast_top5", f"share of positions with fp32's top five, {picked}, all runs", "", ">=", 1, same
    )
    yield row("single_ratio", single, faster, ">=", 1, *(run.pipeline_single / run.single for run in runs))


def _run(engine: LocalEngine, model_id: str, pipeline: Callable[[str], Any], sentence: str) -> Run:
    tokens = engine.tokens(model_id, sentence)
    positions = [at for at, special in enumerate(tokens.special) if not special]
    mask_id = engine.vocabulary(model_id).index("[MASK]")

    def scan(precision: str) -> ScanResult:
        result = engine.run(SCAN, model_id, ScanInputs(sentence, precision)).result
        return result

    def fill(at: int) -> Any:
        return engine.run(FILL, model_id, FillInputs(sentence, (Edit(at, mask_id),), (at,))).result

    theirs = [_seconds(pipeline, _covered(tokens, at))[0] for at in positions]
    fp32, exact = _seconds(scan, "fp32")
    picked, fast = _seconds(scan, "auto")
    ours = [_seconds(fill, at)[0] for at in positions]
    apart, same_top = _difference(exact, fast)
    return Run(
        sum(theirs), statistics.median(theirs), fp32, picked, statistics.median(ours), apart, same_top, fast.precision
    )


def _difference(exact: ScanResult, fast: ScanResult) -> tuple[float, float]:
    """Largest difference of any probability both report, and the share of positions with equal top five."""
    apart = float(np.abs(exact.p_original - fast.p_original).max())
    for at in range(len(exact.positions)):
        theirs = dict(zip(fast.top_ids[at].tolist(), fast.top_p[at].tolist(), strict=True))
        shared = [
            abs(p - theirs[id])
            for id, p in zip(exact.top_ids[at].tolist(), exact.top_p[at].tolist(), strict=True)
            if id in theirs
        ]
        apart = max([apart, *shared])
    return apart, float((exact.top_ids == fast.top_ids).all(axis=1).mean())


def _covered(tokens: Tokens, at: int) -> str:
    start, end = tokens.offsets[at]
    return f"{tokens.text[:start]}[MASK]{tokens.text[end:]}"


def _pipeline(model_id: str) -> Callable[[str], Any]:
    """The library's own way, on the same weights in fp32."""
    import torch
    from transformers import AutoModelForMaskedLM, AutoTokenizer, pipeline
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    folder = catalog.entry(model_id).folder
    model = AutoModelForMaskedLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
    found: Callable[[str], Any] = pipeline("fill-mask", model=model, tokenizer=AutoTokenizer.from_pretrained(folder))
    return found


def _seconds(work: Callable[[Any], Any], argument: Any) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work(argument)
    return time.perf_counter() - start, result
