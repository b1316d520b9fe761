"""What comes by address: a lost array is asked for again, and every route answers below a path of the server's.

A lost array, at first and later    test_a_lost_array_has_the_page_run_again
A network that fails for a moment   test_a_fetch_that_fails_is_tried_again
One from which nothing is heard     test_what_is_never_answered_is_asked_for_again
A page that forgot its labels       test_a_page_that_forgot_what_it_was_told_is_told_again
Below a sub-path                    test_below_a_path_everything_answers
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, Route, expect

from explorer.engine import catalog
from explorer.views.vocabulary import url
from tests.browser.conftest import OpenPage
from tests.browser.journey import eventually, idle, until
from tests.browser.server import Server

BARS = '.sesame[data-key="masking-bars"]'
ROW = f"{BARS} li.row[data-p]"
TOLD = '() => [...(window.__sesame.said.get("masking-bars")?.keys() ?? [])]'  # digests
CHIP = '.sesame[data-key="masking-strip"] .chip[data-i="{}"]'


@pytest.fixture
def arrays(open_page: OpenPage) -> Callable[[Callable[[Route], None]], Page]:
    """Opens 填空 at a place where what is asked of /array goes through a handler first."""

    def opened(handler: Callable[[Route], None]) -> Page:
        page = open_page("/input")
        page.route("**/array/*", handler)
        page.goto(page.url.replace("/input", "/masking"))
        idle(page)
        return page

    return opened


def test_a_lost_array_has_the_page_run_again(arrays: Callable[..., Page]) -> None:
    asked: list[str] = []

    def lose(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) < 3:
            route.fulfill(status=404)
        else:
            route.continue_()

    page = arrays(lose)
    expect(page.locator(ROW).first).to_be_visible()

    def asked_again() -> None:
        assert len(asked) >= 3

    eventually(page, asked_again)
    expect(page.locator(BARS)).not_to_have_attribute("aria-busy", "true")


def test_a_fetch_that_fails_is_tried_again(arrays: Callable[..., Page]) -> None:
    asked: list[str] = []

    def fail(route: Route) -> None:
        address = route.request.url.split("?")[0]
        asked.append(address)
        tries = asked.count(address)
        if tries == 1:
            route.abort()
        elif tries == 2:
            route.fulfill(status=503)
        else:
            route.continue_()

    page = arrays(fail)
    expect(page.locator(ROW).first).to_be_visible()

    def third_try() -> None:
        assert max(map(asked.count, asked)) == 3, "the third try of what the bars need comes through, and is the last"

    eventually(page, third_try)


def test_what_is_never_answered_is_asked_for_again(open_page: OpenPage) -> None:
    """A script and the arrays of the first figure are asked for, and nothing comes: no answer, and no failure."""
    page = open_page("/input")
    held: dict[str, list[Route]] = {}

    def hold(route: Route) -> None:
        address = route.request.url.split("?")[0]
        asked = held.setdefault(address, [])
        asked.append(route)
        if len(asked) > 1 or ("array" not in address and "token_strip" not in address):
            route.continue_()

    page.clock.install()
    page.route("**/array/*", hold)
    page.route("**/bundle/token_strip*", hold)
    page.goto(page.url.split("/input")[0] + "/masking?v=1&text=" + quote("风筝挂在了老槐树的树梢上。"))

    def silent(kind: str) -> None:
        """Nothing of this kind is answered; after a while it is asked for again."""
        until(page, lambda: next(address for address in held if kind in address))
        page.clock.fast_forward(16_000)
        until(page, lambda: next(address for address, asked in held.items() if kind in address and len(asked) > 1))

    silent("token_strip")
    silent("array")
    expect(page.locator(CHIP.format(3))).to_be_visible()


def test_a_page_that_forgot_what_it_was_told_is_told_again(open_page: OpenPage) -> None:
    page = open_page("/masking", query={"v": "1", "text": "小猫坐在窗台上看雨。", "masks": "1", "focus": "1"})
    expect(page.locator(ROW).first).to_be_visible()
    before = page.locator(ROW).first.get_attribute("data-p")
    told = set(page.evaluate(TOLD))
    assert told
    page.evaluate("() => window.__sesame.said.clear()")
    page.locator(CHIP.format(4)).click()
    expect(page.locator(ROW).first).not_to_have_attribute("data-p", before or "")

    def again() -> None:
        assert told & set(page.evaluate(TOLD)), "what stays the same from run to run is said once more"

    eventually(page, again)
    expect(page.locator(f"{BARS} [data-dial='temperature']")).to_be_visible()


def test_below_a_path_everything_answers(fresh_server: Callable[..., Server], open_page: OpenPage) -> None:
    server = fresh_server(base="sesame")
    assert server.url.endswith("/sesame")
    page = open_page("/masking", on=server)
    expect(page.locator(ROW).first).to_be_visible()
    box = page.locator(f'{BARS} input[type="text"]')
    box.fill("鳄")
    box.press("Enter")
    expect(page.locator(ROW, has_text="鳄").first).to_be_visible()
    info = catalog.default("masked")
    vocabulary = page.request.get(f"{server.url}/{url(info)}")
    assert "json" in vocabulary.headers["content-type"]
    assert "鳄" in vocabulary.json()
    assert page.request.post(f"{server.url}/painted").status == 204
    assert page.request.post(f"{server.url}/stop/nobody").status == 404
    assert "forward_passes" in server.status()
