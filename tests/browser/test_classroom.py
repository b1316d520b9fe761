"""课堂 in Chromium: a teacher opens a room, a phone joins it, follows, votes twice, looks around, and comes back.

One room and two browsers for all of it: what a class does in a lesson, one after the other. In a second room the class
gives labelled sentences and judges pairs, and the pages work on them.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from explorer.content import classroom as content
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.journey import idle, linked, plain, words
from tests.browser.room import answers, opens_a_room, presses, says
from tests.browser.server import Server

pytestmark = pytest.mark.usefixtures("quiet_log")

# Which answer stood there while Python had not been told of it yet.
AHEAD = """(strip) => new MutationObserver(() => {
  const hosts = [...document.querySelectorAll("div")];
  const bars = hosts.map((host) => host.shadowRoot?.querySelector('[data-key="masking-bars"]'));
  if (strip.dataset.waiting) window.ahead = bars.find(Boolean).dataset.position;
}).observe(strip, {attributes: true})"""


def test_a_class_follows_its_teacher_and_votes_twice(open_page: OpenPage) -> None:
    teacher = open_page("/classroom")
    presses(teacher, "open")
    code = teacher.locator(".room.leads b.code").inner_text()
    teacher.get_by_role("link", name=words("masking.nav", "zh")).first.click()
    idle(teacher)

    phone = open_page("/", viewport=PHONE, query={"room": code.lower()})
    expect(phone.locator(".room.follows")).to_contain_text(says("following"))
    expect(phone.locator("h1.question")).to_have_text(words("masking.title", "zh"))
    expect(teacher.locator(".count-of").first).to_have_text(says("count", follow=1, here=1))

    _the_phone_covers_what_the_teacher_covers(teacher, phone)
    _two_votes(teacher, phone)
    _looks_around_and_comes_back(teacher, phone)
    _the_class_gives_examples(teacher, phone)
    _a_lost_page_finds_its_room_again(teacher, phone)

    presses(teacher, "end")
    presses(teacher, "end_yes")
    expect(phone.locator(".room")).to_contain_text(says("gone"))
    expect(phone.locator("h1.question")).to_have_text(words("input.title", "zh"))


def _the_phone_covers_what_the_teacher_covers(teacher: Page, phone: Page) -> None:
    teacher.locator('.sesame .chip[data-i="3"]').click()
    linked(phone, "masks=3")
    expect(phone.locator('.sesame .chip[data-i="3"]')).to_contain_text("？")
    # What another token is answered with lies on the phone already: it is drawn there before a script runs.
    phone.locator('.sesame[data-key="masking-bars"][data-quick="1"]').wait_for(state="attached")
    idle(phone)
    phone.locator('.sesame[data-key="masking-strip"]').evaluate(AHEAD)
    teacher.locator('.sesame .chip[data-i="4"]').click()
    expect(phone.locator('.sesame[data-key="masking-bars"][data-position="4"]')).to_be_visible()
    linked(phone, "masks=4")
    assert phone.evaluate("window.ahead") == "4"
    teacher.locator('.sesame .chip[data-i="5"]').hover()
    expect(phone.locator('.sesame .chip[data-i="5"]')).to_have_attribute("data-pointed", "")


def _two_votes(teacher: Page, phone: Page) -> None:
    question = content.question("masking.1")
    presses(teacher, "ask")
    teacher.locator(".room .ready button").first.click()
    options = phone.locator(".vote .options button")
    answers(phone, options.nth(0))
    answers(phone, options.nth(1))
    expect(phone.locator(".vote")).to_contain_text(says("counted"))
    expect(teacher.locator(".running")).to_contain_text(says("answered", n=1, here=1))
    assert teacher.locator(".room .bars").count() == 0, "hidden until the reveal"
    presses(teacher, "close_first")
    expect(phone.locator(".vote")).to_contain_text(says("talk_phone"))
    presses(teacher, "open_second")
    answers(phone, phone.locator('.vote[data-phase="second"] .options button').nth(2))
    expect(teacher.locator(".running")).to_contain_text(says("answered", n=1, here=1))
    presses(teacher, "reveal")
    for page in (teacher, phone):
        expect(page.locator(".outcome .why")).to_have_text(question.why["zh"])
        expect(page.locator(".outcome .count.one span")).to_have_text(["0", "1", "0"])
        expect(page.locator(".outcome .count.two span")).to_have_text(["0", "0", "1"])
    presses(teacher, "unask")
    expect(phone.locator(".vote")).to_have_count(0)


def _looks_around_and_comes_back(teacher: Page, phone: Page) -> None:
    presses(phone, "look_around")
    expect(teacher.locator(".count-of").first).to_have_text(says("count", follow=0, here=1))
    teacher.get_by_role("link", name=words("input.nav", "zh")).first.click()
    idle(teacher)
    expect(phone.locator("h1.question")).to_have_text(words("masking.title", "zh"))
    presses(phone, "come_back")
    expect(phone.locator("h1.question")).to_have_text(words("input.title", "zh"))


def _the_class_gives_examples(teacher: Page, phone: Page) -> None:
    teacher.get_by_role("link", name=words("in_context.nav", "zh")).first.click()
    idle(teacher)
    expect(phone.locator("h1.question")).to_have_text(words("in_context.title", "zh"))
    presses(teacher, "ask")
    teacher.get_by_label(says("own_line")).fill("+ 写一对反义词")
    teacher.get_by_label(says("own_line")).press("Enter")
    phone.locator(".vote").get_by_label(says("question")).fill("稀 → <i>罕</i>")
    phone.locator(".vote").get_by_label(says("answer")).fill("常见")
    phone.locator(".vote").get_by_role("button", name=says("send"), exact=True).click()
    expect(phone.locator(".vote")).to_contain_text(says("counted"))
    teacher.locator(".running summary").click()
    expect(teacher.locator(".running .ready button")).to_have_text("稀 <i>罕</i> → 常见")
    presses(teacher, "take")
    # The box as it was before may stand beside it until the run is over.
    expect(teacher.get_by_label(words("in_context.rows", "zh")).first).to_have_value("稀 <i>罕</i> → 常见")
    presses(teacher, "unask")
    teacher.get_by_role("link", name=words("input.nav", "zh")).first.click()
    expect(phone.locator("h1.question")).to_have_text(words("input.title", "zh"))


def test_a_class_gives_labelled_sentences_and_judges_pairs(open_page: OpenPage) -> None:
    teacher = open_page("/finetuning", query={"v": "2"})
    code = opens_a_room(teacher)
    phone = open_page("/", viewport=PHONE, theme="dark", query={"room": code})
    expect(phone.locator("h1.question")).to_have_text(words("finetuning.title", "zh"))
    presses(teacher, "ask")
    teacher.get_by_label(says("own_line")).fill("+ 天气怎么样？ / 晴 / 雨")
    teacher.get_by_label(says("own_line")).press("Enter")
    phone.locator(".vote").get_by_label(says("words")).fill("伞都撑<b>开</b>了")
    phone.locator(".vote .options button").nth(1).click()
    phone.locator(".vote").get_by_role("button", name=says("send"), exact=True).click()
    expect(phone.locator(".vote")).to_contain_text(says("counted"))
    teacher.locator(".running summary").click()
    presses(teacher, "take")
    linked(teacher, "own=")
    expect(teacher.locator("textarea").first).to_have_value(re.compile("雨.*伞都撑<b>开</b>了"))
    presses(teacher, "unask")

    teacher.get_by_role("link", name=words("family.nav", "zh")).first.click()
    idle(teacher)
    expect(phone.locator("h1.question")).to_have_text(plain(words("family.title", "zh")))
    presses(teacher, "ask")
    ready = next(one for one in content.questions("family").values() if one.kind == "pairs")
    teacher.locator(".room .ready button", has_text=ready.ask["zh"]).click()
    pairs = phone.locator(".vote ol.pairs li")
    for pair, side in ((0, 1), (1, 0), (2, 1)):
        answers(phone, pairs.nth(pair).locator(".options button").nth(side))
    expect(teacher.locator(".running")).to_contain_text(says("answered", n=1, here=1))
    presses(teacher, "reveal")
    presses(teacher, "take_pairs")
    linked(teacher, "choices=")
    idle(teacher)
    expect(teacher.locator(".words .word").nth(2)).to_have_text("3 →")
    assert [teacher.locator(".words .word").nth(n).inner_text() for n in range(3)] == ["1 →", "2 ←", "3 →"]


def _a_lost_page_finds_its_room_again(teacher: Page, phone: Page) -> None:
    badge = phone.locator(".room .badge").inner_text()
    phone.reload()
    idle(phone)
    expect(phone.locator(".room .badge")).to_have_text(badge)
    expect(teacher.locator(".count-of").first).to_have_text(says("count", follow=1, here=1))


def test_a_teacher_s_keys_and_a_tool_on_a_slide(open_page: OpenPage, server: Server) -> None:
    page = open_page("/masking", query={"teacher": "1"})
    before = page.locator('.sesame .chip[data-i="1"]').inner_text()
    page.wait_for_function("() => Boolean(window.__sesameKeys)")  # they are heard from now on
    page.keyboard.press("b")
    expect(page.locator("[data-sesame-dark]")).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator("[data-sesame-dark]")).to_have_count(0)
    idle(page)
    assert page.locator('.sesame .chip[data-i="1"]').inner_text() == before, "that key only brought the screen back"
    page.keyboard.press("2")
    linked(page, "v=")
    page.goto(f"{server.url}/masking?embed=true&masks=3&v=2")
    idle(page)
    expect(page.locator('.sesame .chip[data-i="3"]')).to_be_visible()
    for gone in ("h1.question", '[data-testid="stSidebar"]', ".steps", ".honest"):
        expect(page.locator(gone).first).to_be_hidden()
