"""Figures of chapter 9, 微调, that need readers: a click elsewhere while two train, a training found after a reload.

Starts its own app and its own Chromium. Of the page it knows the keys of its buttons and the text of its progress bar.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page

from benchmarks import browser
from benchmarks.reader import Reader
from benchmarks.rows import Row, load_now, percentile
from tests.browser.server import Server, running

CLICKS, EVERY_S = 40, 1.0
SENTENCE = "渔夫把补好的网挂在门外晒了一个下午。"
TRAIN, HOLD, GO_ON = (f".st-key-finetuning-{name} button" for name in ("train", "hold", "go-on"))
BAR = "[data-testid='stProgress']"
TIMEOUT = 120_000
COMMAND = "python -m benchmarks finetuning finetuning.{}"


def other_reader() -> Iterator[Row]:
    """One reader covers token after token of 填空 while two others train, each ten epochs from both starts.

    The clicks are told to the server and answered by it, as on a page that can't answer them itself.
    """
    load = load_now()
    with browser.chromium() as chromium, running(environment={"SESAME_PRECOMPUTED": "off"}) as server:
        trainers = [_training(chromium, server, seed) for seed in (1, 2)]
        with ThreadPoolExecutor(1) as aside:  # Playwright's own loop runs in this thread
            seconds = aside.submit(asyncio.run, _clicks(server)).result()
        still = [page.locator(HOLD).count() for page in trainers]
        for page in trainers:
            page.context.close()
    if still != [1, 1]:
        raise RuntimeError("a training ended before the last click")
    figure = f"a reader's click on 填空 → bars, {len(seconds)} clicks, while two readers train, two starts each"
    p95 = percentile(seconds, 0.95)
    yield Row(
        "finetuning.other_reader_p95_s", figure, "s", (p95,), load, COMMAND.format("other_reader_p95_s"), "<=", 1.5
    )


def reload() -> Iterator[Row]:
    """A page that trains is reloaded: 1 if it shows the same run, as far as before or farther, and still going on.

    A training begun anew would begin at 0.
    """
    load = load_now()
    with browser.chromium() as chromium, running(environment={"SESAME_PRECOMPUTED": "off"}) as server:
        page = _training(chromium, server, 3)
        _farther(page, 0)
        before = _seen(page)
        page.reload()
        page.locator(HOLD).wait_for(timeout=TIMEOUT)
        found = _seen(page)
        onward = _farther(page, found)
        page.context.close()
    figure = f"a training reloaded in mid-run: {before} sentences read before, {found} shown after, then {onward}"
    same = float(found >= before and onward > found)
    yield Row("finetuning.reload_finds_run", figure, "", (same,), load, COMMAND.format("reload_finds_run"), ">=", 1)


def _training(chromium: Browser, server: Server, seed: int) -> Page:
    """A reader whose training of 情感 has begun."""
    page = chromium.new_context(locale="zh-CN", viewport=browser.VIEWPORT).new_page()
    query = {"v": "2", "lang": "zh", "epochs": "10", "seed": str(seed)}
    page.goto(f"{server.url}/finetuning?{urlencode(query)}")
    page.locator(TRAIN).click(timeout=TIMEOUT)
    page.locator(HOLD).wait_for(timeout=TIMEOUT)
    return page


async def _clicks(server: Server) -> list[float]:
    """Seconds of each click, the model warm."""
    state = {"v": "1", "text": SENTENCE, "masks": "1", "focus": "1"}
    async with Reader(server.url, "masking", lang="zh", **state) as reader:
        await reader.open()
        took = []
        for n in range(CLICKS):
            await asyncio.sleep(EVERY_S)
            clicked = time.perf_counter()
            await reader.cover(1 + (n + 1) % (len(SENTENCE) - 1))
            took.append(time.perf_counter() - clicked)
        return took


def _seen(page: Page) -> int:
    """How many sentences the training has read, by its progress bar; 0 before the first."""
    found = re.search(r"([\d,]+)\s*/\s*[\d,]+", page.locator(BAR).first.inner_text(timeout=TIMEOUT))
    return int(found[1].replace(",", "")) if found else 0


def _farther(page: Page, than: int) -> int:
    """What the bar says once it is beyond `than`. Raises TimeoutError."""
    deadline = time.monotonic() + TIMEOUT / 1000
    while time.monotonic() < deadline:
        if (now := _seen(page)) > than:
            return now
        page.wait_for_timeout(200)
    raise TimeoutError(f"the training stays at {than}")
