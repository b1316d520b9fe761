"""Figures of chapter 4, 注意力: bytes to the browser, a switched head, frames, and that the numbers are the library's.

The comparison with bertviz needs requirements-bench.txt; without it those two figures are left out, with a remark.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

from benchmarks.rows import Row, load_now, percentile
from explorer.lab.types.attention import LOOK

RESULT = '.sesame[data-key="attention-view"]'  # on the page: what it is opened for

RUNS = 3
SENTENCE = "傍晚时候，邻居家小女孩抱着一只白猫，站在门口等爸爸下班回家。"  # 32 tokens with [CLS] and [SEP]
OTHERS = (
    "河边的老房子里住着一位会修钟表的老人。",
    "下雪以后，孩子们在院子里堆了三个雪人。",
    "他把旧自行车擦得干干净净，送给了弟弟。",
)
LONG = "清晨的菜市场最热闹，卖鱼的把水泼得到处都是，卖菜的把黄瓜摆成小山，老人一边挑一边讲价。" * 3
VIEW = '.sesame[data-key="attention-view"]'
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
COMMAND = "python -m benchmarks attention attention."

AWAIT_DRAWN = """
(canvas) => {
  window.answered = new Promise((resolve) => {
    const begun = performance.now();
    const observer = new MutationObserver(() => {
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begun), 0));
    });
    observer.observe(canvas, {attributes: true, attributeFilter: ["data-drawn"]});
  });
}
"""
AWAIT_TEXT = """
([root, name]) => {
  window.answered = new Promise((resolve) => {
    const begun = performance.now();
    const look = () => root.dataset.ready !== name
      ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begun), 0))
      : requestAnimationFrame(look);
    look();
  });
}
"""


def _bytes() -> Iterator[Row]:
    import numpy as np

    from explorer.components.attention_view import LABELS, View, as_bytes
    from explorer.components.packing import pack
    from explorer.engine import catalog, get_engine
    from explorer.lab.types.attention import LookInputs, Sight

    engine, model = get_engine(), catalog.default("masked").id
    result = engine.run(LOOK, model, LookInputs(Sight(SENTENCE))).result
    marks = [[piece, 0, 0] for piece in result.looking.pieces]
    header = {"labels": dict.fromkeys(LABELS, "x" * 24), "looking": marks, "view": str(View()), "key": "k" * 20}
    payload = len(pack(header, {"weights": as_bytes(result.weights), "exact": result.weights[0, 0]}))
    what = f"bytes sent for all {result.weights.shape[0] * result.weights.shape[1]} heads of {len(marks)} tokens"
    yield Row("attention.bytes_32", what, "B", (float(payload),), 0.0, COMMAND + "bytes_32", "<=", 200_000)
    try:
        from bertviz import model_view
    except ImportError:
        print("  bertviz is not installed (requirements-bench.txt): attention.bytes_ratio is left out")
        return
    import torch

    layers = [torch.from_numpy(np.array(layer))[None] for layer in result.weights]
    html = model_view(layers, [mark[0] for mark in marks], html_action="return").data
    ratio = payload / len(html.encode())
    yield Row("attention.bytes_ratio", "the same against bertviz model_view's HTML of the same attentions", "",
              (ratio,), 0.0, COMMAND + "bytes_ratio", "<=", 0.1)  # fmt: skip


def _first_paint() -> Iterator[Row]:
    from benchmarks import browser

    return browser.first_paint("attention", "/attention", first=f"{VIEW} .thumbs canvas[data-cell]")


def _open(browser: Any, server: Any, text: str) -> Any:
    page = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 720}).new_page()
    page.goto(f"{server.url}/attention?{urlencode({'v': '1', 'lang': 'zh', 'text': text, 'layer': '2'})}")
    page.locator(f"{VIEW} canvas[data-drawn]").wait_for(timeout=60_000)
    page.locator(IDLE).wait_for(state="attached", timeout=60_000)
    return page


def _text() -> Iterator[Row]:
    from benchmarks import browser
    from tests.browser.server import running

    load, medians = load_now(), []
    with browser.chromium() as chromium:
        for _ in range(RUNS):
            with running(environment={"SESAME_PRECOMPUTED": "off"}) as server:
                page, times = _open(chromium, server, SENTENCE), []
                for text in OTHERS:
                    root = page.locator(VIEW).element_handle()
                    page.get_by_role("textbox", name="改一句话").fill(text)
                    page.evaluate(AWAIT_TEXT, [root, page.locator(VIEW).get_attribute("data-ready")])
                    page.keyboard.press("Enter")
                    times.append(float(page.evaluate("window.answered")))
                    page.locator(IDLE).wait_for(state="attached")
                page.context.close()
            medians.append(statistics.median(times))
    yield Row("attention.text_to_screen_p50_ms", "Enter → thumbnails of the new text drawn, Chromium, warm", "ms",
              tuple(medians), load, COMMAND + "text_to_screen_p50_ms", "<=", 500)  # fmt: skip


def _switch() -> Iterator[Row]:
    from benchmarks import browser
    from tests.browser.server import running

    load, medians, passes = load_now(), [], []
    with browser.chromium() as chromium, running(environment={"SESAME_PRECOMPUTED": "off"}) as server:
        page = _open(chromium, server, SENTENCE)
        canvas = page.locator(f"{VIEW} .scroller canvas").element_handle()
        page.locator(f"{VIEW} .thumbs canvas").focus()
        for _ in range(RUNS):
            before, times = server.status()["forward_passes"], []
            for step in ("ArrowRight", "ArrowDown") * 5 + ("ArrowLeft", "ArrowUp") * 5:
                page.evaluate(AWAIT_DRAWN, canvas)
                page.keyboard.press(step)
                times.append(float(page.evaluate("window.answered")))
            medians.append(percentile(times, 0.95))
            page.wait_for_timeout(400)
            page.locator(IDLE).wait_for(state="attached")
            looks = server.status()["forward_passes"] - before
            passes.append(float(looks))
        page.context.close()
    yield Row("attention.switch_ms", "arrow key on the thumbnails → other head drawn, 95th percentile of 20", "ms",
              tuple(medians), load, COMMAND + "switch_ms", "<=", 100)  # fmt: skip
    yield Row("attention.switch_forward_passes", "forward passes meanwhile (the tool below shows the roads not taken)",
              "", tuple(passes), load, COMMAND + "switch_forward_passes", "<=", 0)  # fmt: skip


def _frames() -> Iterator[Row]:
    from benchmarks import browser
    from tests.browser.server import running

    load, frames = load_now(), []
    with browser.chromium() as chromium, running(environment={"SESAME_PRECOMPUTED": "off"}) as server:
        page = _open(chromium, server, LONG[:126])
        box = page.locator(f"{VIEW} .scroller").bounding_box()
        assert box, "the large picture is not visible"
        for _ in range(RUNS):
            page.evaluate(browser.RECORD_FRAMES)
            for at in range(60):
                page.mouse.move(box["x"] + 20 + at * (box["width"] - 40) / 60, box["y"] + 20)
            for step in ("+", "-", "+", "-"):
                page.get_by_role("button", name="放大" if step == "+" else "缩小").click()
            frames.append(percentile(page.evaluate(browser.STOP_FRAMES), 0.95))
        page.context.close()
    yield Row("attention.frame_p95_ms_128", "time between two frames, 128 tokens, hover and zoom, software rendering",
              "ms", tuple(frames), load, COMMAND + "frame_p95_ms_128", "<=", 33)  # fmt: skip


def _exact() -> Iterator[Row]:
    import numpy as np
    import torch
    from transformers import BertModel

    from explorer.engine import catalog, get_engine
    from explorer.lab.types.attention import LookInputs, Sight

    info = catalog.default("masked")
    result = get_engine().run(LOOK, info.id, LookInputs(Sight(SENTENCE))).result
    net = BertModel.from_pretrained(
        info.folder, attn_implementation="eager", add_pooling_layer=False, dtype=torch.float32
    ).eval()
    with torch.no_grad():
        weights = net(torch.tensor([result.looking.ids]), output_attentions=True).attentions
    expected = torch.stack(weights)[:, 0].numpy()
    far = float(np.abs(result.weights - expected).max())
    yield Row("attention.exact", "largest difference to the library's eager output, all heads", "", (far,), 0.0,
              COMMAND + "exact", "<=", 1e-6)  # fmt: skip


def _cell() -> Iterator[Row]:
    """softmax(scale · q · k + bias) and weights · v in NumPy, for a tiny network of every architecture class."""
    import subprocess
    import sys

    test = "tests/lab/test_attention.py::test_the_arithmetic_of_a_cell_in_numpy"
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", test], capture_output=True, text=True, check=False)
    what = "1 if the cell's numbers are those of NumPy in every architecture: " + done.stdout.strip().splitlines()[-1]
    yield Row("attention.cell_arithmetic", what, "", (float(done.returncode == 0),), 0.0, COMMAND + "cell_arithmetic",
              ">=", 1)  # fmt: skip


GROUPS: dict[tuple[str, ...], Callable[[], Iterator[Row]]] = {
    ("attention.bytes_32", "attention.bytes_ratio"): _bytes,
    ("attention.text_to_screen_p50_ms",): _text,
    ("attention.switch_ms", "attention.switch_forward_passes"): _switch,
    ("attention.frame_p95_ms_128",): _frames,
    ("attention.exact",): _exact,
    ("attention.cell_arithmetic",): _cell,
    ("attention.first_paint_s", "attention.first_paint_ratio", "attention.first_paint_torch"): _first_paint,
}
