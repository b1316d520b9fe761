"""The bars in Chromium: numbers equal NumPy's, dials act without the server, words are watched, secrets kept."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.components import gallery_data as data
from tests.browser.components.conftest import OpenGallery, component
from tests.browser.journey import eventually, idle
from tests.pace import PACE


def rows(bars: Locator, kind: str = "") -> list[dict[str, float]]:
    found = bars.locator(f".row[data-kind='{kind}']" if kind else ".row[data-id]").all()
    return [{name: float(row.get_attribute(f"data-{name}") or "nan") for name in ("id", "p", "rank")} for row in found]


def turn(bars: Locator, dial: str, position: float, *, let_go: bool = True) -> None:
    """Move a dial to a position of its scale, as a finger does; `let_go` ends the gesture."""
    bars.locator(f'input[data-dial="{dial}"]').evaluate(
        """(input, [position, letGo]) => {
            input.value = String(position);
            input.dispatchEvent(new Event("input", {bubbles: true}));
            if (letGo) input.dispatchEvent(new Event("change", {bubbles: true}));
            return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        }""",
        [position, let_go],
    )


def temperature(bars: Locator) -> float:
    label = bars.locator('input[data-dial="temperature"]').get_attribute("aria-valuetext") or ""
    return float(re.findall(r"[\d.]+", label)[0])


def test_numbers_equal_numpy_all_along_the_temperature_dial(open_gallery: OpenGallery) -> None:
    page = open_gallery("distribution")
    bars = component(page, "bars")
    ends = {0: 0.1, 68: 1.0, 100: 3.0}
    for position in (68, 0, 21.5, 50, 84, 100):
        turn(bars, "temperature", position, let_go=False)
        assert position not in ends or temperature(bars) == ends[position]
        logits = data.scores(0)
        p = data.softmax(logits, temperature(bars))
        found = rows(bars)
        expected = np.lexsort((np.arange(data.SIZE), -logits))[: len(found)]
        assert [row["id"] for row in found] == expected.tolist()
        for row in found:
            assert row["p"] == pytest.approx(p[int(row["id"])], abs=1e-6)
            assert row["rank"] == 1 + int((logits > logits[int(row["id"])]).sum())
        (rest,) = rows(bars, "rest")
        assert rest["p"] == pytest.approx(1 - sum(row["p"] for row in found), abs=1e-6)
        width = bars.locator(".row .bar u").first.evaluate("(bar) => parseFloat(bar.style.width)")
        assert width == pytest.approx(100 * found[0]["p"], abs=1e-3)


def test_the_verdict_follows_the_dial(open_gallery: OpenGallery) -> None:
    bars = component(open_gallery("distribution"), "bars")
    expect(bars.locator(".verdict")).to_have_text(
        re.compile(r"原来的字是 好：模型给它 55\.0 %，排第 1。|好.*55\.0 %.*1")
    )
    turn(bars, "temperature", 100, let_go=False)
    p = data.softmax(data.scores(0), 3.0)[data.ID["好"]]
    assert float(bars.locator(".verdict").get_attribute("data-p") or 0) == pytest.approx(p, abs=1e-6)


def test_a_moving_dial_asks_the_server_nothing(open_gallery: OpenGallery) -> None:
    page = open_gallery("distribution")
    bars = component(page, "bars")
    page.wait_for_load_state("networkidle")
    sent: list[str] = []
    page.on("request", lambda request: None if request.url.endswith("/painted") else sent.append(request.url))
    page.evaluate(
        """() => {
            window.frames_sent = 0;
            const send = WebSocket.prototype.send;
            WebSocket.prototype.send = function (...data) { window.frames_sent += 1; return send.apply(this, data); };
        }"""
    )
    knob = bars.locator('input[data-dial="temperature"]').bounding_box()
    assert knob
    y = knob["y"] + knob["height"] / 2
    page.mouse.move(knob["x"] + knob["width"] * 0.68, y)
    page.mouse.down()
    for share in (0.2, 0.9, 0.4, 0.6, 0.1):
        page.mouse.move(knob["x"] + knob["width"] * share, y, steps=6)
    eventually(page, lambda: _true(temperature(bars) < 0.2))
    assert page.evaluate("window.frames_sent") == 0
    assert sent == []
    page.mouse.up()
    expect(page.get_by_text(f"temperature={temperature(bars)}")).to_be_visible()
    assert page.evaluate("window.frames_sent") == 1


def test_a_dial_moved_again_is_not_set_back_by_the_answer_to_the_first_move(open_gallery: OpenGallery) -> None:
    page = open_gallery("distribution")
    bars = component(page, "bars")
    bars.locator('input[data-dial="temperature"]').evaluate(
        """async (input) => {
            const move = (position) => {
                input.value = String(position);
                for (const event of ["input", "change"]) input.dispatchEvent(new Event(event, {bubbles: true}));
            };
            move(100);
            await new Promise((done) => setTimeout(done, 320));  // told, and on its way
            move(0);
        }"""
    )
    expect(page.get_by_text("temperature=0.1 ")).to_be_visible()
    idle(page)  # the bars have had both answers
    assert temperature(bars) == 0.1


def test_one_frame_is_cheap(open_gallery: OpenGallery) -> None:
    """What a frame costs is what our code and its layout take, in the middle of forty: other processes delay some."""
    bars = component(open_gallery("distribution"), "bars")
    turn(bars, "show", 30)
    spent = bars.evaluate(
        """(root) => {
            const input = root.querySelector('input[data-dial="temperature"]');
            const frame = window.requestAnimationFrame;
            const spent = [];
            let asked = [];
            window.requestAnimationFrame = (draw) => asked.push(draw);
            for (let i = 0; i < 40; i++) {
                input.value = String(20 + i);
                const start = performance.now();
                input.dispatchEvent(new Event("input"));
                const drawings = asked;
                asked = [];
                for (const draw of drawings) draw(start);
                root.getBoundingClientRect();
                spent.push([performance.now() - start, drawings.length]);
            }
            window.requestAnimationFrame = frame;
            return spent.sort(([a], [b]) => a - b);
        }"""
    )
    assert [drawings for _, drawings in spent] == [1] * 40
    assert spent[20][0] <= 25 * PACE


def test_a_dial_goes_back_to_its_place(open_gallery: OpenGallery) -> None:
    page = open_gallery("distribution")
    bars = component(page, "bars")
    turn(bars, "temperature", 20)
    expect(page.get_by_text(f"temperature={temperature(bars)}")).to_be_visible()
    bars.get_by_role("button", name="恢复").first.click()
    eventually(page, lambda: _true(temperature(bars) == 1.0))
    expect(page.get_by_text("temperature=1.0")).to_be_visible()
    idle(page)  # the answer would set the dial back, and not the two clicks
    turn(bars, "temperature", 20, let_go=False)
    assert temperature(bars) != 1.0
    bars.locator('input[data-dial="temperature"]').dblclick()
    eventually(page, lambda: _true(temperature(bars) == 1.0))


def test_the_number_of_bars(open_gallery: OpenGallery) -> None:
    page = open_gallery("distribution")
    bars = component(page, "bars")
    turn(bars, "show", 12)
    assert len(rows(bars, "first")) == 12
    expect(page.get_by_text("show=12")).to_be_visible()
    turn(bars, "show", 3)
    assert len(rows(bars, "first")) == 3


def watch(page: Page, bars: Locator, word: str) -> None:
    bars.get_by_role("textbox").fill(word)
    page.keyboard.press("Enter")


def test_a_word_of_the_vocabulary_has_a_rank(open_gallery: OpenGallery) -> None:
    page = open_gallery("distribution")
    bars = component(page, "bars")
    watch(page, bars, "冷")
    row = bars.locator(f".row[data-id='{data.ID['冷']}']")
    logits = data.scores(0)
    expect(row).to_contain_text("6")
    assert float(row.get_attribute("data-p") or 0) == pytest.approx(data.softmax(logits)[data.ID["冷"]], abs=1e-6)
    expect(page.get_by_text("watch=('冷',)")).to_be_visible()
    watch(page, bars, " w33000 ")
    far = bars.locator(".row[data-id='33000']")
    assert int(far.get_attribute("data-rank") or 0) == 1 + int((logits > logits[33000]).sum())
    bars.get_by_role("button", name=re.compile("冷")).click()
    expect(row).to_have_count(0)
    expect(page.get_by_text("watch=('w33000',)")).to_be_visible()


def test_a_word_of_several_pieces_is_scored_in_python(open_gallery: OpenGallery) -> None:
    page = open_gallery("distribution")
    bars = component(page, "bars")
    watch(page, bars, "暖和")
    row = bars.locator(".row[data-kind='joint']")
    expect(row).to_contain_text("暖和")
    expect(row).to_contain_text("1.2 %")
    expect(row).to_contain_text("暖 + 和")


def test_enter_belongs_to_the_input_method_while_it_composes(open_gallery: OpenGallery) -> None:
    page = open_gallery("distribution")
    bars = component(page, "bars")
    box = bars.get_by_role("textbox")
    box.focus()
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "leng", "selectionStart": 4, "selectionEnd": 4})
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    box.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "bubbles": True})
    assert bars.locator(".seen .seen").count() == 0
    assert box.input_value() == "leng"
    session.send("Input.insertText", {"text": "冷"})
    page.keyboard.press("Enter")
    expect(bars.locator(f".row[data-id='{data.ID['冷']}']")).to_be_visible()


def test_markup_in_words_stays_text(open_gallery: OpenGallery) -> None:
    page = open_gallery("distribution")
    bars = component(page, "bars")
    for word in ("<img src=x onerror=alert(1)>", "**bold**", "$x^2$"):
        watch(page, bars, word)
        expect(bars.locator(".row .w", has_text=word)).to_be_visible()
    assert bars.locator("img").count() == 0


def test_new_scores_move_the_old_bars(open_gallery: OpenGallery) -> None:
    page = open_gallery("distribution", reduced_motion="no-preference")
    bars = component(page, "bars")
    turn(bars, "temperature", 84)
    expect(page.get_by_text(f"temperature={temperature(bars)}")).to_be_visible()
    bars.locator(".row").first.evaluate("(row) => (row.dataset.mark = 'old')")
    page.get_by_role("button", name="other scores").click()
    expect(bars.locator(".row .w").first).to_have_text("热")
    assert bars.locator(".row").first.get_attribute("data-mark") == "old"
    transition = bars.locator(".row .bar u").first.evaluate("(bar) => getComputedStyle(bar).transitionDuration")
    assert transition == "0.2s"
    p = data.softmax(data.scores(1, "热冷妙久好"), temperature(bars))
    assert rows(bars)[0]["p"] == pytest.approx(p.max(), abs=1e-6)


def test_bars_stand_still_for_those_who_asked_for_it(open_gallery: OpenGallery) -> None:
    bars = component(open_gallery("distribution"), "bars")
    assert bars.locator(".row .bar u").first.evaluate("(bar) => getComputedStyle(bar).transitionDuration") == "0s"


def test_a_secret_answer_is_nowhere_until_it_is_asked_for(open_gallery: OpenGallery) -> None:
    page = open_gallery("hide")
    bars = component(page, "hide")
    assert "美" not in bars.inner_text()
    assert bars.locator("[data-p]").count() == 0
    bars.get_by_role("button", name="揭晓").click()
    expect(bars.locator(".verdict")).to_contain_text("美")
    assert bars.locator(".row.true").count() == 1


def test_an_unreachable_vocabulary_is_said(open_gallery: OpenGallery) -> None:
    page = open_gallery("distribution")
    bars = component(page, "bars")
    page.evaluate("() => { window.fetch = () => Promise.reject(new Error('away')); }")
    bars.evaluate("() => window.__sesame.figures.bars.csv().catch(() => {})")
    expect(bars.locator(".news")).not_to_be_empty()
    assert len(rows(bars)) == 5


def _true(fact: bool) -> None:
    assert fact
