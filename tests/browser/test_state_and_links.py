"""A page's state: in the link, in a file, across languages and pages; and links that something is wrong with.

Language: test_the_browser_s_locale_decides_the_language, test_switching_the_language_keeps_the_page. Links:
test_what_a_slow_network_draws_late_…, test_a_link_opens_the_page_as_it_was, test_home_s_link_…,
test_a_link_with_bad_parts_…, test_a_link_of_another_version_…, test_a_slash_at_the_end_…, test_an_over_long_link_…,
test_a_foreign_link_…. Files:
test_a_page_too_large_for_a_link_goes_into_a_file, test_a_foreign_file_is_refused. Presets:
test_every_preset_sets_the_whole_page. Test_start_over. The sentence that goes along:
test_the_sentence_travels_and_back_leads_to_the_older_one, test_two_tabs_have_a_sentence_each.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from explorer.content import examples
from explorer.ui.i18n import text as words
from explorer.views.home.common import PRESETS as HOME_PRESETS
from explorer.views.masking.common import PRESETS
from tests.browser.conftest import OpenPage
from tests.browser.journey import Home, Masking, Reference, eventually, idle, linked, until, written
from tests.pace import PACE

ZH, ZH_AT = "奶奶把晒干的萝卜收进坛子里。", 8
EN, EN_AT = "The lighthouse keeper painted the door green again.", 9
EN_LAST = 11  # "again": the last word that says something


@pytest.mark.parametrize(("locale", "lang"), [("zh-TW", "zh"), ("fr-FR", "en")])  # others: tests/ui/test_words.py
def test_the_browser_s_locale_decides_the_language(locale: str, lang: str, open_page: OpenPage) -> None:
    page = open_page("/", lang=locale)
    heading = page.locator("h1.question")
    expect(heading).to_have_text(words("home.title", lang))
    expect(heading).to_have_attribute("lang", "zh-CN" if lang == "zh" else "en")


def test_switching_the_language_keeps_the_page(open_page: OpenPage, reference: Reference) -> None:
    page = Masking(open_page("/masking"))
    page.writes(ZH, reference.pieces(ZH))
    page.covers(5, ZH_AT)
    page.picks("how_label", page.say("how.keep"))
    page.uses("lens")
    page.types("lens.watch", "火")
    expect(page.page).to_have_url(re.compile("watch="))
    for lang in ("en", "zh"):
        page.page.get_by_test_id("stSidebar").get_by_text({"en": "English", "zh": "中文"}[lang], exact=True).click()
        page = Masking(page.page, lang)
        expect(page.page.locator("h1.question")).to_have_text(page.say("masking.title"))
        heading = page.page.get_by_role("heading", level=2, name=page.say("lens.title"), exact=True)
        expect(heading).to_be_visible()
        linked(page.page, f"lang={lang}")  # the address is written last, after what it tells of is drawn
        idle(page.page)
        eventually(page.page, lambda page=page: _same(page.sentence.treated("keep"), [5, ZH_AT]))
        eventually(page.page, lambda page=page: _same(page.sentence.focus(), [ZH_AT]))
        expect(page.page.get_by_role("textbox", name=page.say("input"), exact=True)).to_have_value(ZH)
        expect(page.page.get_by_role("textbox", name=page.say("lens.watch"), exact=True)).to_have_value("火")
        query = parse_qs(urlsplit(page.page.url).query)
        assert query["lang"] == [lang] and query["text"] == [ZH] and query["tool"] == ["lens"]
        assert "/masking" in page.page.url
    page.page.go_back()  # the address of before, and its language
    page = Masking(page.page, "en")
    expect(page.page.locator("h1.question")).to_have_text(page.say("masking.title"))
    linked(page.page, "lang=en")
    expect(page.page.get_by_role("textbox", name=page.say("input"), exact=True)).to_have_value(ZH)
    eventually(page.page, lambda: _same(page.sentence.treated("keep"), [5, ZH_AT]))
    page.page.go_forward()
    expect(page.page.locator("h1.question")).to_have_text(words("masking.title", "zh"))


def test_a_link_opens_the_page_as_it_was(open_page: OpenPage, reference: Reference) -> None:
    page = Masking(open_page("/masking", lang="en"), "en")
    page.writes(EN, reference.pieces(EN))
    page.covers(3, EN_AT)
    page.bars.box.fill("bread")
    page.bars.box.press("Enter")
    page.bars.dial("temperature").press("Home")
    page.bars.dial("show").press("End")
    expect(page.page).to_have_url(re.compile("k=30"))
    expect(page.page).to_have_url(re.compile("watch=bread"))
    idle(page.page)
    rows = page.bars.rows()
    other = Masking(open_page(page.page.url.split(_host(page.page))[1], lang="en"), "en")
    other.sentence.reads(reference.pieces(EN), covered=[3, EN_AT])
    assert other.sentence.focus() == [EN_AT]

    def the_same_bars() -> None:
        assert [(row.word, row.said) for row in other.bars.rows()] == [(row.word, row.said) for row in rows]

    eventually(other.page, the_same_bars)
    # A reader with another locale gets the same page in the other language: the link names one only if it was chosen.
    third = Masking(open_page(page.page.url.split(_host(page.page))[1], lang="zh"), "zh")
    third.sentence.reads(reference.pieces(EN), covered=[3, EN_AT])


def test_home_s_link_opens_the_page_as_it_was(open_page: OpenPage, reference: Reference) -> None:
    home = Home(open_page("/"))
    home.writes(ZH, reference.pieces(ZH))
    home.picks("split.how", home.say("split.gpt"))
    idle(home.page)  # a click on the strip of before covers one token more
    home.sentence.click(6)
    home.picks("classes.pick", home.say("classes.nli"))
    expect(home.page).to_have_url(re.compile("classes=nli"))
    eventually(home.page, lambda: _same(home.sentence.covered()[0], 6))
    other = Home(open_page(home.page.url.split(_host(home.page))[1]))
    eventually(other.page, lambda: _same(other.split(), home.split()))
    other.sees(f"{3 * reference.net.config.hidden_size:,}")


def test_a_link_with_bad_parts_says_which_and_keeps_the_rest(open_page: OpenPage, reference: Reference) -> None:
    bad = {"masks": "4~zwölf", "tool": "teleport", "t": "nan", "focus": "-3", "how": "", "k": "1e99", "watch": "~" * 40}
    page = Masking(open_page("/masking", query={"text": EN, "v": "1", **bad}))
    alarm = page.main.get_by_role("alert")
    expect(alarm).to_be_visible()
    for field in bad:
        expect(alarm).to_contain_text(field)
    page.stands(reference.pieces(EN))
    page.covers(EN_AT)
    page.bars.show(reference.masked(EN, EN_AT), original=reference.ids(EN)[EN_AT])


def test_a_link_of_another_version_opens_the_page_as_new(open_page: OpenPage) -> None:
    page = Masking(open_page("/masking/", query={"text": ZH, "v": "999", "tool": "lens"}))  # as some write addresses
    expect(page.main.get_by_role("alert")).to_have_text(page.say("common.link_version"))
    expect(page.bars.verdict).to_contain_text("%")
    idle(page.page)
    shown = [row.word for row in page.bars.rows() if row.id is not None]
    assert shown and not [word for word in shown if word.startswith("#")], "words, from their own address"


@pytest.mark.parametrize("address", ["/generation/", "/context//"])
def test_a_slash_at_the_end_of_an_address_is_no_other_page(address: str, open_page: OpenPage) -> None:
    """Labels and scripts have addresses of their own, beside the page's and not below it."""
    missing: list[str] = []
    page = open_page("/input")
    page.on("response", lambda got: missing.append(got.url) if got.status >= 400 else None)
    page.goto(page.url.split("/input")[0] + f"{address}?v=1&lang=zh")
    name = address.strip("/")
    expect(page.locator("h1.question")).to_have_text(words(f"{name}.title", "zh"))
    idle(page)
    expect(page.locator(".sesame").first).to_be_visible()
    assert [url for url in missing if re.search("vocabulary|bundle|array", url)] == []
    shown = "\n".join(page.locator(".sesame").all_inner_texts())
    assert shown and not re.search(r"(?m)^#\d+$", shown), "words, from their own address"


def test_an_over_long_link_is_refused_with_a_reason(open_page: OpenPage) -> None:
    page = Masking(open_page("/masking", query={"text": "长" * 3000, "v": "1"}))
    expect(page.main.get_by_role("alert")).to_contain_text("text")
    expect(page.bars.verdict).to_contain_text("%")


def test_a_foreign_link_changes_nothing(open_page: OpenPage) -> None:
    strange = {"utm_source": "x", "q": "<script>alert(1)</script>", "__proto__": "1", "lang": "tlh", "teacher": "maybe"}
    page = open_page("/masking", query=strange)
    expect(page.locator("h1.question")).to_have_text(words("masking.title", "zh"))
    expect(page.get_by_test_id("stMain").get_by_role("alert")).to_have_count(0)


def test_a_page_too_large_for_a_link_goes_into_a_file(
    open_page: OpenPage, reference: Reference, tmp_path: Path
) -> None:
    page = Masking(open_page("/masking"))
    text = ZH * 40  # far more than a link can carry, every character of it nine in the address
    page.writes(text)
    page.sees(page.say("common.link_long"))
    until(page.page, lambda: _same(len(page.sentence.faces()) > len(ZH) + 50, True))  # no longer the strip of before
    page.looks_at(ZH_AT)  # the scan of so long a text goes on behind it, for a minute
    assert "text=" not in page.page.url
    page.main.get_by_text(page.say("common.more"), exact=True).click()
    saved = tmp_path / "page.json"

    def save() -> None:
        """Until the file has what was clicked last: Python hears of it when the reader rests, and makes the file."""
        with page.page.expect_download() as download:
            page.page.get_by_role("button", name=page.say("common.state_save")).click()
        download.value.save_as(saved)
        assert json.loads(saved.read_text(encoding="utf-8"))["state"]["masks"] == str(ZH_AT)

    until(page.page, save)
    assert json.loads(saved.read_text(encoding="utf-8"))["state"]["text"] == text

    other = Masking(open_page("/masking", lang="en"), "en")
    _open_file(other, saved)
    until(other.page, lambda: _same(other.sentence.covered(), [ZH_AT]))  # the scan goes on here as well
    expect(other.page.get_by_role("textbox", name=other.say("input"), exact=True)).to_have_value(text)


def test_a_foreign_file_is_refused(open_page: OpenPage, tmp_path: Path) -> None:
    """One of many kinds; the others are tests/pages/test_masking.py's."""
    page = Masking(open_page("/masking"))
    file = tmp_path / "page.json"
    file.write_text('{"page": "home", "v": "1", "state": {}}', encoding="utf-8")
    _open_file(page, file)
    expect(page.page.get_by_role("alert").filter(has_text=page.say("common.state_bad"))).to_be_visible()
    expect(page.bars.verdict).to_contain_text("%")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_widgets_of_streamlit_speak_the_language_of_the_page(lang: str, open_page: OpenPage) -> None:
    page = Masking(open_page("/masking", lang=lang), lang)
    page.main.get_by_text(page.say("common.more"), exact=True).click()
    page.page.get_by_role("button", name=page.say("common.state_open")).click()
    dropped = page.page.get_by_test_id("stFileUploaderDropzone")
    assert written(dropped.get_by_text("Upload", exact=True)) == page.say("common.widgets.upload")
    expect(dropped.get_by_text("per file")).to_be_hidden()
    page.page.keyboard.press("Escape")
    page.page.get_by_role("textbox", name=page.say("input"), exact=True).press_sequentially("!")
    assert written(page.page.get_by_text("Press Enter to apply")) == page.say("common.widgets.enter")

    page = Masking(open_page("/input", lang=lang), lang)
    page.page.get_by_role("combobox").first.press_sequentially("zzz")
    assert written(page.page.get_by_text("No results")) == page.say("common.widgets.no_results")
    page.page.keyboard.press("Escape")
    page.page.reload()
    idle(page.page)
    page.main.get_by_text(page.say("common.code"), exact=True).click()
    page.main.get_by_test_id("stCode").hover()

    def named_in_one_language() -> None:
        found = set(page.page.evaluate(_NAMES))
        assert page.say("common.streamlit.choose") in found
        assert page.say("common.streamlit.copy") in found
        assert lang == "en" or not {name for name in found if not re.search("[\u4e00-\u9fff]", name)}

    eventually(page.page, named_in_one_language)


# Whatever the framework's own elements are called, or say in an empty box.
_NAMES = """() => ["aria-label", "placeholder", "title"].flatMap((kind) =>
  [...document.querySelectorAll(`[${kind}]`)].filter((e) => !e.closest('body [lang="en"], .sesame, .js-plotly-plot'))
    .map((e) => e.getAttribute(kind)).filter((name) => /[A-Za-z]{3}/.test(name)
      || /[\u4e00-\u9fff]/.test(name)))"""


def test_every_preset_sets_the_whole_page(open_page: OpenPage, reference: Reference) -> None:
    lang = "zh"  # the examples of every language: tests/content/test_examples.py
    page = Masking(open_page("/masking", lang=lang), lang)
    page.writes(ZH, reference.pieces(ZH))
    page.covers(ZH_AT)
    for name in PRESETS:
        example = examples.entry("masking", name, lang)
        page.picks_preset(name)
        state, masks = example.get("state", {}), example.get("masks", [])
        tool, pieces = state.get("tool", "cover"), reference.pieces(example["text"])
        if tool == "repair":  # the wrong word stands in its place
            faces = [state["wrong"] if at in masks else piece for at, piece in enumerate(pieces)]
            eventually(page.page, lambda faces=faces: _same([*map(_bare, page.sentence.faces())], [*map(_bare, faces)]))
        elif tool != "lottery":  # which draws a sentence of its own
            page.sentence.reads(pieces, covered=masks)
        if tool != "cover":
            heading = page.page.get_by_role("heading", level=2, name=page.say(f"{tool}.title"), exact=True)
            expect(heading).to_be_visible(timeout=30_000 * PACE)

        def told(text: str = example["text"], tool: str = tool) -> None:  # the address is written last
            query = parse_qs(urlsplit(page.page.url).query)
            assert query["text"] == [text]
            assert query.get("tool", ["cover"]) == [tool]

        eventually(page.page, told)
        expect(page.main.get_by_role("alert")).to_have_count(0)


def test_every_preset_of_home_sets_the_whole_page(open_page: OpenPage, reference: Reference) -> None:
    lang = "en"
    home = Home(open_page("/", lang=lang), lang)
    home.writes(ZH, reference.pieces(ZH))
    for name in HOME_PRESETS:
        example = examples.entry("home", name, lang)
        home.picks_preset(name)
        count = len(reference.pieces(example["text"]))
        eventually(home.page, lambda count=count: _same(len(home.sentence.faces()), count))
        line = home.page.get_by_role("textbox", name=home.say("input"), exact=True)
        expect(line).to_have_value(example["text"])
        chosen = home.page.get_by_role("radio", name=home.say(f"split.{example['how']}"), exact=True)
        expect(chosen).to_be_checked()


def test_start_over_puts_the_page_back(open_page: OpenPage, reference: Reference) -> None:
    page = Masking(open_page("/masking"))
    expect(page.bars.verdict).to_contain_text("%")
    own = page.sentence.faces()
    page.writes(ZH, reference.pieces(ZH))
    page.uses("lens")
    page.main.get_by_text(page.say("common.more"), exact=True).click()
    page.page.get_by_role("button", name=page.say("common.reset"), exact=True).click()
    eventually(page.page, lambda: _same(page.sentence.faces(), own))
    expect(page.bars.verdict).to_contain_text("%")
    eventually(page.page, lambda: _same(urlsplit(page.page.url).query, ""))


def test_the_sentence_travels_and_back_leads_to_the_older_one(open_page: OpenPage, reference: Reference) -> None:
    page = Masking(open_page("/masking"))
    page.writes(ZH, reference.pieces(ZH))
    page.covers(ZH_AT)
    links = page.page.get_by_test_id("stSidebar").get_by_role("link")
    links.nth(0).click()
    expect(page.page.locator("h1.question")).to_have_text(words("home.title", "zh"))
    idle(page.page)
    home = Home(page.page)
    line = home.page.get_by_role("textbox", name=home.say("input"), exact=True)
    expect(line).to_have_value(ZH)
    home.writes(EN, reference.pieces(EN))
    expect(page.main.get_by_role("alert")).to_have_count(0)
    links.filter(has_text=words("masking.nav", "zh")).click()
    expect(page.page.locator("h1.question")).to_have_text(words("masking.title", "zh"))
    page.sentence.reads(reference.pieces(EN), covered=[EN_LAST])  # one is covered for the reader
    expect(page.main.get_by_text(page.say("common.carried.from", page=words("home.nav", "zh")))).to_be_visible()
    expect(page.page).to_have_url(re.compile("text="))
    expect(page.main.get_by_role("alert")).to_have_count(0)
    page.page.get_by_role("button", name=page.say("common.carried.example"), exact=True).click()
    own = examples.entry("masking", "default", "zh")
    page.sentence.reads(reference.pieces(own["text"]), covered=own["masks"])
    page.page.go_back()
    page.sentence.reads(reference.pieces(EN), covered=[EN_LAST])


def test_two_tabs_have_a_sentence_each(open_page: OpenPage, reference: Reference) -> None:
    one, other = Masking(open_page("/masking")), Masking(open_page("/masking"))
    one.writes(ZH, reference.pieces(ZH))
    other.writes(EN, reference.pieces(EN))
    for page, text in ((one, ZH), (other, EN)):
        page.page.get_by_test_id("stSidebar").get_by_role("link").nth(0).click()
        home = Home(page.page)
        line = home.page.get_by_role("textbox", name=home.say("input"), exact=True)
        expect(line).to_have_value(text)


def test_what_a_slow_network_draws_late_is_not_taken_for_emptied(open_page: OpenPage) -> None:
    """The scripts of boxes and switches arrive when the reader has clicked already: what the link said still stands."""
    page = Masking(open_page("/masking", query={"text": ZH, "teacher": "1", "v": "1"}))
    late: list[Route] = []
    page.page.route(re.compile(r"/(TextInput|Checkbox)\.[^/]*\.js"), lambda request: late.append(request))
    page.page.reload()
    page.picks("tools", page.say("tool.lens"))
    linked(page.page, "tool=lens")
    box = page.page.get_by_role("textbox", name=page.say("input"), exact=True)
    expect(box).to_have_count(0)
    until(page.page, lambda: _same(len(late), 2))
    for request in late:
        request.continue_()
    expect(box).to_have_value(ZH)
    page.picks("tools", page.say("tool.repair"))
    linked(page.page, "tool=repair")
    idle(page.page)
    expect(box).to_have_value(ZH)
    assert parse_qs(urlsplit(page.page.url).query)["text"] == [ZH]
    assert "teacher=1" in page.page.url


def _open_file(page: Masking, file: Path) -> None:
    page.main.get_by_text(page.say("common.more"), exact=True).click()
    page.page.get_by_role("button", name=page.say("common.state_open")).click()
    page.page.locator('input[type="file"]').set_input_files(file)


def _host(page: Page) -> str:
    return urlsplit(page.url).netloc


def _bare(piece: str) -> str:
    return piece.removeprefix("##")


def _same(found: object, expected: object) -> None:
    assert found == expected
