"""What a reader of 接龙 waits for at a browser: a step, a dragged dial, and how soon the work ends when it is unwanted.

Starts its own app and its own Chromium. Of the page it knows the hooks that the browser tests use too.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page

from benchmarks import browser
from benchmarks.rows import Row, load_now, percentile
from tests.browser.server import Server, running

RUNS = 3
CLICKS = 20
TEXT = "从前有一座山，山脚下有一个小镇，"
ROOT = '.sesame[data-key="generation-a"][data-ready]'
# The time from a click to the frame after the next token stands there and its bars are drawn.
AWAIT_STEP = """
(root) => {
  window.answered = new Promise((resolve) => {
    let clicked = null;
    const before = root.dataset.length;
    root.addEventListener("click", () => { clicked = performance.now(); }, {capture: true, once: true});
    const observer = new MutationObserver(() => {
      if (clicked === null || root.dataset.length === before) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - clicked), 0));
    });
    observer.observe(root, {attributes: true, attributeFilter: ["data-ready"]});
  });
}
"""
Make = Callable[..., Row]


def clicks(row: Make) -> Iterator[Row]:
    """Click on "step" → new token and bars visible."""
    load, medians = load_now(), []
    with browser.chromium() as chromium, running() as server:
        for run in range(RUNS):
            page = _open(chromium, server, text=f"{TEXT}{'一二三'[run]}", tool="step")
            page.locator(ROOT).wait_for(timeout=60_000)
            times = []
            for _ in range(CLICKS):
                page.locator(browser.IDLE).wait_for(state="attached")
                page.evaluate(AWAIT_STEP, page.locator(ROOT).element_handle())
                page.locator(f'{ROOT} [data-do="step"]').click()
                times.append(float(page.evaluate("window.answered")))
            medians.append(statistics.median(times))
            page.context.close()
    what = f'click on "step" → new token and its bars visible, Chromium, median of {CLICKS} clicks a run'
    yield row("step_click_p50_ms", what, "ms", "<=", 350, medians, load)


def dial(row: Make) -> Iterator[Row]:
    """The temperature dragged across its range and back: what the model computed, and how long frames took."""
    load, passes, frames = load_now(), [], []
    with browser.chromium() as chromium, running() as server:
        page = _open(chromium, server, text=TEXT, tool="step")
        page.locator(ROOT).wait_for(timeout=60_000)
        page.locator(browser.TEMPERATURE).first.scroll_into_view_if_needed()
        box = page.locator(browser.TEMPERATURE).first.bounding_box()
        assert box, "the temperature dial is not visible"
        for _ in range(RUNS):
            before = server.status()["forward_passes"]
            page.evaluate(browser.RECORD_FRAMES)
            browser._drag(page, box["x"], box["y"] + box["height"] / 2, box["width"])
            frames.append(percentile(page.evaluate(browser.STOP_FRAMES), 0.95))
            page.locator(browser.IDLE).wait_for(state="attached")
            passes.append(float(server.status()["forward_passes"] - before))
        page.context.close()
    what = "forward passes while the temperature is dragged across its range and back"
    yield row("dial_forward_passes", what, "", "<=", 0, passes, load)
    what = "time between two frames meanwhile, 95th percentile"
    yield row("dial_frame_p95_ms", what, "ms", "<=", 50, frames, load)


def ends(row: Make) -> Iterator[Row]:
    """A long text under way: stop is pressed, or the browser closed; when is the last forward pass made?"""
    load, stopped, closed = load_now(), [], []
    with browser.chromium() as chromium, running() as server:
        for run in range(RUNS):
            page = _writing(chromium, server, run)
            page.get_by_role("button", name="停", exact=True).click()
            stopped.append(_last_pass(server))
            page.context.close()
            page = _writing(chromium, server, 100 + run)
            page.context.close()
            closed.append(_last_pass(server))
    what = "seconds from {} mid-stream to the last forward pass, in Chromium"
    yield row("stop_after_s", what.format("stop"), "s", "<=", 1, stopped, load)
    yield row("closed_after_s", what.format("closing the browser"), "s", "<=", 5, closed, load)


def _writing(chromium: Browser, server: Server, seed: int) -> Page:
    page = _open(chromium, server, text=TEXT, tool="write", long="400", seed=str(seed))
    page.get_by_role("button", name="写", exact=True).click()
    page.locator(".written .w").nth(2).wait_for(timeout=60_000)
    return page


def _last_pass(server: Server) -> float:
    """Seconds until the count of forward passes last changed; it must then stand still for two."""
    start = time.perf_counter()
    last, changed = server.status()["forward_passes"], 0.0
    while time.perf_counter() - start < changed + 2:
        time.sleep(0.05)  # a counter in another process announces nothing
        if (now := server.status()["forward_passes"]) != last:
            last, changed = now, time.perf_counter() - start
    return changed


def _open(chromium: Browser, server: Server, **state: str) -> Page:
    page = browser._page(chromium)
    page.goto(f"{server.url}/generation?{urlencode({'v': '1', 'lang': 'zh', **state})}")
    page.locator(browser.IDLE).wait_for(state="attached", timeout=60_000)
    return page
