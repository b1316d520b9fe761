"""课堂 in Chromium where not all goes well: a wrong code, a phone in another language whose network goes away in
mid-vote, numbers and words as answers, screens that are blanked, a second tab that wants to lead.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenPage
from tests.browser.journey import idle, words
from tests.browser.room import opens_a_room, presses, says

pytestmark = pytest.mark.usefixtures("quiet_log")

PRANK = "<b>好</b>\u202e m\u0301\u0302\u0303\u0304\u0305"


def test_a_room_in_which_not_all_goes_well(open_page: OpenPage) -> None:
    teacher = open_page("/masking")
    code = opens_a_room(teacher)
    phone = open_page("/classroom", lang="en", viewport=PHONE)
    _comes_in_by_the_door(phone, code)
    expect(phone.locator("h1.question")).to_have_text(words("masking.title", "en"))
    expect(teacher.locator(".count-of").first).to_have_text(says("count", follow=1, here=1))

    _a_number_from_a_phone_that_loses_its_network(teacher, phone)
    _words_that_nobody_sees_before_the_teacher_wants_it(teacher, phone)
    _the_screens_are_blanked(teacher, phone)
    _one_tab_leads(teacher)
    _the_picture_of_the_address(teacher, code)

    presses(phone, "take_language", "en")
    expect(phone.locator("h1.question")).to_have_text(words("masking.title", "zh"))
    presses(phone, "leave")
    expect(phone.locator(".room.follows")).to_have_count(0)
    expect(teacher.locator(".count-of").first).to_have_text(says("count", follow=0, here=0))


def _comes_in_by_the_door(phone: Page, code: str) -> None:
    box = phone.locator(".room.door input.code")
    for typed in ("ZZZ", next(one for one in ("AAAA", "CCCC") if one != code)):
        box.fill(typed)
        box.press("Enter")
        expect(phone.locator(".room.door .problem")).to_have_text(words("errors.room_unknown", "en"))
    box.fill(f"{code[:2].lower()}-{code[2:].lower()}")
    box.press("Enter")
    expect(phone.locator(".room.follows")).to_contain_text(says("following", "en"))


def _asks(teacher: Page, line: str) -> None:
    presses(teacher, "ask")
    box = teacher.get_by_label(says("own_line"))
    box.fill(line)
    box.press("Enter")


def _a_number_from_a_phone_that_loses_its_network(teacher: Page, phone: Page) -> None:
    _asks(teacher, "它有几成把握？ 0-100")
    phone.locator(".vote input[type=range]").fill("80")
    phone.locator(".vote").get_by_role("button", name=says("send", "en"), exact=True).click()
    expect(phone.locator(".vote")).to_contain_text(says("counted", "en"))
    expect(teacher.locator(".running")).to_contain_text(says("answered", n=1, here=1))
    phone.route("**/events", lambda route: route.abort())
    phone.evaluate("() => void window.__sesameRoom.hears()")  # the line that stands is cut, a new one cannot be had
    expect(phone.locator(".room.follows")).to_contain_text(says("lost", "en"))
    presses(teacher, "close_first")
    phone.unroute("**/events")
    expect(phone.locator(".vote")).to_contain_text(says("talk_phone", "en"))
    expect(phone.locator(".vote")).to_contain_text(says("yours", "en", answer="80"))
    expect(phone.locator(".room.follows")).not_to_contain_text(says("lost", "en"))
    presses(teacher, "reveal")
    for page in (teacher, phone):
        expect(page.locator(".outcome .count.one span")).to_have_text([*"00000000", "1", "0"])
    presses(teacher, "unask")


def _words_that_nobody_sees_before_the_teacher_wants_it(teacher: Page, phone: Page) -> None:
    _asks(teacher, "你怎么想？")
    phone.locator(".vote").get_by_label(says("words", "en")).fill(PRANK)
    phone.locator(".vote").get_by_role("button", name=says("send", "en"), exact=True).click()
    expect(teacher.locator(".running summary")).to_have_text(says("texts", n=1))
    expect(teacher.locator(".running .ready button")).to_be_hidden()
    assert teacher.locator(".shown li").count() == phone.locator(".shown li").count() == 0
    teacher.locator(".running summary").click()
    teacher.locator(".running .ready button").click()
    for page in (teacher, phone):
        expect(page.locator(".shown li")).to_have_text("<b>好</b> \u1e3f\u0302\u0303")
    presses(teacher, "unask")
    expect(phone.locator(".vote")).to_have_count(0)


def _the_screens_are_blanked(teacher: Page, phone: Page) -> None:
    presses(teacher, "blank")
    expect(phone.locator(".room .dark")).to_have_text(says("dark", "en"))
    expect(teacher.locator(".room.leads")).to_contain_text(says("dark_now"))
    presses(teacher, "light")
    expect(phone.locator(".room .dark")).to_have_count(0)


def _one_tab_leads(teacher: Page) -> None:
    other = teacher.context.new_page()
    other.goto(teacher.url)
    idle(other)
    expect(other.locator(".room.leads")).to_contain_text(says("other_tab"))
    presses(other, "lead_here")
    expect(other.locator(".count-of").first).to_be_visible()
    expect(teacher.locator(".room.leads")).to_contain_text(says("other_tab"))
    other.close()
    presses(teacher, "lead_here")
    expect(teacher.locator(".count-of").first).to_be_visible()


def _the_picture_of_the_address(teacher: Page, code: str) -> None:
    presses(teacher, "qr")
    picture = teacher.locator(".room .picture img")
    expect(picture).to_have_attribute("alt", re.compile(rf"/\?room={code}"))
    assert picture.evaluate("async (img) => { await img.decode(); return img.naturalWidth; }") > 0
    expect(teacher.locator(".room .picture")).to_contain_text(says("alone_here"))
    presses(teacher, "qr")
    expect(picture).to_have_count(0)
