"""What a reader at a browser waits for: the first bars, the answer to a click, the frames of a dragged dial.

Starts its own app and its own Chromium. Of the pages it knows the hooks that the browser tests use too: a component's
`data-key`, a chip's `data-i`, a bar's `data-p`, a dial's `data-dial`.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from benchmarks.rows import Row, load_now, percentile
from tests.browser.server import ROOT, Server, await_health, launch_chromium, running

RUNS = 3
PAIRS = 10
EMPTY_APP = 'import streamlit as st\n\nst.text("empty")\n'
FRAGMENT_APP = """import streamlit as st


@st.fragment
def again():
    st.button("again")
    st.session_state.n = st.session_state.get("n", 0) + 1
    st.text(st.session_state.n)


again()
"""
EMPTY_SHOWN = '[data-testid="stText"]'
VIEWPORT: ViewportSize = {"width": 1280, "height": 720}
SENTENCE = "傍晚的时候，邻居家的小女孩抱着一只白猫，站在门口等爸爸下班回来。"
BAR = ".sesame li.row[data-p] .p"
CHIP = '.sesame[data-key="masking-strip"] .chip[data-i="{}"]'
TEMPERATURE = 'input[data-dial="temperature"]'
QUICK = '.sesame[data-key="masking-bars"][data-quick="1"]'
FOLLOWED_MS = 1000  # by then Python has been told of a click that was answered in the page
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'

# Milliseconds from a click to the frame after the change, and what the socket had sent in between. Of `element`, looked
# up through open shadow roots, `attribute` is watched, or with "" its text.
AWAIT_CHANGE = """
([element, attribute]) => {
  window.answered = new Promise((resolve) => {
    let clicked = null;
    let sent = 0;
    document.addEventListener("click", () => { clicked = performance.now(); sent = window.frames_sent; },
      {capture: true, once: true});
    const observer = new MutationObserver(() => {
      if (clicked === null) return;
      observer.disconnect();
      const asked = window.frames_sent - sent;
      requestAnimationFrame(() => setTimeout(() => resolve([performance.now() - clicked, asked]), 0));
    });
    const texts = {characterData: true, childList: true};
    const watched = attribute ? {attributes: true, attributeFilter: [attribute]} : texts;
    observer.observe(element, {subtree: true, ...watched});
  });
}
"""
COUNT_FRAMES = """
window.frames_sent = 0;
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (...data) { window.frames_sent += 1; return send.apply(this, data); };
"""
RECORD_FRAMES = """
() => {
  window.frames_seen = [];
  let last = null;
  const step = (now) => {
    if (last !== null) window.frames_seen.push(now - last);
    last = now;
    window.recording = requestAnimationFrame(step);
  };
  window.recording = requestAnimationFrame(step);
}
"""
STOP_FRAMES = "() => { cancelAnimationFrame(window.recording); return window.frames_seen; }"


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        try:
            yield browser
        finally:
            browser.close()


def first_paint(chapter: str, path: str, *, first: str, most: float = 1.4) -> Iterator[Row]:
    """Process spawn → `first` (a selector) visible, in a Chromium that is already running; nothing is warm.

    Each of ours is followed by an empty Streamlit app, started and opened the same way: machines differ by a factor of
    two from day to day, the ratio hardly does.
    """
    load = load_now()
    command = f"python -m benchmarks {chapter} {chapter}.first_paint_ratio"
    seconds, empty, torch = [], [], []
    with chromium() as browser, tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "app.py").write_text(EMPTY_APP, encoding="utf-8")
        for _ in range(PAIRS):
            took, status = _cold_load(browser, ROOT, path, first)
            seconds.append(took)
            torch.append(float(status["torch_imported"]))
            empty.append(_cold_load(browser, Path(folder), "/", EMPTY_SHOWN)[0])
    what = f"process spawn → {first} visible on {path}, in a running Chromium, cold"
    known = "torch imported by then (1) or not (0), in any run"
    ratio = statistics.median(seconds) / statistics.median(empty)
    beside = f"{what}, ÷ an empty Streamlit app in turn with it ({statistics.median(empty):.3f} s), medians of {PAIRS}"
    yield Row(f"{chapter}.first_paint_ratio", beside, "", (ratio,), load, command, "<=", most)
    yield Row(f"{chapter}.first_paint_s", what, "s", tuple(seconds), load, command)
    yield Row(f"{chapter}.first_paint_torch", known, "", (max(torch),), load, command, "<=", 0)


def _cold_load(browser: Browser, root: Path, path: str, first: str) -> tuple[float, dict[str, Any]]:
    """Seconds from the spawn of the app in `root` to `first` visible on `path`, and /status then (if it has one)."""
    page = _page(browser)
    page.goto("about:blank")
    with running(wait=False, root=root) as server:
        await_health(server)
        page.goto(f"{server.url}{path}", wait_until="commit")
        page.locator(first).first.wait_for(timeout=60_000)
        took = time.perf_counter() - server.started
        status = server.status() if root == ROOT else {}
    page.context.close()
    return took, status


def clicks() -> Iterator[Row]:
    """Click on a token → its bars drawn; every token of a 32-字 sentence once a run, after the sentence was read.

    In the same run, in turn with it: a click on a button of an empty app, to the text its fragment then draws anew.
    """
    load = load_now()
    medians, high, runs, ratios = [], [], [], []
    with chromium() as browser, tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "app.py").write_text(FRAGMENT_APP, encoding="utf-8")
        for _ in range(RUNS):
            with running() as server, running(root=Path(folder)) as empty:
                page, other = _open_sentence(browser, server), _page(browser)
                page.locator(QUICK).wait_for(state="attached", timeout=60_000)
                page.wait_for_timeout(500)  # the answers at all positions are fetched
                other.goto(empty.url)
                other.locator(EMPTY_SHOWN).wait_for(timeout=60_000)
                times, trivial = [], []
                for at in range(2, 33):
                    times.append(_click(page, at))
                    trivial.append(_again(other))
                page.context.close()
                other.context.close()
            took = [ms for ms, _ in times]
            medians.append(statistics.median(took))
            high.append(percentile(took, 0.95))
            runs.append(float(sum(asked for _, asked in times)))
            ratios.append(statistics.median(took) / statistics.median(trivial))
    what = "click on a token → its bars drawn, Chromium, 32-字 sentence, read before"
    command = "python -m benchmarks masking masking.click_p50_ms"
    yield Row(
        "masking.click_p50_ms", f"{what}, median of 31 clicks a run", "ms", tuple(medians), load, command, "<=", 60
    )
    yield Row("masking.click_p95_ms", f"{what}, 95th percentile", "ms", tuple(high), load, command, "<=", 120)
    beside = "the same ÷ a click on a button of an empty app → its fragment drawn anew, medians of one run"
    yield Row("masking.click_ratio", beside, "", tuple(ratios), load, command, "<=", 1)
    asked = "script runs asked for before the bars of 31 clicks were drawn"
    yield Row("masking.click_script_runs", asked, "", tuple(runs), load, command, "<=", 0)


def dial() -> Iterator[Row]:
    """The temperature dragged across its range and back: what the model computed, and how long frames took."""
    load = load_now()
    passes, frames = [], []
    with chromium() as browser, running() as server:
        page = _open_sentence(browser, server)
        page.locator(TEMPERATURE).first.scroll_into_view_if_needed()
        box = page.locator(TEMPERATURE).first.bounding_box()
        assert box, "the temperature dial is not visible"
        for _ in range(RUNS):
            before = server.status()["forward_passes"]
            page.evaluate(RECORD_FRAMES)
            _drag(page, box["x"], box["y"] + box["height"] / 2, box["width"])
            frames.append(percentile(page.evaluate(STOP_FRAMES), 0.95))
            page.locator(IDLE).wait_for(state="attached")
            passes.append(float(server.status()["forward_passes"] - before))
        page.context.close()
    command = "python -m benchmarks masking masking.dial_forward_passes"
    computed = "forward passes while the temperature is dragged across its range and back"
    drawn = "time between two frames meanwhile, 95th percentile"
    yield Row("masking.dial_forward_passes", computed, "", tuple(passes), load, command, "<=", 0)
    yield Row("masking.dial_frame_p95_ms", drawn, "ms", tuple(frames), load, command, "<=", 50)


def _page(browser: Browser) -> Page:
    page = browser.new_context(locale="zh-CN", viewport=VIEWPORT).new_page()
    page.add_init_script(COUNT_FRAMES)
    return page


def _open_sentence(browser: Browser, server: Server) -> Page:
    """填空 on the benchmark's sentence, its first token covered, the model warm and the page at rest."""
    page = _page(browser)
    state = {"v": "1", "lang": "zh", "text": SENTENCE, "masks": "1", "focus": "1"}
    page.goto(f"{server.url}/masking?{urlencode(state)}")
    page.locator(BAR).first.wait_for(timeout=60_000)
    page.locator(IDLE).wait_for(state="attached", timeout=60_000)
    return page


def _click(page: Page, at: int) -> tuple[float, int]:
    """Milliseconds from covering token `at` to its bars, and what was asked of the server before they were drawn."""
    bars = page.locator('.sesame[data-key="masking-bars"] ol').element_handle()
    page.evaluate(AWAIT_CHANGE, [bars, "data-p"])
    page.locator(CHIP.format(at)).click()
    took, asked = page.evaluate("window.answered")
    page.wait_for_timeout(FOLLOWED_MS)
    page.locator(IDLE).wait_for(state="attached")
    return took, asked


def _again(page: Page) -> float:
    """Milliseconds from a click on the empty app's button to its text."""
    page.evaluate(AWAIT_CHANGE, [page.locator(EMPTY_SHOWN).element_handle(), ""])
    page.get_by_role("button", name="again").click()
    took: float = page.evaluate("window.answered")[0]
    page.locator(IDLE).wait_for(state="attached")
    return took


def _drag(page: Page, left: float, y: float, width: float) -> None:
    """From the middle to the left end, to the right end, and back. Raises RuntimeError if the dial did not follow."""
    page.mouse.move(left + width / 2, y)
    page.mouse.down()
    reached = []
    for x, steps in ((left + 1, 30), (left + width - 1, 60), (left + width / 2, 30)):
        page.mouse.move(x, y, steps=steps)
        reached.append(float(page.locator(TEMPERATURE).first.input_value()))
    page.mouse.up()
    if not reached[0] < reached[2] < reached[1]:
        raise RuntimeError(f"the dial did not follow the mouse: {reached}")
