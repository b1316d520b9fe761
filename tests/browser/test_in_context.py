"""Chapter 8, 语境学习, on a prompt of the reader's own; numbers against the transformers library called directly.

Rows typed, the prompt token by token, bars, curve        test_bars_and_curve_are_the_library_s
Labels turned round, order shuffled, in the link          test_labels_and_order_change_the_prompt_and_the_link
A row that is none is told, the page lives on             test_a_row_without_an_arrow_is_told
No gradient: the checksum                                 test_no_weight_changes
Beside it, the same example by gradient                   test_the_same_example_by_gradient_changes_a_copy_and_no_more
The order by hand                                         test_an_example_is_moved_with_the_keyboard
Nine models of three sizes, stopped                       test_scaling_is_stopped
The toy is trained and can be stopped                     test_the_toy_is_stopped_and_trained
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watch
from tests.browser.journey import Reader, eventually, figure, idle, linked, percent
from tests.browser.quiet import RUNS
from tests.browser.server import Server
from tests.pace import PACE

ROWS = ("猫 → 两只耳朵", "蜘蛛 → 八条腿", "鱼 → 没有腿")
QUERY, OTHERS = "蚂蚁", ("六条腿", "八条腿", "没有腿")


class InContext(Reader):
    """A reader on 语境学习."""

    def __init__(self, page: Page, lang: str = "zh") -> None:
        super().__init__(page, "in_context", lang)

    def writes(self, box: str, text: str) -> None:
        line = self.page.get_by_role("textbox", name=self.say(box), exact=True)
        line.fill(text)
        line.press("Control+Enter" if box == "rows" else "Enter")
        expect(line).to_have_value(text)
        idle(self.page)

    def uses(self, tool: str) -> None:
        self.picks("tools", self.say(f"tool.{tool}"))
        idle(self.page)

    def bars(self) -> dict[str, str]:
        rows = figure(self.page, "in_context-bars").locator("li")
        return {
            row.locator(".w").inner_text().strip(): row.locator(".p").inner_text().split("✓")[0].strip()
            for row in rows.all()
        }


@pytest.fixture(scope="module")
def own(chromium: Browser, server: Server) -> Iterator[InContext]:
    """One page with rows of the reader's own, with which the journeys go on."""
    watch, context = Watch(), chromium.new_context(locale="zh-CN", viewport={"width": 1280, "height": 720})
    context.add_init_script(path=RUNS)
    page = context.new_page()
    page.set_default_timeout(60_000 * PACE)
    watch.follow(page)
    page.goto(f"{server.url}/in_context?lang=zh")
    idle(page)
    reader = InContext(page)
    reader.writes("line", "动物有几条腿")
    reader.writes("rows", "\n".join(ROWS))
    reader.writes("query", QUERY)
    reader.writes("others", " / ".join(OTHERS))
    yield reader
    context.close()
    assert not watch.outside and not watch.errors


def expected(gemma: Any, k: int, answer: str) -> float:
    """P(answer) after the first k rows, by the library."""
    import torch

    prompt = "\n".join(["动物有几条腿", *ROWS[:k], f"{QUERY} →"])
    start = len(gemma.tokenizer.encode(prompt).ids)
    ids = torch.tensor([gemma.tokenizer.encode(f"{prompt} {answer}").ids])
    with torch.inference_mode():
        log_p = gemma._net(ids, use_cache=False).logits[0, :-1].double().log_softmax(-1)
    return float(log_p.gather(1, ids[0, 1:, None])[start - 1 :].sum().exp())


def test_bars_and_curve_are_the_library_s(own: InContext, gemma: Any) -> None:
    shown = {answer: percent(expected(gemma, 3, answer)) for answer in OTHERS}
    eventually(own.page, lambda: _same(own.bars(), shown))
    expect(own.page.locator(".prompt p")).to_have_count(5)
    wanted = [expected(gemma, k, OTHERS[0]) for k in range(4)]

    def drawn() -> None:
        traces = {trace["name"]: trace["y"] for trace in own.plot("in_context-curve")}
        np.testing.assert_allclose(traces[OTHERS[0]], wanted, atol=1e-5)

    eventually(own.page, drawn)


def test_labels_and_order_change_the_prompt_and_the_link(own: InContext) -> None:
    lines = own.page.locator(".prompt p")
    before = lines.all_inner_texts()
    own.picks("labels", own.say("label.flipped"))
    eventually(own.page, lambda: _differs(lines.all_inner_texts(), before))
    linked(own.page, "labels=flipped")
    own.picks("labels", own.say("label.gold"))
    eventually(own.page, lambda: _same(lines.all_inner_texts(), before))
    own.page.get_by_role("button", name=own.say("shuffle")).click()
    linked(own.page, "order=1")
    own.page.get_by_role("button", name=own.say("as_written")).click()
    eventually(own.page, lambda: _same(lines.all_inner_texts(), before))


def test_a_row_without_an_arrow_is_told(own: InContext) -> None:
    own.writes("rows", "猫 → 两只耳朵\n蜘蛛")
    own.sees(own.say("errors.row_no_sign", row=2, sign="→"))
    own.writes("rows", "\n".join(ROWS))
    eventually(own.page, lambda: _same(own.page.locator(".prompt p").count(), 5))


def test_no_weight_changes(own: InContext) -> None:
    own.uses("still")
    own.page.get_by_role("button", name=own.say("still.run")).click()
    sums = own.main.locator("table.plain-table code")
    expect(sums.first).to_be_visible(timeout=120_000 * PACE)
    idle(own.page)
    before, after = sums.all_inner_texts()[:2]
    assert before == after


def test_the_same_example_by_gradient_changes_a_copy_and_no_more(own: InContext) -> None:
    own.uses("still")
    own.page.get_by_role("slider", name=own.say("k")).press("Home")
    own.sees(own.say("errors.no_examples"))
    own.page.get_by_role("slider", name=own.say("k")).press("ArrowRight")
    own.page.get_by_role("button", name=own.say("gradient.run")).click()
    expect(own.page.locator(".st-key-in_context-gradient-p .js-plotly-plot")).to_be_visible(timeout=120_000 * PACE)
    idle(own.page)  # the table may come after the figure
    sums = own.main.locator("table.plain-table code").all_inner_texts()[-3:]  # the copy before and after, the model
    assert sums[0] == sums[2] != sums[1]


def test_an_example_is_moved_with_the_keyboard(own: InContext) -> None:
    own.page.get_by_text(own.say("move.title"), exact=True).click()
    rows = own.page.locator('[class*="st-key-in_context-row"] input[type="radio"]')
    rows.first.press("ArrowDown")
    linked(own.page, "row=1")
    up = own.page.get_by_role("button", name=own.say("move.up"))
    expect(up).to_be_enabled()  # a key pressed on it before is lost
    idle(own.page)
    up.press("Enter")
    idle(own.page)  # the box is a new one, beside which the old one may stand until then
    moved = "\n".join((ROWS[1], ROWS[0], ROWS[2]))
    expect(own.page.get_by_role("textbox", name=own.say("rows"), exact=True)).to_have_value(moved)
    own.writes("rows", "\n".join(ROWS))


def test_the_toy_is_stopped_and_trained(own: InContext) -> None:
    own.uses("toy")
    train = own.page.get_by_role("button", name=own.say("toy.train"))
    train.click()
    own.cancels()
    expect(train).to_be_visible()
    idle(own.page)
    train.click()
    expect(own.page.locator(".st-key-in_context-toy-stripe .js-plotly-plot")).to_be_visible(timeout=120_000 * PACE)
    idle(own.page)
    (grown,) = own.plot("in_context-toy-score")
    assert grown["y"][0] < 0.15 < 0.5 <= grown["y"][-1]


def test_scaling_is_stopped(own: InContext) -> None:
    own.uses("scaling")
    own.page.get_by_role("button", name=own.say("scaling.run")).click()
    own.cancels()
    expect(own.page.get_by_role("button", name=own.say("scaling.run"))).to_be_visible()


def _same(found: object, wanted: object) -> None:
    assert found == wanted


def _differs(found: object, old: object) -> None:
    assert found != old
