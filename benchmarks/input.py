"""Figures of chapter 1, 输入. One entry of GROUPS a measurement: the figures it yields, and how it is made."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

from benchmarks.rows import Row, load_now
from explorer.lab.types.inputs import READ_LONG

RESULT = ".sesame .chip"  # on the page: what it is opened for

RUNS = 3
TEXTS = 12
LONG_CHARACTERS = 5_000
CHIPS = '.sesame[data-key="{}"][data-ready] .chip .main'


def _first_paint() -> Iterator[Row]:
    from benchmarks import browser

    return browser.first_paint("input", "/input", first=CHIPS.format("input-strip-right"))


def _text_to_screen() -> Iterator[Row]:
    """Enter pressed on a new text → both tokenizers' chips show it. The model is never asked for."""
    from benchmarks import browser
    from tests.browser.server import running

    before = load_now()
    medians = []
    with browser.chromium() as chromium, running() as server:
        for run in range(RUNS):
            page = chromium.new_context(locale="zh-CN", viewport=browser.VIEWPORT).new_page()
            page.goto(f"{server.url}/input?lang=zh")
            page.locator(CHIPS.format("input-strip-right")).first.wait_for(timeout=60_000)
            page.locator(browser.IDLE).wait_for(state="attached", timeout=60_000)
            times = []
            for n in range(TEXTS + 1):
                mark = f"z{run}{n}q"
                line = page.get_by_role("textbox", name="第一句", exact=True)
                line.fill(f"{mark}傍晚的时候，小女孩抱着一只白猫站在门口等爸爸下班回来。")
                started = time.perf_counter()
                line.press("Enter")
                for key in ("input-strip", "input-strip-right"):
                    page.wait_for_function(_SHOWS, arg=[key, mark], polling="raf")
                times.append(1000 * (time.perf_counter() - started))
                page.locator(browser.IDLE).wait_for(state="attached")
            medians.append(statistics.median(times[1:]))  # the first brings what is loaded once
            page.context.close()
    what = f"Enter on a 30-字 text → tokens of two tokenizers drawn, Chromium, median of {TEXTS} a run"
    command = "python -m benchmarks input input.text_to_screen_p50_ms"
    yield Row("input.text_to_screen_p50_ms", what, "ms", tuple(medians), before, command, "<=", 250)


# Looks through open shadow roots: do the chips of one strip begin with the mark?
_SHOWS = """
([key, mark]) => {
  const find = (root) => root.querySelector(`.sesame[data-key="${key}"]`)
    ?? [...root.querySelectorAll("*")].map((e) => e.shadowRoot && find(e.shadowRoot)).find(Boolean);
  const strip = find(document);
  return strip && [...strip.querySelectorAll(".chip .main")].map((e) => e.textContent).join("").includes(mark);
}
"""


def _long_text() -> Iterator[Row]:
    """5,000 字 through sliding windows, in the engine, the model loaded."""
    from explorer.content import examples
    from explorer.engine import catalog, get_engine
    from explorer.lab.types.inputs import LongInputs

    before = load_now()
    example = examples.entry("input", "long", "zh")
    text = (example["text"] * (LONG_CHARACTERS // len(example["text"]) + 1))[:LONG_CHARACTERS]
    model = catalog.default("masked").id
    get_engine().warm(model)
    seconds = []
    for run in range(RUNS + 1):
        inputs = LongInputs(f"{run}{text}"[:LONG_CHARACTERS], example["ask"], example["template"], "好", "差")
        started = time.perf_counter()
        get_engine().run(READ_LONG, model, inputs)
        seconds.append(time.perf_counter() - started)
    what = f"{LONG_CHARACTERS:,} 字 through windows of 512 sharing 128, both answers of each"
    command = "python -m benchmarks input input.long_text_s"
    yield Row("input.long_text_s", what, "s", tuple(seconds[1:]), before, command, "<=", 20)


GROUPS: dict[tuple[str, ...], Callable[[], Iterator[Row]]] = {
    ("input.first_paint_s", "input.first_paint_ratio", "input.first_paint_torch"): _first_paint,
    ("input.text_to_screen_p50_ms",): _text_to_screen,
    ("input.long_text_s",): _long_text,
}
