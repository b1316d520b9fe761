"""填空 answers a click by itself: bars and verdict before any script runs, and the page catches up within a second.

    A click, the arrow keys                                test_bars_come_before_any_script_runs
    A drag along the sentence                              test_a_drag_shows_each_token_it_passes
    … on a sentence that is no preset                      (the same)
    The link, and the page after a reload                  test_the_page_catches_up_within_a_second
    Back                                                   test_back_goes_to_what_was_covered_before
    Two quick clicks                                       test_two_quick_clicks_end_in_the_last
    A word watched; the temperature at its ends            test_watched_words_and_temperatures_move_along
    Guess first                                            test_what_is_hidden_stays_hidden
    What stood there before                                test_the_answer_before_stays_as_an_outline
    The export of all scores                               test_all_scores_come_when_they_are_exported

Numbers are held against the transformers library called directly.
"""

from __future__ import annotations

import csv
import io
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.journey import Masking, Reference, eventually, exported
from tests.pace import PACE

RESTS_MS = 250  # the strip tells Python of a gesture a little later
TEXT, LANG = "奶奶把晒干的萝卜切成细丝，装进玻璃罐。", "zh"
COUNT = """() => {
  window.frames_sent = 0;
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (...data) { window.frames_sent += 1; return send.apply(this, data); };
}"""
# Acts, and looks two frames later, before the strip tells the server anything.
AT_ONCE = """async ([key, act]) => {
  const host = [...document.querySelectorAll("*")].map((e) => e.shadowRoot ?? e)
    .flatMap((root) => [...root.querySelectorAll?.(".sesame") ?? []]);
  const of = (name) => host.find((root) => root.dataset.key === name);
  const [before, start] = [window.frames_sent, performance.now()];
  const chips = [...of("masking-strip").querySelectorAll(".chip")];
  if (act === "click") chips[key].click();
  else {
    const chip = chips.find((one) => one.classList.contains("mask"));
    chip.focus();
    chip.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, composed: true}));
  }
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const verdict = of("masking-bars").querySelector(".verdict");
  return {sent: window.frames_sent - before, took: performance.now() - start,
    p: Number(verdict.dataset.p), rank: Number(verdict.dataset.rank), said: verdict.textContent,
    covered: chips.findIndex((chip) => chip.classList.contains("mask"))};
}"""


def opened(open_page: OpenPage, reference: Reference, first: int = 3) -> Masking:
    """The page on a sentence of the reader's own, one token covered, all positions read."""
    page = Masking(
        open_page("/masking", query={"v": "1", "lang": LANG, "text": TEXT, "masks": str(first), "focus": str(first)})
    )
    page.sentence.reads(reference.pieces(TEXT), covered=[first])
    expect(page.bars.root).to_have_attribute("data-quick", "1")
    page.answered()
    page.page.evaluate(COUNT)
    return page


def test_bars_come_before_any_script_runs(open_page: OpenPage, reference: Reference) -> None:
    page, ids = opened(open_page, reference), reference.ids(TEXT)
    for key, act, position in ((8, "click", 8), ("ArrowRight", "key", 9), ("ArrowLeft", "key", 8), (5, "click", 5)):
        found = page.page.evaluate(AT_ONCE, [key, act])
        p = reference.masked(TEXT, position)
        assert found["covered"] == position
        assert abs(found["p"] - p[ids[position]]) < 2e-3
        assert abs(found["rank"] - (p > p[ids[position]]).sum() - 1) <= 1
        assert found["sent"] == 0 or found["took"] > RESTS_MS, "two frames may take longer than the strip rests"
    page.bars.show(reference.masked(TEXT, 5), original=ids[5])
    page.answered()
    assert page.page.evaluate("window.frames_sent") >= 1


def test_a_drag_shows_each_token_it_passes(open_page: OpenPage, reference: Reference) -> None:
    page, ids = opened(open_page, reference), reference.ids(TEXT)
    boxes = [page.sentence.chips.nth(at).bounding_box() for at in (3, 6, 7)]
    mouse = page.page.mouse
    for n, box in enumerate(boxes):
        assert box
        mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
        if n == 0:
            mouse.down()
        else:
            page.bars.show(reference.masked(TEXT, 5 + n), original=ids[5 + n])
    assert page.page.evaluate("window.frames_sent") == 0
    mouse.up()
    expect(page.page).to_have_url(re.compile(r"[?&]masks=7(&|$)"))


def test_the_page_catches_up_within_a_second(open_page: OpenPage, reference: Reference) -> None:
    page, ids = opened(open_page, reference), reference.ids(TEXT)
    page.page.evaluate(AT_ONCE, [10, "click"])
    said = page.bars.verdict.inner_text()
    rows = page.bars.rows()
    expect(page.page).to_have_url(re.compile(r"[?&]masks=10(&|$)"), timeout=1000 * PACE)
    page.answered()
    assert page.bars.verdict.inner_text() == said
    assert page.bars.rows() == rows
    loss = -np.log(reference.masked(TEXT, 10)[ids[10]])
    page.sees(f"{loss:.2f}")
    page.page.reload()
    page.sentence.reads(reference.pieces(TEXT), covered=[10])
    expect(page.bars.verdict).to_have_text(said)


def test_back_goes_to_what_was_covered_before(open_page: OpenPage, reference: Reference) -> None:
    page, ids = opened(open_page, reference), reference.ids(TEXT)
    for at in (6, 9):
        page.sentence.click(at)
        expect(page.page).to_have_url(re.compile(rf"[?&]masks={at}(&|$)"))
        page.answered()
    page.page.go_back()
    page.sentence.reads(reference.pieces(TEXT), covered=[6])
    page.bars.show(reference.masked(TEXT, 6), original=ids[6])


def test_two_quick_clicks_end_in_the_last(open_page: OpenPage, reference: Reference) -> None:
    page, ids = opened(open_page, reference), reference.ids(TEXT)
    for key in (7, 12):
        page.page.evaluate(AT_ONCE, [key, "click"])
    expect(page.page).to_have_url(re.compile(r"[?&]masks=12(&|$)"))
    page.answered()
    page.sentence.reads(reference.pieces(TEXT), covered=[12])
    page.bars.show(reference.masked(TEXT, 12), original=ids[12])
    # The second click falls while the run for the first is under way.
    page.sentence.click(4)
    page.page.wait_for_timeout(330)
    page.sentence.click(9)
    page.bars.show(reference.masked(TEXT, 9), original=ids[9])
    page.answered()
    expect(page.page).to_have_url(re.compile(r"[?&]masks=9(&|$)"))
    page.bars.show(reference.masked(TEXT, 9), original=ids[9])


def test_watched_words_and_temperatures_move_along(open_page: OpenPage, reference: Reference) -> None:
    page, ids = opened(open_page, reference), reference.ids(TEXT)
    page.bars.box.fill("鳄")
    page.bars.box.press("Enter")
    eventually(page.page, lambda: _ranked(page, reference, 3))
    page.page.evaluate(AT_ONCE, [8, "click"])
    _ranked(page, reference, 8)
    for key, temperature in (("End", 3.0), ("Home", 0.1)):
        page.bars.dial("temperature").press(key)
        page.page.evaluate(AT_ONCE, [9 if temperature == 3 else 10, "click"])
        at = 9 if temperature == 3 else 10
        hot = reference.p(TEXT, at, {at: reference.mask}, temperature=temperature)
        page.bars.show(hot, original=ids[at], close=5e-3)


def _ranked(page: Masking, reference: Reference, position: int) -> None:
    p = reference.masked(TEXT, position)
    row, rank = page.bars.row("鳄"), int((p > p[reference.id("鳄")]).sum()) + 1
    assert row.rank is not None and abs(row.rank - rank) <= max(1, rank // 500)
    assert row.p is not None and abs(row.p - p[reference.id("鳄")]) < 2e-3


def test_what_is_hidden_stays_hidden(open_page: OpenPage, reference: Reference) -> None:
    page, pieces = opened(open_page, reference), reference.pieces(TEXT)
    page.page.get_by_test_id("stMain").get_by_text(page.say("hide"), exact=True).click()
    expect(page.bars.verdict).to_contain_text(page.say("components.bars.hidden"))
    page.answered()
    found = page.page.evaluate(AT_ONCE, [8, "click"])
    assert found["covered"] == 8
    assert page.say("components.bars.hidden") in found["said"]
    assert page.bars.root.locator("[data-p]").count() == 0
    assert page.bars.root.locator(".ghost:visible").count() == 0
    page.bars.root.get_by_role("button", name=page.say("components.bars.show_answer")).click()
    expect(page.bars.verdict).to_contain_text(pieces[8])
    assert page.bars.root.locator(".ghost:visible").count() == 0, "the answer before was never shown"


def test_the_answer_before_stays_as_an_outline(open_page: OpenPage, reference: Reference) -> None:
    page = opened(open_page, reference)
    before, legend = reference.masked(TEXT, 3), page.bars.root.get_by_text(page.say("components.bars.ghost"))
    page.page.evaluate(AT_ONCE, [8, "click"])
    expect(legend).to_be_visible()
    ghosts = page.bars.root.locator("li.row[data-ghost]").evaluate_all(
        "(rows) => rows.map((row) => ({...row.dataset}))"
    )
    assert ghosts
    for row in ghosts:
        assert abs(float(row["ghost"]) - before[int(row["id"])]) < 2e-3
    page.answered()
    expect(legend).to_be_visible()
    spoken = page.bars.root.locator(".unseen[role=status]")
    expect(spoken).to_contain_text(page.say("components.bars.summary_before", list="").strip("："))
    # The next change is one of temperature: the outlines are now of the same place as it was.
    page.bars.dial("temperature").press("End")
    at_one = reference.masked(TEXT, 8)

    def moved() -> None:
        rows = page.bars.root.locator("li.row[data-ghost]").evaluate_all(
            "(rows) => rows.map((row) => ({...row.dataset}))"
        )
        assert rows
        assert all(abs(float(row["ghost"]) - at_one[int(row["id"])]) < 2e-3 for row in rows)

    eventually(page.page, moved)


@pytest.mark.parametrize("several", [False, True], ids=["one", "several"])
def test_all_scores_come_when_they_are_exported(several: bool, open_page: OpenPage, reference: Reference) -> None:
    if several:
        link = {"v": "1", "lang": LANG, "text": TEXT, "masks": "3~5~8", "focus": "8", "cover": "several"}
        page = Masking(open_page("/masking", query=link))
        page.sentence.reads(reference.pieces(TEXT), covered=[3, 5, 8])
    else:
        page = opened(open_page, reference)
    text = exported(page.page, "masking-bars")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))[1:]
    p = reference.masked(TEXT, 8, 3, 5) if several else reference.masked(TEXT, 3)
    assert len(rows) == len(p)
    assert [float(row[4]) for row in rows[:50]] == pytest.approx(np.sort(p)[::-1][:50].tolist(), abs=2e-3)
