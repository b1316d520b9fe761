"""Figures of chapter 5, 语境. One entry of GROUPS a measurement: the figures it yields, and how it is made.

A measurement imports what it needs when it runs: the browser ones never load torch into this process.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator

from benchmarks.rows import Row, load_now, percentile
from explorer.lab.types.context import CBOW, EMBED

RESULT = '.sesame[data-key="context-map"], .sesame[data-key="context-stage"]'  # on the page: what it is opened for

RUNS = 3
MAP = '.sesame[data-key="context-map"][data-ready]'
STAGE = '.sesame[data-key="context-stage"][data-ready]'
SUBJECTS = "老师 妈妈 司机 邻居 经理 医生 同学 爷爷 记者 姐姐".split()
ENDS = "苹果真甜 苹果涨价了 苹果放在桌上 苹果卖完了 苹果的新手机".split()
MIDDLES = (
    "说 觉得 听说 在电话里告诉大家 昨天晚上在饭桌上跟我们讲 写信来说 不相信 很早以前就知道 笑着回答 一边走一边说"
).split()


def _first_paint() -> Iterator[Row]:
    from benchmarks import browser

    return browser.first_paint("context", "/context", first=f"{MAP} canvas.heat")


def _scrub() -> Iterator[Row]:
    """The scrubber taken through all 13 layers and back, heat-map and PCA map redrawn."""
    from benchmarks import browser
    from tests.browser.server import running

    load = load_now()
    frames, passes = [], []
    with browser.chromium() as chromium, running() as server:
        page = chromium.new_context(locale="zh-CN", viewport=browser.VIEWPORT).new_page()
        page.goto(f"{server.url}/context")
        page.locator(f"{MAP} canvas.heat").first.wait_for(timeout=60_000)
        page.locator(browser.IDLE).wait_for(state="attached", timeout=60_000)
        box = page.locator(f"{STAGE} input[data-scrub]").bounding_box()
        assert box, "the scrubber is not visible"
        y = box["y"] + box["height"] / 2
        for _ in range(RUNS):
            before = server.status()["forward_passes"]
            page.mouse.move(box["x"] + box["width"] / 2, y)
            page.mouse.down()
            page.evaluate(browser.RECORD_FRAMES)
            for x in (box["x"] + 1, box["x"] + box["width"] - 1, box["x"] + box["width"] / 2):
                page.mouse.move(x, y, steps=40)
            frames.append(percentile(page.evaluate(browser.STOP_FRAMES), 0.95))
            page.mouse.up()
            page.locator(browser.IDLE).wait_for(state="attached")
            passes.append(float(server.status()["forward_passes"] - before))
    command = "python -m benchmarks context context.scrub_frame_p95_ms"
    drawn = "time between two frames while the layer is scrubbed across all 13, 95th percentile"
    computed = "forward passes meanwhile"
    yield Row("context.scrub_frame_p95_ms", drawn, "ms", tuple(frames), load, command, "<=", 50)
    yield Row("context.scrub_forward_passes", computed, "", tuple(passes), load, command, "<=", 0)


def _umap_ready() -> Iterator[Row]:
    """A fresh process: first paint → UMAP usable; and clicks on 填空 in the meantime."""
    from benchmarks import browser
    from tests.browser.server import running

    load = load_now()
    ready, clicks = [], []
    with browser.chromium() as chromium:
        for _ in range(RUNS):
            with running(environment={"SESAME_PRECOMPUTED": "off"}) as server:
                page = browser._open_sentence(chromium, server)
                painted = time.perf_counter()
                times = []
                for at in itertools.cycle(range(2, 33)):
                    if server.status()["umap_ready"] or time.perf_counter() - painted > 120:
                        break
                    times.append(browser._click(page, at)[0])
                ready.append(time.perf_counter() - painted)
                clicks.append(percentile(times, 0.95) if times else 0.0)
                page.context.close()
    command = "python -m benchmarks context context.umap_ready_s"
    yield Row(
        "context.umap_ready_s", "fresh process, first paint → UMAP usable", "s", tuple(ready), load, command, "<=", 20
    )
    what = "click on a token of 填空 → new bars while UMAP compiles, 95th percentile"
    yield Row("context.click_while_umap_p95_ms", what, "ms", tuple(clicks), load, command, "<=", 600)


def _umap_200() -> Iterator[Row]:
    import numpy as np

    from explorer.lab import umap_client

    load = load_now()
    rng = np.random.default_rng(0)
    umap_client.umap_of(rng.normal(size=(24, 16)), 2)  # compiles
    took = []
    for _ in range(RUNS):
        rows = rng.normal(size=(200, 384))
        start = time.perf_counter()
        umap_client.umap_of(rows, 2)
        took.append(time.perf_counter() - start)
    command = "python -m benchmarks context context.umap_200_s"
    yield Row(
        "context.umap_200_s", "a later UMAP fit of 200 points, one layer", "s", tuple(took), load, command, "<=", 1.5
    )


def sentences() -> tuple[str, ...]:
    """500 sentences of very different lengths, each with 苹果."""
    return tuple(f"{who}{how}，{end}。" for who, how, end in itertools.product(SUBJECTS, MIDDLES, ENDS))


def _embed() -> Iterator[Row]:
    """500 sentences embedded, sorted by length and batched, against one by one."""
    from explorer.engine.local import LocalEngine
    from explorer.lab.types.context import EmbedInputs, Occurrence
    from explorer.models.catalog import catalog

    load = load_now()
    items = tuple(Occurrence(line, line.index("果"), line.index("果") + 1) for line in sentences())
    model_id = catalog.default("masked").id
    batched: list[float] = []
    alone: list[float] = []
    for seed in range(RUNS):
        with contextlib.closing(LocalEngine(precomputed=None)) as engine:
            engine.run(EMBED, model_id, EmbedInputs(items[:8]))
            for sort, into in ((True, batched), (False, alone)):
                start = time.perf_counter()
                engine.run(EMBED, model_id, EmbedInputs(items, seed, sort))
                into.append(time.perf_counter() - start)
    command = "python -m benchmarks context context.batch_ratio"
    ratio = tuple(one / many for one, many in zip(alone, batched, strict=True))
    what = "500 sentences, sorted by length and batched, against one by one"
    yield Row("context.batch_ratio", what, "times faster", ratio, load, command, ">=", 1.5)
    yield Row(
        "context.embed_500_s", "500 sentences embedded at all layers", "s", tuple(batched), load, command, "<=", 12
    )


def _cbow() -> Iterator[Row]:
    """50 kB of text, 100 dimensions, to the end of the training."""
    from explorer.engine.local import LocalEngine
    from explorer.lab.types.context import CbowInputs
    from explorer.models.catalog import catalog
    from explorer.views.context.cbow import built_in

    load = load_now()
    text = built_in("zh")
    while len(text.encode("utf-8")) < 50_000:
        text += "\n" + built_in("zh")
    text = text.encode("utf-8")[:50_000].decode("utf-8", "ignore")
    model_id = catalog.default("masked").id
    took = []
    with contextlib.closing(LocalEngine(precomputed=None)) as engine:
        engine.run(CBOW, model_id, CbowInputs(text[:2000]))
        for seed in range(RUNS):
            start = time.perf_counter()
            engine.run(CBOW, model_id, CbowInputs(text, seed=seed))
            took.append(time.perf_counter() - start)
    command = "python -m benchmarks context context.cbow_s"
    yield Row("context.cbow_s", "CBOW on 50 kB of text, 100 dimensions", "s", tuple(took), load, command, "<=", 15)


GROUPS: dict[tuple[str, ...], Callable[[], Iterator[Row]]] = {
    ("context.first_paint_s", "context.first_paint_ratio", "context.first_paint_torch"): _first_paint,
    ("context.scrub_frame_p95_ms", "context.scrub_forward_passes"): _scrub,
    ("context.umap_ready_s", "context.click_while_umap_p95_ms"): _umap_ready,
    ("context.umap_200_s",): _umap_200,
    ("context.batch_ratio", "context.embed_500_s"): _embed,
    ("context.cbow_s",): _cbow,
}
