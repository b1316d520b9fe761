"""课堂 without a room, in Chromium: what a teacher prepares and a pupil does alone, on a sentence of one's own.

The quiz, the mistakes              test_a_quiz_is_answered_and_a_mistake_looked_up
A worksheet, as it is printed       test_a_worksheet_of_one_s_own_sentence_is_printed
A lesson plan from step to step     test_a_lesson_is_walked_through_and_left
A term, and where it is shown       test_a_term_is_found_and_leads_to_its_page
"""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from explorer import texts
from explorer.content import classroom as content
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.journey import Reader, Reference, eventually, idle, linked, plain, until
from tests.browser.journey import words as say

pytestmark = pytest.mark.usefixtures("quiet_log")

OWN = "外公在院子里修好了旧收音机。"
A4 = (595, 842)  # points


def test_a_quiz_is_answered_and_a_mistake_looked_up(open_page: OpenPage) -> None:
    page = open_page("/classroom", lang="en", viewport=PHONE, query={"v": "2", "tool": "quiz", "chapter": "attention"})
    reader = Reader(page, "classroom", "en")
    question = content.quiz("attention", "en")[1]
    chosen = next(n for n in range(len(question.options)) if n != question.right)
    page.get_by_role("radiogroup", name=question.ask).locator("label").nth(chosen).click()
    why = page.locator(".st-key-stage-quiz-1 .because li")
    expect(why.first).to_contain_text("✗")
    assert why.count() == len(question.options)
    expect(page.locator(".st-key-stage-quiz-1 .because li.right")).to_contain_text("✓")
    linked(page, "said=")
    page.reload()
    idle(page)
    expect(why.first).to_contain_text("✗")
    reader.picks("tools", reader.say("tool.mistakes"))
    page.get_by_role("button", name=reader.say("mistakes.on")).click()
    card = content.mistakes("en")[1]
    expect(reader.main).to_contain_text(plain(card.claim))
    page.get_by_role("button", name=reader.say("mistakes.show")).click()
    expect(reader.main).to_contain_text(plain(card.wrong))
    see = say("classroom.see", "en", page="@").partition("@")[0]
    page.get_by_role("link", name=re.compile("^" + re.escape(see))).first.click()
    expect(page.locator("h1.question")).to_have_text(say(f"{card.page}.title", "en"))


def test_a_worksheet_of_one_s_own_sentence_is_printed(open_page: OpenPage, reference: Reference) -> None:
    page = open_page("/classroom", query={"v": "2", "tool": "papers", "chapter": "masking"})
    reader = Reader(page, "classroom", "zh")
    reader.types("papers.sentence", OWN)
    linked(page, "own=")
    paper = page.locator("article.paper")
    tasks = paper.locator("li", has_text="＿＿＿＿")

    def gaps() -> list[str]:
        found = [line.split("\n")[0] for line in tasks.all_inner_texts()]
        assert 2 <= len(found) <= 4
        return found

    pieces = reference.pieces(OWN)
    for line in eventually(page, gaps):
        before, after = line.split("＿＿＿＿")
        gone = OWN.removeprefix(before).removesuffix(after)
        assert before + gone + after == OWN and gone in "".join(pieces)
    page.emulate_media(media="print")
    for furniture in ('[data-testid="stSidebar"]', "h1.question", ".st-key-stage-papers label", ".honest"):
        assert not page.locator(furniture).locator("visible=true").count(), furniture
    expect(paper).to_be_visible()
    sizes = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)", page.pdf(prefer_css_page_size=True))
    assert sizes and all((round(float(w)), round(float(h))) in (A4, (596, 842)) for w, h in sizes)


def test_a_lesson_is_walked_through_and_left(open_page: OpenPage) -> None:
    plan = content.plans("zh")[1]
    page = open_page("/classroom", query={"v": "2", "tool": "plans", "lesson": plan.id})
    main = page.get_by_test_id("stMain")
    page.locator(".st-key-lesson-entry a").click()
    for n, step in enumerate(plan.steps[:3], 1):
        expect(page.locator("h1.question")).to_have_text(say(f"{step.page}.title", "zh"))
        strip = page.locator(".st-key-tour")
        expect(strip).to_contain_text(plain(step.do))
        linked(page, f"plan={plan.id}.{n}")
        if n < 3:
            idle(page)
            strip.get_by_role("link").last.click()
    page.go_back()
    expect(page.locator(".st-key-tour")).to_contain_text(plain(plan.steps[1].do))
    idle(page)
    page.get_by_role("button", name=say("classroom.plans.leave", "zh")).click()
    expect(page.locator(".st-key-tour")).to_have_count(0)
    expect(main.get_by_test_id("stException")).to_have_count(0)
    assert "plan=" not in page.url


def test_a_term_is_found_and_leads_to_its_page(open_page: OpenPage) -> None:
    page = open_page("/classroom", theme="dark", query={"v": "2", "tool": "glossary"})
    reader = Reader(page, "classroom", "zh")
    terms = texts.chapter("glossary", "zh")
    _finds(page, "掩码")
    shown = page.locator('[class*="st-key-term-"]')
    asked = [term for term, told in terms.items() if "掩码" in term + told]
    eventually(page, lambda: _all_stand(page, asked))
    shown.first.get_by_role("link").click()
    idle(page)
    expect(page.locator("h1.question")).not_to_have_text(say("classroom.title", "zh"))
    page.go_back()
    idle(page)
    _finds(page, "没有这个词")
    reader.sees(say("classroom.glossary.none", "zh"))


def _finds(page: Page, word: str) -> None:
    box = page.get_by_role("textbox", name=say("classroom.glossary.find", "zh"), exact=True)
    until(page, lambda: box.fill(word))
    box.press("Enter")
    linked(page, f"find={quote(word)}")


def _all_stand(page: Page, terms: list[str]) -> None:
    found = page.locator('[class*="st-key-term-"] b').all_inner_texts()
    assert sorted(found) == sorted(terms)
