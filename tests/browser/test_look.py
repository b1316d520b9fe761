"""How pages look, as far as it can be told without eyes: sizes, themes, large type, the class's phones.

A small part of what look.py goes through (run that to see the pictures; that every tool fits its window is
test_accessibility.py's to see), and the promises of the furniture.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from explorer import chapters
from explorer.ui import network
from tests.browser import look
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.journey import Home, Masking, Reference, eventually, figure, idle, linked
from tests.browser.server import WITHOUT_PROXY, Server
from tests.pace import PACE

TEXTS = {"zh": "池塘里的青蛙一到夜里就叫个不停。", "en": "Three geese walked across the empty playground."}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_longest_sentence_fits(lang: str, chromium: Browser, shipped: Server, tmp_path: Path) -> None:
    wanted = [look.masking("cover", lang, look.longest(lang), name="longest")]
    assert look.look(chromium, shipped, wanted, ["laptop", "phone"], tmp_path) == []
    assert len(list(tmp_path.glob("*.png"))) >= 2


def test_the_dark_theme_is_dark_everywhere(open_page: OpenPage, reference: Reference) -> None:
    page = Masking(open_page("/masking", theme="dark"))
    page.writes(TEXTS["zh"], reference.pieces(TEXTS["zh"]))
    page.covers(4)
    page.uses("see")
    for place in (page.page.get_by_test_id("stApp"), page.page.get_by_test_id("stSidebar")):
        assert _brightness(place.evaluate("e => getComputedStyle(e).backgroundColor")) < 0.2
    chip = page.sentence.chips.nth(2)
    assert _brightness(chip.evaluate("e => getComputedStyle(e).backgroundColor")) < 0.3
    assert _brightness(chip.evaluate("e => getComputedStyle(e).color")) > 0.7
    for mounted in page.page.locator(".sesame").all():
        expect(mounted).to_have_attribute("data-theme", "dark")


def test_lecture_mode_enlarges_everything(open_page: OpenPage, reference: Reference) -> None:
    page = Masking(open_page("/masking"))
    page.writes(TEXTS["zh"], reference.pieces(TEXTS["zh"]))
    page.covers(3)
    expect(page.bars.verdict).to_contain_text("%")
    places = {
        "question": page.page.locator("h1.question"),
        "chip": page.sentence.chips.nth(2).locator(".main"),
        "bar": page.bars.root.locator("li.row .w").first,
        "step": page.main.locator(".steps").first,
        "widget": page.page.get_by_role("textbox", name=page.say("input"), exact=True),
    }
    size = "e => parseFloat(getComputedStyle(e).fontSize)"
    before = {name: place.evaluate(size) for name, place in places.items()}
    page.page.get_by_test_id("stSidebar").get_by_text(page.say("common.teacher"), exact=True).click()

    def larger() -> None:
        now = {name: place.evaluate(size) for name, place in places.items()}
        assert {name: now[name] / before[name] for name in now} == pytest.approx(dict.fromkeys(now, 1.35), abs=0.03)

    eventually(page.page, larger)
    linked(page.page, "teacher=1")
    page.sentence.reads(reference.pieces(TEXTS["zh"]), covered=[3])
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_tool_of_every_chapter_stands_alone_on_a_slide(open_page: OpenPage, shipped: Server) -> None:
    """The last tool of each: the stage and what it produced stand there, the rest of the page does not."""
    page = open_page("/masking", on=shipped, lang="en")
    for chapter in chapters.CHAPTERS:
        if chapter.tools:
            stands_alone(page, f"{shipped.url}/{chapter.id}?embed=true&v=2&lang=en&tool={chapter.tools[-1]}")


@pytest.mark.walk
@pytest.mark.parametrize("chapter", [chapter.id for chapter in chapters.CHAPTERS if chapter.tools])
def test_every_tool_stands_alone_on_a_slide(chapter: str, open_page: OpenPage, shipped: Server) -> None:
    page = open_page("/masking", on=shipped)
    for n, tool in enumerate(chapters.get(chapter).tools):
        lang = ("zh", "en")[n % 2]
        stands_alone(page, f"{shipped.url}/{chapter}?embed=true&v=2&lang={lang}&tool={tool}")


def stands_alone(page: Page, address: str) -> None:
    page.goto(address)
    idle(page)
    main = page.get_by_test_id("stMain")
    shown = main.locator(".sesame, .js-plotly-plot, table, textarea, input, button, p").locator("visible=true")
    assert shown.count() > 2, f"{address}: nothing stands on the slide"
    for furniture in ("h1.question", '[data-testid="stSidebar"]', ".steps", ".honest", ".more-title"):
        assert not page.locator(furniture).locator("visible=true").count(), f"{address}: {furniture}"
    assert not main.get_by_test_id("stException").count(), address


def test_on_a_phone_a_finger_covers_tokens(open_page: OpenPage, reference: Reference) -> None:
    text = TEXTS["zh"]
    page = Masking(open_page("/masking", viewport=PHONE))
    page.writes(text, reference.pieces(text))
    chip = page.sentence.chips.nth(4)
    box = chip.bounding_box()
    assert box and box["width"] >= 40 and box["height"] >= 40, "large enough for a finger"
    chip.tap()
    eventually(page.page, lambda: _same(page.sentence.covered(), [4]))
    page.bars.show(reference.masked(text, 4), original=reference.ids(text)[4])
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_a_phone_the_sidebar_makes_room_after_a_choice_and_each_page_leads_on(open_page: OpenPage) -> None:
    page = Masking(open_page("/masking", viewport=PHONE)).page
    for path in ("/context", "/generation"):
        page.get_by_test_id("stExpandSidebarButton").tap()
        page.get_by_test_id("stSidebar").locator(f'a[href="{path[1:]}"]').tap()
        linked(page, path)
        expect(page.get_by_test_id("stExpandSidebarButton")).to_be_visible()
        expect(page.get_by_test_id("stSidebarCollapseButton")).not_to_be_in_viewport()
    page.locator('.st-key-next-chapter a[href="in_context"]').tap()
    linked(page, "/in_context")


def test_alone_on_this_computer_the_page_says_how_to_let_phones_in(open_page: OpenPage) -> None:
    home = Home(open_page("/"))
    home.page.get_by_test_id("stSidebar").get_by_role("button", name=home.say("common.phone")).click()
    expect(home.page.get_by_text("--server.address 0.0.0.0")).to_be_visible()


@pytest.mark.skipif(not network.private_addresses(), reason="this machine is in no network of its own")
def test_the_qr_code_leads_phones_to_the_page(open_page: OpenPage, fresh_server: Callable[..., Server]) -> None:
    server = fresh_server(address="0.0.0.0")
    home = Home(open_page("/", lang="en", on=server), "en")
    home.page.get_by_test_id("stSidebar").get_by_role("button", name=home.say("common.phone")).click()
    port = server.url.rsplit(":", 1)[1]
    url = f"http://{network.private_addresses()[0]}:{port}/"
    expect(home.page.get_by_text(url, exact=True)).to_be_visible()
    picture = home.page.get_by_role("img", name=home.say("common.phone_alt", url=url))
    expect(picture).to_be_visible()
    idle(home.page)
    box = picture.bounding_box()
    assert box and box["width"] >= 180
    with WITHOUT_PROXY.open(url, timeout=10 * PACE) as answer:
        assert answer.status == 200


def test_figures_stay_in_place_while_the_next_answer_comes(open_page: OpenPage, reference: Reference) -> None:
    text = TEXTS["en"]
    page = Masking(open_page("/masking", lang="en"), "en")
    page.writes(text, reference.pieces(text))
    page.covers_several()
    page.covers(2)
    page.page.evaluate(
        """() => { window.__gaps = 0; new MutationObserver(() => {
             if (!document.querySelector('[class*="st-key-masking-bars"]')) window.__gaps++;
           }).observe(document.body, {childList: true, subtree: true}); }"""
    )
    top = figure(page.page, "masking-strip").bounding_box()
    page.covers(5)
    page.bars.show(reference.masked(text, 5, 2), original=reference.ids(text)[5])
    assert figure(page.page, "masking-strip").bounding_box() == top, "the stage does not jump"
    assert page.page.evaluate("window.__gaps") == 0


def _brightness(colour: str) -> float:
    red, green, blue = (float(part) / 255 for part in colour[colour.index("(") + 1 :].rstrip(")").split(",")[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _same(found: object, expected: object) -> None:
    assert found == expected
