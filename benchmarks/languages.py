"""Figures of chapter 6, 跨语言: how long a new sentence takes, what moving a dial costs, how long a head is trained.

A measurement imports what it needs when it runs: the browser ones never load torch into this process.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from benchmarks.rows import Row, load_now, percentile

RESULT = '.sesame[data-key="languages-shift"] .rows li'  # on the page: what it is opened for

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.server import Server

RUNS = 3
SENTENCES = (
    "The tailor mends an old coat by the light of a candle.",
    "Our neighbour feeds the ducks behind the mill.",
    "A young woman waits for the last tram.",
    "The cook forgot to buy onions and carrots.",
    "Two boys carry a heavy ladder through the yard.",
    "My aunt keeps her buttons in a blue tin.",
    "The gardener counts the apples on the highest branch.",
    "Rain has washed the chalk from the pavement.",
)
SHIFT = '.sesame[data-key="languages-shift"] [data-filled] li b'
BOX = 'input[data-dial="{}"]'
# Milliseconds from Enter to the frame after the new sentence's words stand in the figure.
AWAIT_WORDS = """
([root, count]) => {
  window.answered = new Promise((resolve) => {
    let pressed = null;
    const listen = (e) => { if (e.key === "Enter") pressed = performance.now(); };
    document.addEventListener("keydown", listen, {capture: true, once: true});
    const observer = new MutationObserver(() => {
      if (pressed === null || root.querySelectorAll("li").length !== count) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - pressed), 0));
    });
    observer.observe(root, {subtree: true, childList: true, characterData: true});
  });
}
"""


def _first_paint() -> Iterator[Row]:
    from benchmarks import browser

    return browser.first_paint("languages", "/languages", first=SHIFT)


def _shift() -> Iterator[Row]:
    """New sentences typed, each never computed before: Enter → all alphas of the layer on the screen."""
    from benchmarks import browser
    from explorer.engine import get_engine
    from explorer.models.catalog import catalog
    from tests.browser.server import running

    before, medians = load_now(), []
    model = catalog.default("masked").id
    with browser.chromium() as chromium:
        for _ in range(RUNS):
            with running() as server:
                page = _open(chromium, server, text=SENTENCES[0], target="zh", layer="9")
                times = []
                for text in SENTENCES[1:]:
                    count = len(get_engine().tokens(model, text)) - 2
                    root = page.locator('.sesame[data-key="languages-shift"] [data-filled]').element_handle()
                    page.evaluate(AWAIT_WORDS, [root, count])
                    box = page.get_by_role("textbox").first
                    box.fill(text)
                    box.press("Enter")
                    times.append(float(page.evaluate("window.answered")))
                    _rest(page)
                medians.append(percentile(times, 0.5))
                page.context.close()
    yield Row(
        "languages.shift_p50_ms", "new sentence → all α on screen, Chromium, warm model, median of 7 sentences", "ms",
        tuple(medians), before, "python -m benchmarks languages languages.shift_p50_ms", "<=", 600,
    )  # fmt: skip


def _scrub() -> Iterator[Row]:
    """Alpha and layer moved from end to end once all layers are there: what the model computed."""
    from benchmarks import browser
    from tests.browser.server import running

    before, passes = load_now(), []
    with browser.chromium() as chromium, running() as server:
        page = _open(chromium, server, text=SENTENCES[0], target="zh", layer="9")
        for _ in range(RUNS):
            start = server.status()["forward_passes"]
            for dial, low, high in (("alpha", "Home", "End"), ("layer", "Home", "End")):
                box = page.locator(BOX.format(dial))
                for key in (low, *["ArrowRight"] * 6, high):
                    box.press(key)
            _rest(page)
            passes.append(float(server.status()["forward_passes"] - start))
        page.context.close()
    yield Row(
        "languages.scrub_forward_passes", "forward passes while α and layer are moved from end to end", "",
        tuple(passes), before, "python -m benchmarks languages languages.scrub_forward_passes", "<=", 0,
    )  # fmt: skip


def _training() -> Iterator[Row]:
    """A head trained on one language by one reader while another covers tokens in 填空."""
    from benchmarks import browser
    from tests.browser.server import running

    before, seconds, clicks = load_now(), [], []
    with browser.chromium() as chromium, ThreadPoolExecutor(1) as pool:
        for _ in range(RUNS):
            with running(environment={"SESAME_PRECOMPUTED": "off"}) as server:
                page, done = _open(chromium, server, text=SENTENCES[0], target="zh", tool="pos", train="en"), Event()
                start = time.perf_counter()
                page.locator(".st-key-languages-start button").click()
                other = pool.submit(_cover_until, server.url, done)
                page.locator(".st-key-languages-loss").wait_for(timeout=120_000)
                seconds.append(time.perf_counter() - start)
                done.set()
                clicks += other.result()
                page.context.close()
    command = "python -m benchmarks languages languages.pos_train_s"
    yield Row("languages.pos_train_s", "part-of-speech head, one language: click → head tested on six languages", "s",
              tuple(seconds), before, command, "<=", 60)  # fmt: skip
    yield Row("languages.pos_other_p95_s", f"another reader's click meanwhile, p95 of {len(clicks)}", "s",
              (percentile(clicks, 0.95),), before, command, "<=", 1.5)  # fmt: skip


def _cover_until(url: str, done: Event) -> list[float]:
    """Another reader covers one token after the other: seconds from click to new bars."""
    from benchmarks.reader import Reader

    async def cover() -> list[float]:
        times, positions = [], itertools.cycle(range(1, 9))
        async with Reader(url, "masking", v="1", text=SENTENCES[1], masks="1") as reader:
            await reader.open()
            for position in itertools.islice(positions, 1, None):
                begin = time.perf_counter()
                await reader.cover(position)
                times.append(time.perf_counter() - begin)
                if done.is_set():
                    return times
        return times

    return asyncio.run(cover())


def _open(chromium: Browser, server: Server, **state: str) -> Page:
    page = chromium.new_context(locale="zh-CN", viewport={"width": 1280, "height": 720}).new_page()
    page.goto(f"{server.url}/languages?{urlencode({'v': '1', 'lang': 'zh', **state})}")
    page.locator("h2.section").first.wait_for(timeout=120_000)
    _rest(page)
    return page


def _rest(page: Page) -> None:
    from benchmarks.browser import IDLE

    page.locator(IDLE).wait_for(state="attached", timeout=120_000)


GROUPS: dict[tuple[str, ...], Callable[[], Iterator[Row]]] = {
    ("languages.first_paint_s", "languages.first_paint_ratio", "languages.first_paint_torch"): _first_paint,
    ("languages.shift_p50_ms",): _shift,
    ("languages.scrub_forward_passes",): _scrub,
    ("languages.pos_train_s", "languages.pos_other_p95_s"): _training,
}
