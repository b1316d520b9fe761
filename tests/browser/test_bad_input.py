"""Whatever a reader types: a message that says what to do, nothing lost from the box, and the session alive.

Nothing at all                  test_an_empty_line, test_only_spaces, test_who_empties_the_box_may_go_on_typing_in_it,
                                test_who_empties_the_word_may_go_on_typing_in_it
Too much                        test_ten_thousand_characters, test_a_new_text_ends_the_old_one_s_work
What the model cannot know      test_signs_the_model_has_no_token_for (emoji, traditional characters),
                                test_other_scripts (known to it or not, from the right to the left)
What looks like markup          test_what_looks_like_markup_stays_text (script, picture, formula, directive, entity)
                                test_words_typed_elsewhere_stay_text
The model's own signs           test_signs_of_the_model_typed_by_hand (see also test_masking.py)
Almost nothing                  test_a_single_token_in_every_tool

Every journey but those two ends with an ordinary sentence and its bars, and each with a server log in which no text of
a reader stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from explorer import chapters
from explorer.ui.i18n import text as words
from tests.browser.conftest import OpenPage
from tests.browser.journey import Home, Masking, Reference, eventually, idle, until
from tests.browser.server import Server
from tests.pace import PATIENCE

AFTER, AFTER_AT = "猫把毛线团滚到了沙发底下。", 3
TOOLS = chapters.get("masking").tools


@pytest.fixture(autouse=True)
def unlogged(quiet_log: Callable[[], str]) -> Iterator[None]:
    """Nor may anything it typed stand in the server's log."""
    yield
    assert AFTER not in quiet_log()


def alive(page: Masking, reference: Reference) -> None:
    """The same session takes an ordinary sentence and answers."""
    page.writes(AFTER, reference.pieces(AFTER))
    page.covers(AFTER_AT)
    page.bars.show(reference.masked(AFTER, AFTER_AT), original=reference.ids(AFTER)[AFTER_AT])
    expect(page.main.get_by_role("alert")).to_have_count(0)


def box(page: Masking | Home) -> str:
    """What stands in the line the reader typed into."""
    return page.page.get_by_role("textbox", name=page.say("input"), exact=True).input_value()


def _more(server: Server, before: int) -> None:
    assert server.status()["forward_passes"] > before


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_line(lang: str, open_page: OpenPage, reference: Reference) -> None:
    for path, kind in (("/", Home), ("/masking", Masking)):
        page = kind(open_page(path, lang=lang), lang)
        page.types("input", "")
        expect(page.main.get_by_role("alert")).to_have_text(page.say("errors.text_empty"))
        assert box(page).strip() == ""
        if isinstance(page, Masking):
            for tool in TOOLS:  # choosing tools without a sentence breaks nothing
                page.picks("tools", page.say(f"tool.{tool}"))
                idle(page.page)
                expect(page.main.get_by_role("alert")).to_have_text(page.say("errors.text_empty"))
            page.picks("tools", page.say("tool.cover"))
            page.page.wait_for_url(lambda url: "tool=" not in url, wait_until="commit")
            idle(page.page)
            alive(page, reference)


def test_only_spaces(open_page: OpenPage, reference: Reference) -> None:
    page = Masking(open_page("/masking"))
    for blank in ("     ", "\u3000\u3000", "\u00a0 \u2003"):
        page.types("input", blank)
        expect(page.main.get_by_role("alert")).to_have_text(page.say("errors.text_empty"))
        page.writes(AFTER, reference.pieces(AFTER))
        expect(page.main.get_by_role("alert")).to_have_count(0)
    alive(page, reference)


def test_a_new_text_ends_the_old_one_s_work(open_page: OpenPage, reference: Reference, server: Server) -> None:
    """A long text is pasted and at once replaced: its scan is given up within a step, the short one answers."""
    page = Masking(open_page("/masking"))
    page.writes(AFTER, reference.pieces(AFTER))
    idle(page.page)
    before = server.status()["forward_passes"]
    page.types("input", "后院的老槐树下坐着三个下棋的人，旁边的水壶冒着热气。" * 120)
    until(page.page, lambda: _more(server, before))
    alive(page, reference)
    idle(page.page)
    done = server.status()["forward_passes"] - before
    assert done < 26, "126 positions at four a pass would take 32 passes"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_ten_thousand_characters(lang: str, open_page: OpenPage, reference: Reference) -> None:
    sentence = "海浪一下一下拍着礁石。" if lang == "zh" else "The waves kept washing over the rocks. "
    text = (sentence * 1000)[:10_000]
    page = Masking(open_page("/masking", lang=lang), lang)
    page.types("input", text)
    limit, typed, used = page.reads("common.cut")
    assert typed == "10000" and limit == "128"
    assert 100 <= int(used) < 1000
    assert 64 < len(page.sentence.faces()) <= 128
    assert box(page) == text, "nothing is lost from the box"
    page.looks_at(5)  # a minute's work, the scan of 126 positions, goes on behind it; the next sentence ends it
    p = reference.masked(text[: int(used)], 5)
    page.bars.show(p, original=reference.ids(text[: int(used)])[5])
    alive(page, reference)


def test_signs_the_model_has_no_token_for(open_page: OpenPage, reference: Reference) -> None:
    page = Masking(open_page("/masking"))
    _emoji(page, reference)
    _traditional_characters(page, reference)
    alive(page, reference)


def _emoji(page: Masking, reference: Reference) -> None:
    text = "今天🎉真热闹，👩‍👩‍👧大家都来了🪗。"
    page.writes(text)
    page.sees(page.say("common.unknown"))
    idle(page.page)
    unknown = page.sentence.chips.and_(page.page.locator(".unknown"))
    expect(unknown.first).to_contain_text("[UNK]")
    assert unknown.locator("small").all_inner_texts() == ["👩‍👩‍👧", "🪗"], "one sign each, as it was typed"
    assert "🎉" in page.sentence.faces(), "some the model does know"
    page.covers(1)
    page.bars.show(reference.masked(text, 1), original=reference.ids(text)[1])


def _traditional_characters(page: Masking, reference: Reference) -> None:
    typed, read = "爺爺騎車去買雞蛋，還帶回一隻貓。", "爷爷骑车去买鸡蛋，还带回一只猫。"
    page.writes(typed, reference.pieces(read))
    page.sees(page.say("common.simplified"))
    assert box(page) == typed
    at = reference.pieces(read).index("蛋")
    page.covers(at)
    page.bars.show(reference.masked(read, at), original=reference.ids(read)[at])


def test_other_scripts(open_page: OpenPage, reference: Reference) -> None:
    page = Masking(open_page("/masking", lang="en"), "en")
    for text in ("დღეს კარგი ამინდია.", "ዛሬ ጥሩ ቀን ነው።", "ꦱꦸꦒꦼꦁ ꦌꦚ꧀ꦗꦁ"):  # Georgian, Amharic, Javanese
        _unknown_script(page, text)
        page.writes(AFTER, reference.pieces(AFTER))
        idle(page.page)  # what was said of the last text is gone
    for text in ("الولد يقرأ كتابا في الحديقة.", "הילדה אוכלת תפוח ליד החלון."):  # Arabic, Hebrew
        _from_the_right(page, text)
    alive(page, reference)


def _unknown_script(page: Masking, text: str) -> None:
    page.writes(text)
    page.sees(page.say("common.unknown"))
    expect(page.sentence.chips.and_(page.page.locator(".unknown")).first).to_contain_text("[UNK]")
    page.covers(1)
    expect(page.bars.verdict).to_contain_text("%")


def _from_the_right(page: Masking, text: str) -> None:
    page.writes(text)
    inner = page.sentence.chips.locator(".main, small")
    eventually(page.page, lambda: _true(text[0] in "".join(inner.all_inner_texts())))
    assert set(inner.evaluate_all("all => all.map(e => e.dir)")) <= {"auto", ""}
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.covers(1)
    expect(page.bars.verdict).to_contain_text("%")
    assert box(page) == text


MARKUP = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> <b>fat</b> &lt;b&gt; &#x41;",
    "![](http://example.invalid/x.png) [here](http://example.invalid) :red[blood] :material/home: **bold** `code`",
    "$x^2 + \\frac{1}{2}$ [[softmax]] {vocab} {0} %s",
)


def test_what_looks_like_markup_stays_text(open_page: OpenPage, reference: Reference) -> None:
    dialogs: list[str] = []
    home = Home(open_page("/", lang="en"), "en")
    page = Masking(open_page("/masking", lang="en"), "en")
    for reader in (home, page):
        reader.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for text in MARKUP:
        pieces = reference.pieces(text)
        home.writes(text, pieces)
        page.writes(text, pieces)
        page.covers(1, 2)
        for tool in TOOLS[1:] if "script" in text else ("joint", "lens"):
            page.uses(tool)
            _only_text(page)
        _only_text(home)
        assert dialogs == [], text
    page.uses("cover")
    page.picks("cover_label", page.say("covers.one"))
    idle(page.page)
    alive(page, reference)


def test_words_typed_elsewhere_stay_text(open_page: OpenPage, reference: Reference) -> None:
    odd = "<b>fat</b> ![](http://example.invalid/x.png) $x$ \"quote\" 'single'"
    page = Masking(open_page("/masking", lang="en"), "en")
    text = "The baker burnt the bread this morning."
    page.writes(text, reference.pieces(text))
    page.covers(4)
    page.bars.box.fill(odd[:40])
    page.bars.box.press("Enter")
    eventually(page.page, lambda: _true(page.bars.row(odd[:40]).kind == "joint"))
    page.uses("repair")
    page.types("repair.input", odd)
    page.sees(page.say("repair.many", wrong=odd[:16]))
    _only_text(page)
    page.uses("lens")
    page.types("lens.watch", odd)
    page.sees("$x$")
    _only_text(page)
    page.uses("compare")
    page.types("compare.second", odd)
    second = page.strip_of("masking-strip-b")
    second.reads(reference.pieces(odd), covered=page.sentence.covered())  # the blank of the first sentence
    _only_text(page)
    page.uses("cover")
    alive(page, reference)


def test_signs_of_the_model_typed_by_hand(open_page: OpenPage, reference: Reference) -> None:
    page = Masking(open_page("/masking"))
    _masks(page, reference)
    _separators(page)
    alive(page, reference)


def _masks(page: Masking, reference: Reference) -> None:
    text = "[MASK][MASK]在树上唱歌，[mask]听见了。"
    page.writes(text)
    blanks = [1, 2, reference.pieces(text.replace("[mask]", "[MASK]")).index("，") + 1]
    eventually(page.page, lambda: _true(page.sentence.covered() == blanks))  # in small letters it is meant as well
    idle(page.page)
    expect(page.bars.verdict).to_contain_text("%")


def _separators(page: Masking) -> None:
    text = "他说[SEP]就走了[CLS]，[PAD]没人懂[UNK]。"
    page.writes(text)
    eventually(page.page, lambda: _true("SEP" in "".join(page.sentence.faces())))
    special = page.sentence.chips.and_(page.page.locator(".special"))
    expect(special).to_have_text(["[CLS]", "[SEP]"])  # the tokenizer's own two, at the ends
    page.covers(1)
    expect(page.bars.verdict).to_contain_text("%")


@pytest.mark.parametrize(("lang", "text"), [("zh", "好"), ("en", "[MASK]")])
def test_a_single_token_in_every_tool(lang: str, text: str, open_page: OpenPage, reference: Reference) -> None:
    page = Masking(open_page("/masking", lang=lang), lang)
    page.writes(text)
    eventually(page.page, lambda: _true(len(page.sentence.faces()) == 3))
    if text != "[MASK]":
        page.covers(1)
    for tool in TOOLS[1:]:
        page.uses(tool)
        assert page.page.get_by_text(page.say("errors.failed")).count() == 0
    page.uses("cover")
    expect(page.bars.verdict).to_contain_text("%")
    home = Home(open_page("/", lang=lang), lang)
    home.types("input", text)
    eventually(home.page, lambda: _true(len(home.sentence.faces()) == 3))
    idle(home.page)
    assert home.page.get_by_text(home.say("errors.failed")).count() == 0
    alive(page, reference)


def _only_text(page: Home | Masking) -> None:
    """Nothing typed became an element."""
    idle(page.page)  # all that is to come of it is there
    stage = page.main
    assert stage.locator("script, b:text-is('fat'), .katex, .katex-html").count() == 0
    assert stage.locator('img[src*="example.invalid"], a[href*="example.invalid"], img[src="x"]').count() == 0


def _true(fact: bool) -> None:
    assert fact


@pytest.mark.parametrize("path", ["/", "/input", "/masking", "/pairs", "/attention", "/languages"])
def test_who_empties_the_box_may_go_on_typing_in_it(path: str, open_page: OpenPage, shipped: Server) -> None:
    # With what comes computed: without it 跨语言 first surveys its sentences, minutes of work on a busy machine.
    _empties(open_page(path, on=shipped), words("errors.text_empty", "zh"))


def test_who_empties_the_word_may_go_on_typing_in_it(open_page: OpenPage) -> None:
    _empties(open_page("/context?v=1&tool=own"), words("errors.word_empty", "zh"))


def _empties(page: Page, told: str) -> None:
    box = page.get_by_test_id("stMain").get_by_test_id("stTextInput").locator("input").first
    box.evaluate("(box) => { window.box = box; }")
    box.fill("")
    box.press("Enter")
    expect(page.get_by_test_id("stMain")).to_contain_text(told, timeout=PATIENCE * 1000)
    idle(page)
    page.keyboard.type("ab")
    assert page.evaluate("window.box.isConnected && window.box.value.trim()") == "ab"
