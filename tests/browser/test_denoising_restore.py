"""Chapter 10, 还原: a sentence of the reader's own is restored; nothing was computed beforehand.

Own sentence rotated, said again; a step looked at, another token      test_an_own_sentence_is_said_again
put in its place and taken back; beam search; layer and head chosen
without a run of the model
English, on a phone, in the dark                                         test_english_on_a_phone_in_the_dark
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, OpenPage
from tests.browser.journey import Reader, idle, linked, press
from tests.pace import PATIENCE

pytestmark = pytest.mark.usefixtures("quiet_log")


def test_an_own_sentence_is_said_again(open_page: OpenPage) -> None:
    page = open_page("/denoising", query={"v": "2", "tool": "restore", "kind": "rotate"})
    reader = Reader(page, "denoising", "zh")
    box = page.locator(".st-key-denoising-text input")
    box.fill("外婆把刚摘的草莓洗干净放在桌上。")
    box.press("Enter")
    linked(page, "text=")
    said = reader.strip_of("denoising-restored")
    read = reader.strip_of("denoising-restore-given")
    expect(reader.main).to_contain_text(reader.say("restore.moved"), timeout=PATIENCE * 1000)
    idle(page)
    assert sorted(face for face in read.faces() if face not in ("[CLS]", "[SEP]")) == sorted(
        "外婆把刚摘的草莓洗干净放在桌上。"
    )
    first = said.faces()
    said.click(2)
    linked(page, "step=2")
    idle(page)
    page.locator(".st-key-denoising-instead-1 button").click()
    linked(page, "chosen=")
    idle(page)
    changed = said.faces()
    assert changed[:2] == first[:2] and changed[2] != first[2]
    press(page, reader.say("restore.undo"))
    expect(page.locator(".st-key-denoising-undo")).to_have_count(0, timeout=PATIENCE * 1000)
    idle(page)
    assert said.faces() == first
    press(page, reader.say("looking.truest"))
    linked(page, "layer=")
    reader.picks("restore.way", reader.say("restore.way_beam"))
    linked(page, "way=beam")
    idle(page)
    expect(page.locator(".st-key-denoising-crossing .js-plotly-plot")).to_be_visible(timeout=PATIENCE * 1000)


def test_english_on_a_phone_in_the_dark(open_page: OpenPage) -> None:
    query = {"v": "2", "tool": "restore", "kind": "delete", "text": "My uncle repairs old radios in his garage."}
    page = open_page("/denoising", lang="en", theme="dark", viewport=PHONE, query=query)
    reader = Reader(page, "denoising", "en")
    reader.sees(reader.say("restore.hidden"))
    expect(reader.main).to_contain_text(re.compile(r"\d+ / \d+"), timeout=PATIENCE * 1000)
    idle(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
