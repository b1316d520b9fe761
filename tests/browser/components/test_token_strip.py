"""The strip of chips in Chromium: click, drag, keyboard, secrecy, tooltips, escaping."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.components.conftest import OpenGallery, component
from tests.browser.journey import idle, until


def chip(strip: Locator, number: int) -> Locator:
    return strip.locator(f'.chip[data-i="{number}"]')


def state(page: Page, text: str) -> None:
    expect(page.get_by_text(text, exact=False)).to_be_visible()


def covered(strip: Locator) -> list[int]:
    return [int(c.get_attribute("data-i") or -1) for c in strip.locator('.chip[aria-pressed="true"]').all()]


def test_a_click_covers_and_another_uncovers(open_gallery: OpenGallery) -> None:
    page = open_gallery("strip")
    strip = component(page, "strip")
    assert covered(strip) == [6]
    chip(strip, 6).click()
    state(page, "covered=[] focus=None events=1")
    chip(strip, 3).click()
    state(page, "covered=[3] focus=3 events=2")
    page.mouse.move(5, 5)
    expect(chip(strip, 3)).to_have_text("？")
    expect(chip(strip, 3)).to_have_attribute("aria-pressed", "true")


def test_the_chip_changes_before_the_server_answers(open_gallery: OpenGallery) -> None:
    page = open_gallery("strip")
    strip = component(page, "strip")
    chip(strip, 3).wait_for()
    before = strip.get_attribute("data-ready")
    at_once = strip.evaluate(
        """(root) => {
            const chip = root.querySelector('.chip[data-i="3"]');
            chip.click();
            return [chip.getAttribute("aria-pressed"), root.dataset.ready];
        }"""
    )
    assert at_once == ["true", before]
    state(page, "covered=[3, 6] focus=3 events=1")


def test_quick_clicks_all_count(open_gallery: OpenGallery) -> None:
    page = open_gallery("strip")
    strip = component(page, "strip")
    strip.evaluate("(root) => [1, 2, 3, 4].forEach((i) => root.querySelector(`.chip[data-i='${i}']`).click())")
    state(page, "covered=[1, 2, 3, 4, 6] focus=4")
    assert covered(strip) == [1, 2, 3, 4, 6]


def test_with_several_covered_a_click_looks_before_it_uncovers(open_gallery: OpenGallery) -> None:
    page = open_gallery("strip")
    strip = component(page, "strip")
    chip(strip, 3).click()
    state(page, "covered=[3, 6] focus=3")
    chip(strip, 6).click()
    state(page, "covered=[3, 6] focus=6")
    expect(chip(strip, 6)).to_have_class("chip mask focus")
    chip(strip, 6).click()
    state(page, "covered=[3] focus=3")


def test_a_drag_covers_all_it_passes_in_one_event(open_gallery: OpenGallery) -> None:
    page = open_gallery("strip")
    strip = component(page, "strip")
    start, end = chip(strip, 8).bounding_box(), chip(strip, 11).bounding_box()
    assert start and end
    page.mouse.move(start["x"] + 9, start["y"] + 9)
    page.mouse.down()
    page.mouse.move(end["x"] + 9, end["y"] + 9, steps=4)
    until(page, lambda: _same(covered(strip), [6, 8, 9, 10, 11]))
    page.mouse.up()
    state(page, "covered=[6, 8, 9, 10, 11] focus=11 events=1")


def test_a_drag_over_special_tokens_leaves_them_alone(open_gallery: OpenGallery) -> None:
    page = open_gallery("strip")
    strip = component(page, "strip")
    start, end = chip(strip, 13).bounding_box(), chip(strip, 15).bounding_box()
    assert start and end
    page.mouse.move(start["x"] + 9, start["y"] + 9)
    page.mouse.down()
    page.mouse.move(end["x"] + 9, end["y"] + 9, steps=4)
    page.mouse.up()
    state(page, "covered=[6, 13, 14] focus=14 events=1")
    expect(chip(strip, 0)).to_have_attribute("aria-disabled", "true")
    chip(strip, 0).click(force=True)
    assert covered(strip) == [6, 13, 14]


def test_the_keyboard_reaches_everything(open_gallery: OpenGallery) -> None:
    page = open_gallery("strip")
    strip = component(page, "strip")
    chip(strip, 1).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    state(page, "covered=[2, 6] focus=2 events=1")
    expect(chip(strip, 2)).to_be_focused()
    page.keyboard.press("End")
    expect(chip(strip, 15)).to_be_focused()
    page.keyboard.press("Home")
    expect(chip(strip, 0)).to_be_focused()
    assert strip.locator('.chip[tabindex="0"]').count() == 1
    chip(strip, 8).focus()
    page.keyboard.down("Shift")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert covered(strip) == [2, 6, 8, 9, 10]
    idle(page)
    state(page, "events=1")
    page.keyboard.up("Shift")
    state(page, "covered=[2, 6, 8, 9, 10] focus=10 events=2")
    page.keyboard.press("Escape")
    state(page, "covered=[] focus=None events=3")


def test_up_and_down_move_between_lines(open_gallery: OpenGallery) -> None:
    page = open_gallery("strip", viewport={"width": 390, "height": 844})
    strip = component(page, "strip")
    chip(strip, 2).focus()
    page.keyboard.press("ArrowDown")
    below = page.evaluate("document.activeElement.shadowRoot?.activeElement.dataset.i")
    assert int(below) > 5
    page.keyboard.press("ArrowUp")
    expect(chip(strip, 2)).to_be_focused()


def test_a_covered_chip_opens_on_hover_and_its_tooltip_stays_in_the_window(open_gallery: OpenGallery) -> None:
    page = open_gallery("strip")
    strip = component(page, "strip")
    expect(chip(strip, 6)).to_have_text("？")
    chip(strip, 6).hover()
    expect(chip(strip, 6)).to_have_text("好")
    tip = strip.locator(".tip")
    expect(tip).to_contain_text("排第 16")
    chip(strip, 1).hover()
    box = tip.bounding_box()
    assert box and box["x"] >= 0 and box["y"] >= 0
    page.mouse.move(5, 5)
    expect(tip).to_be_hidden()
    expect(chip(strip, 6)).to_have_text("？")
    chip(strip, 6).hover()
    chip(strip, 4).focus()
    page.keyboard.press("ArrowRight")
    page.mouse.move(5, 5)
    expect(tip).to_be_hidden()
    expect(chip(strip, 6)).to_have_text("？")


def test_what_is_secret_stays_secret(open_gallery: OpenGallery) -> None:
    page = open_gallery("mixed")
    strip = component(page, "secret")
    chip(strip, 6).hover()
    expect(strip.locator(".tip")).to_have_text("先猜一猜")
    expect(chip(strip, 6)).to_have_text("？")
    assert "好" not in strip.inner_html()
    table = page.evaluate("window.__sesame.figures.secret.csv()")
    assert "好" not in table


def test_pieces_of_one_word_hang_together_and_text_stays_text(open_gallery: OpenGallery) -> None:
    page = open_gallery("mixed", lang="en")
    strip = component(page, "mixed")
    assert strip.locator(".word", has=page.locator('[data-i="15"]')).locator(".chip").count() == 3
    expect(chip(strip, 16)).to_have_text("believ")
    expect(chip(strip, 11)).to_have_text("<script>alert(1)</script>")
    expect(chip(strip, 12)).to_have_text("**bold**")
    expect(chip(strip, 13)).to_have_text("$x^2$")
    expect(chip(strip, 10)).to_contain_text("[UNK]")
    expect(chip(strip, 10)).to_contain_text("𰻝")
    assert strip.locator("script").count() == 0
    assert chip(strip, 14).locator(".main").get_attribute("lang") == "ja"
    assert chip(strip, 1).locator(".main").get_attribute("lang") == "en"


def test_one_token_can_be_picked(open_gallery: OpenGallery) -> None:
    page = open_gallery("pick")
    strip = component(page, "pick")
    chip(strip, 0).click()
    state(page, "picked=0")
    assert covered(strip) == [0]


def test_chips_are_large_enough_for_fingers(open_gallery: OpenGallery) -> None:
    page = open_gallery("strip", viewport={"width": 390, "height": 844}, has_touch=True)
    strip = component(page, "strip")
    for one in strip.locator(".chip").all():
        box = one.bounding_box()
        assert box and box["width"] >= 40 and box["height"] >= 40
    chip(strip, 3).tap()
    state(page, "covered=[3, 6] focus=3 events=1")


def _same(found: object, expected: object) -> None:
    assert found == expected
