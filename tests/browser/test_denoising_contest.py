"""哪种弄坏法最好, run before one's eyes: progress is seen, a reload finds it, a stop leaves what there is."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.journey import Reader, press, until
from tests.pace import PACE, PATIENCE

pytestmark = pytest.mark.usefixtures("quiet_log")


def test_a_contest_grows_is_found_after_a_reload_and_stopped(open_page: OpenPage) -> None:
    page = open_page("/denoising", query={"v": "2", "tool": "contest", "drawn": "63"})
    reader = Reader(page, "denoising", "zh")
    press(page, reader.say("contest.start"))

    def grown() -> int:
        curves = reader.plot("denoising-contest-live")
        assert len(curves) == 5 and len(curves[0]["y"]) >= 1
        return len(curves[0]["y"])

    until(page, grown)
    page.reload()
    until(page, grown)
    stop = page.get_by_role("button", name=reader.say("common.cancel"), exact=True)
    expect(stop).to_be_visible(timeout=PATIENCE * 1000)
    pressed = time.monotonic()
    reader.cancels()
    expect(page.get_by_role("button", name=reader.say("contest.start"), exact=True)).to_be_visible(
        timeout=PATIENCE * 1000
    )
    assert time.monotonic() - pressed < 6 * PACE, "a step of five networks, and the page with their curves once more"
    reader.sees(reader.say("contest.stopped", done="", total="").split("步")[0][:2])
    assert len(reader.plot("denoising-contest-left")) == 5
