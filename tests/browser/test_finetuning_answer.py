"""Chapter 9, 问答: a passage and questions of the reader's own; nothing in the app was computed beforehand.

A Chinese passage, asked of the head that was taught in English; dials that ask no model; windows; 找错
                                                           test_a_head_taught_in_english_is_asked_about_a_chinese_…
The head that was taught in Chinese, asked the same       test_the_head_taught_in_chinese_reads_the_same_passage
All six languages, stopped on the way; English, on a phone, in the dark
                                                           test_six_languages_are_asked_with_progress_and_a_stop
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, OpenPage
from tests.browser.journey import Reader, eventually, idle, linked, until
from tests.browser.server import Server
from tests.pace import PATIENCE

pytestmark = pytest.mark.usefixtures("quiet_log")

PASSAGE = (
    "码头边的修船铺是贺家三代人开的。爷爷专补木船的底，父亲只修发动机，到了小贺这一代，铺子里多了一台缝帆的机器。"
    "每年台风过后活最多，去年九月他们一个星期修好了十四条船，工钱有一半是用鱼付的。"
)
QUESTION = "父亲修什么？"


def test_a_head_taught_in_english_is_asked_about_a_chinese_passage(open_page: OpenPage, server: Server) -> None:
    page = open_page("/finetuning", query={"v": "2", "tool": "answer"})
    reader = Reader(page, "finetuning", "zh")
    box = page.get_by_role("textbox", name=reader.say("answer.passage"), exact=True)
    until(page, lambda: box.fill(PASSAGE))
    box.press("ControlOrMeta+Enter")
    linked(page, "passage=")
    reader.types("answer.question", QUESTION)
    linked(page, "question=")
    idle(page)
    said = page.locator("p.prose mark")

    def answer() -> str:
        text = said.inner_text()
        assert text and text in PASSAGE
        return text

    first = eventually(page, answer)
    reader.sees(first)
    shares = reader.plot("finetuning-answer-ends")
    assert all(abs(sum(one["y"]) - 1) < 1e-3 for one in shares), "two softmaxes, over the passage alone"
    assert len(shares[0]["y"]) == len(shares[1]["y"]) > 60
    before = server.status()["forward_passes"]
    to_the_left(reader, "answer.longest")
    linked(page, "longest=1")
    idle(page)
    assert len(eventually(page, answer)) <= 2, "one token"
    assert server.status()["forward_passes"] == before, "what follows from the scores asks no model"
    to_the_left(reader, "answer.dial.window")
    linked(page, "window=48")
    reader.sees(reader.say("errors.windows_overlap").split("{")[0])  # more than a window has room for
    to_the_left(reader, "answer.dial.overlap")
    linked(page, "overlap=0")
    idle(page)
    rows = page.locator("table.plain-table").last.locator("tr")
    assert eventually(page, lambda: rows.count()) > 3, "a row a window, and the head"
    assert server.status()["forward_passes"] > before
    # What this method can't do: the text does not tell, and it points somewhere all the same.
    reader.picks("answer.gallery", reader.say("answer.kind.no_answer"))
    linked(page, "mistake=no_answer")
    reader.sees(reader.say("answer.reader", answer=reader.say("answer.not_told")))
    expect(said).to_be_visible(timeout=PATIENCE * 1000)


def test_the_head_taught_in_chinese_reads_the_same_passage(open_page: OpenPage, server: Server) -> None:
    page = open_page("/finetuning", query={"v": "2", "tool": "answer", "passage": PASSAGE, "question": QUESTION})
    reader = Reader(page, "finetuning", "zh")
    said = page.locator("p.prose mark")
    assert eventually(page, said.inner_text) in PASSAGE
    before = server.status()["forward_passes"]
    reader.picks("answer.taught", reader.say("answer.taught_in.zh"))
    linked(page, "taught=zh")
    reader.sees(reader.say("answer.head.zh"))
    idle(page)
    assert server.status()["forward_passes"] > before
    assert eventually(page, said.inner_text) in PASSAGE


def to_the_left(reader: Reader, name: str) -> None:
    """A slider at its smallest value."""
    dial = reader.main.get_by_role("slider", name=reader.say(name))
    until(reader.page, lambda: dial.press("Home"))


def test_six_languages_are_asked_with_progress_and_a_stop(open_page: OpenPage, server: Server) -> None:
    page = open_page("/finetuning", lang="en", theme="dark", viewport=PHONE, query={"v": "2", "tool": "answer"})
    reader = Reader(page, "finetuning", "en")
    expect(page.locator("p.prose mark")).to_be_visible(timeout=PATIENCE * 1000)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    reader.picks("tools", reader.say("tool.across"))
    reader.sees(reader.say("across.reading", language=reader.say("across.language.zh")))
    reader.cancels()
    idle(page)
    done = server.status()["forward_passes"]
    page.wait_for_timeout(1500)
    assert server.status()["forward_passes"] == done, "nothing is asked any more"
    reader.sees(reader.say("errors.cancelled"))
