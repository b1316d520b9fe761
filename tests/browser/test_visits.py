"""A visit over several pages: the tour, the browser's own ways back and on, a server that is started again meanwhile,
and letters that could be taken for marks.

The tour                    test_the_tour_leads_an_own_sentence_through_seven_chapters
Back and on                 test_back_and_on_show_what_the_address_says
The server starts again     test_a_server_that_starts_again_takes_nothing_that_was_typed
Letters that mean markup    test_letters_of_markup_stand_as_they_are_typed
"""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from explorer.ui import tour
from explorer.ui.i18n import text as words
from tests.browser import drawings
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.journey import Home, Masking, Reader, Reference, eventually, idle, linked
from tests.browser.server import running
from tests.ports import free_port

OWN = {"zh": "木匠把旧船的桅杆换成了新的。", "en": "The lighthouse keeper painted the stairs white."}
THREE = ("雪落在竹林里。", "渔船在天亮前出海。", "邮差忘了带雨伞。")
MARKUP = """a<b>c</b> &amp; "x" 'y' ]]> ${1} {{2}} **3**"""
RELOADED, LEFT = tour.STOPS[2:4]
WHERE = (("input", "text"), ("masking", "text"), ("pairs", "a"), ("attention", "text"), ("generation", "text"))


def asks(page: Page, chapter: str, lang: str) -> None:
    """The page of this chapter stands, and is at rest."""
    expect(page.locator("h1.question")).to_have_text(words(f"{chapter}.title", lang))
    idle(page)


def holds(page: Page, text: str) -> None:
    """The text stands in a box or a figure of the page; of a long line the end is enough, behind dots as short a one as
    a phone has room for."""
    main = page.get_by_test_id("stMain")
    boxes = main.locator("input, textarea").evaluate_all("boxes => boxes.map((box) => box.value)")
    shown = [*boxes, *main.locator(".sesame").all_inner_texts()]
    cut = [line[1:] for one in shown for line in one.splitlines() if line.startswith("…")]
    whole = any(text[-24:] in re.sub(r"\s*\n\s*", "", one) for one in shown)
    assert whole or any(end and text.endswith(end) for end in cut), f"{text} is not among {shown}"


@pytest.mark.parametrize("lang", OWN)
def test_the_tour_leads_an_own_sentence_through_seven_chapters(
    open_page: OpenPage, reference: Reference, lang: str
) -> None:
    """On a phone; reloaded on one stop, and one stop back and on again with the browser's own buttons."""
    page = open_page("/", lang=lang, viewport=PHONE)
    Home(page, lang).writes(OWN[lang], reference.pieces(OWN[lang]))
    linked(page, "text=")
    main, ways = page.get_by_test_id("stMain"), [words("tour.enter", lang)]
    ways += [words("tour.on", lang, name=words(f"{stop}.nav", lang)) for stop in tour.STOPS[1:]]

    def stands_at(stop: str) -> None:
        asks(page, stop, lang)
        n, of = tour.STOPS.index(stop) + 1, len(tour.STOPS)
        expect(main).to_contain_text(words("tour.stop", lang, n=n, of=of))
        eventually(page, lambda: holds(page, OWN[lang]))
        expect(main.get_by_role("alert")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    for stop, way in zip(tour.STOPS, ways, strict=True):
        main.get_by_role("link", name=way).tap()
        stands_at(stop)
        if stop == RELOADED:
            page.reload()
            stands_at(stop)
        elif stop == LEFT:
            page.go_back()
            stands_at(RELOADED)
            page.go_forward()
            stands_at(LEFT)
    expect(main).to_contain_text(words("tour.end", lang))
    page.get_by_role("button", name=words("tour.leave", lang)).click()
    expect(main).not_to_contain_text(words("tour.end", lang))
    assert "tour=" not in page.url


def test_back_and_on_show_what_the_address_says(open_page: OpenPage, reference: Reference) -> None:
    page = Masking(open_page("/masking"))
    for text in THREE:
        page.writes(text, reference.pieces(text))
        linked(page.page, f"text={quote(text)}")
    page.page.get_by_test_id("stSidebar").get_by_text(words("context.nav", "zh")).click()
    asks(page.page, "context", "zh")
    linked(page.page, "/context?")
    steps = [*((page.page.go_back, text) for text in reversed(THREE)), *((page.page.go_forward, t) for t in THREE[1:])]
    for step, text in steps:
        step()
        asks(page.page, "masking", "zh")
        linked(page.page, "/masking", f"text={quote(text)}")
        page.stands(reference.pieces(text))
        expect(page.page.get_by_role("textbox", name=page.say("input"), exact=True)).to_have_value(text)


def test_a_server_that_starts_again_takes_nothing_that_was_typed(open_page: OpenPage) -> None:
    """What stands in the link comes back by itself, and what is in a box and was not sent yet stays there."""
    port, (text, second, _) = free_port(), THREE
    with running(port=port) as server:
        page = Reader(open_page("/input", viewport=PHONE, on=server), "input", "zh")
        page.types("first", text)
        strip = page.strip_of("input-strip")
        strip.reads(["[CLS]", *text, "[SEP]"])
        linked(page.page, f"text={quote(text)}")
        box = page.page.get_by_role("textbox", name=page.say("second"), exact=True)
        box.fill(second)
    told = page.page.get_by_role("dialog")
    expect(told).to_contain_text(words("common.streamlit.lost", "zh"))
    expect(told).to_contain_text(words("common.streamlit.silent", "zh"))
    with running(port=port):
        expect(told).to_have_count(0)
        idle(page.page)
        linked(page.page, f"text={quote(text)}")
        strip.reads(["[CLS]", *text, "[SEP]"])
        expect(page.main.get_by_role("alert")).to_have_count(0)
        expect(box).to_have_value(second)
        box.press("Enter")
        strip.reads(["[CLS]", *text, "[SEP]", *second, "[SEP]"])
        page.page.close()


@pytest.mark.parametrize(("chapter", "field"), WHERE)
def test_letters_of_markup_stand_as_they_are_typed(open_page: OpenPage, chapter: str, field: str) -> None:
    page = open_page(f"/{chapter}", query={"v": "1", field: MARKUP})
    asks(page, chapter, "zh")
    eventually(page, lambda: holds(page, MARKUP))
    assert page.locator(".sesame b").filter(has_text=re.compile("^c$")).count() == 0
    expect(page.get_by_test_id("stMain").get_by_test_id("stException")).to_have_count(0)
    assert drawings.faults(page) == []
