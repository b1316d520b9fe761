"""Chapter 11, 文字之外, on words, sequences and a sentence of the reader's own; nothing was computed beforehand.

Collapse run live, a switch, another seed; own sequences with own     test_all_tools_on_what_is_the_reader_s_own
words taught, stopped in mid-run, told what can't be; an own
sentence made nonsense; the map
English, on a phone, in the dark                                      test_english_on_a_phone_in_the_dark
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from explorer.content import nonsense
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.journey import Reader, idle, linked, press
from tests.pace import PATIENCE

pytestmark = pytest.mark.usefixtures("quiet_log")

OWN = "\n".join(f"{label} {end}" for label, ends in {
    "山": ("ATTCGATTCG", "ATTCGATTCC", "ATTCGATTCA", "ATTCGATTGA", "ATTCGATTGC", "ATTCGATTGG"),
    "海": ("GGTCAAGTCA", "GGTCAAGTCC", "GGTCAAGTCN", "GGTCAAGTGA", "GGTCAAGTGC", "GGTCAAGTGG"),
}.items() for end in ends)  # fmt: skip


def test_all_tools_on_what_is_the_reader_s_own(open_page: OpenPage) -> None:
    page = open_page("/beyond", query={"v": "2", "stop_gradient": "0", "seed": "41"})
    reader = Reader(page, "beyond", "zh")
    press(page, reader.say("train"))
    expect(reader.main).to_contain_text(reader.say("collapse.fallen"), timeout=4 * PATIENCE * 1000)
    idle(page)
    reader.picks("tools", reader.say("tool.dna"))
    linked(page, "tool=dna")
    reader.picks("dna.source", reader.say("dna.from_own"))
    box = page.locator(".st-key-beyond-own textarea")
    box.fill(OWN)
    box.press("Control+Enter")
    linked(page, "own=")
    idle(page)
    word = page.locator(".st-key-beyond-word-G input")
    word.fill("我")
    word.press("Enter")
    reader.sees(reader.say("errors.dna_same_word", first="A", second="G"))
    idle(page)
    word = page.locator('[class*="st-key-beyond-word-G"] input')
    word.fill("雪")
    word.press("Enter")
    expect(page.locator(".st-key-beyond-dna-start")).to_be_visible(timeout=PATIENCE * 1000)
    idle(page)
    press(page, reader.say("train"))
    reader.cancels()
    expect(page.locator(".st-key-beyond-dna-start")).to_be_visible(timeout=PATIENCE * 1000)
    reader.picks("tools", reader.say("tool.nonsense"))
    reader.picks("nonsense.way", reader.say("way.made_up"))
    idle(page)
    line = page.locator(".st-key-beyond-sentence input")
    line.fill("这双袜子又薄又爱起球")
    line.press("Enter")
    linked(page, "sentence=")
    changed = nonsense.changed("这双袜子又薄又爱起球", "made_up", "zh")
    reader.sees(reader.say("nonsense.changed", changed=changed))
    reader.picks("tools", reader.say("tool.field"))
    reader.picks("field.which", reader.say("kind.speech"))
    reader.sees(reader.say("guessed.hubert"))


def test_english_on_a_phone_in_the_dark(open_page: OpenPage) -> None:
    page = open_page("/beyond", lang="en", theme="dark", viewport=PHONE, query={"v": "2", "tool": "field"})
    reader = Reader(page, "beyond", "en")
    reader.sees(reader.say("field.superb"))
    idle(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
