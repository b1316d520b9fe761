"""A room in Chromium: what is said in it, a press on one of its buttons, an answer that is counted, and opening one."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.journey import idle, until, words
from tests.pace import PACE


def says(name: str, lang: str = "zh", **values: object) -> str:
    return words(f"components.room.{name}", lang, **values)


def presses(page: Page, name: str, lang: str = "zh") -> None:
    page.locator(".room").get_by_role("button", name=says(name, lang), exact=True).click()


def answers(phone: Page, option: Locator) -> None:
    """Until the room has counted it: the ballot is drawn again with every answer, and a click may fall between."""

    def chosen() -> None:
        option.click()
        expect(option).to_have_attribute("aria-pressed", "true", timeout=5_000 * PACE)

    until(phone, chosen)


def opens_a_room(teacher: Page) -> str:
    """Opens one on 课堂 and goes back to where she was; the room's code."""
    before = teacher.url
    teacher.get_by_role("link", name=words("classroom.nav", "zh")).first.click()
    idle(teacher)
    presses(teacher, "open")
    code = teacher.locator(".room.leads b.code").inner_text()
    page = before.partition("?")[0].rpartition("/")[2]
    teacher.get_by_role("link", name=words(f"{page}.nav", "zh")).first.click()
    idle(teacher)
    return code
