"""A sentence written on one page stands on the next one of the tour: in the session and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from explorer import chapters
from explorer.ui.i18n import text as words
from tests.pages.app import body, drawn, link, notices, open_page, snippets

CHAPTERS = [chapter.id for chapter in chapters.CHAPTERS if chapter.tour]  # one sentence is what they are about
WRITTEN = [page for page in ("home", *CHAPTERS) if page != "context"]  # whose box is in one of its tools
BOXES = {page: f"{page}-{'a' if page == 'pairs' else 'text'}" for page in WRITTEN}
TEXTS = {"zh": "傍晚的时候，小女孩抱着一只白猫站在门口。", "en": "The old fisherman mended his net by the river."}
pytestmark = pytest.mark.usefixtures("unscanned")


def turn(at: Any, page: str) -> Any:
    """Another page by the navigation, which leaves the old page's link behind."""
    for name in [name for name in at.query_params if name != "lang"]:
        del at.query_params[name]
    at.switch_page(str(Path("..") / "pages" / f"{page}.py")).run()
    assert not at.exception
    return at


def writes(at: Any, page: str, text: str) -> None:
    drawn(at.text_input, BOXES[page]).set_value(text).run()
    assert not at.exception


def stands(at: Any, page: str, text: str) -> bool:
    if page == "context":
        return link(at).get("text", "").split("\n")[0] == text
    return bool(drawn(at.text_input, BOXES[page]).value == text)


@pytest.mark.parametrize("lang", TEXTS)
@pytest.mark.parametrize("first", ["home", "masking", "generation"])
def test_it_is_there_on_every_chapter(lang: str, first: str) -> None:
    at = open_page(first, lang)
    writes(at, first, TEXTS[lang])
    found = {}
    for page in CHAPTERS:
        turn(at, page)
        found[page] = stands(at, page, TEXTS[lang])
        if page != first:
            assert words("common.carried.from", lang, page=words(f"{first}.nav", lang)) in body(at), page
            assert notices(at) == [], page
    assert found == dict.fromkeys(CHAPTERS, True)


@pytest.mark.parametrize("page", BOXES)
def test_it_can_be_written_on_every_page(page: str) -> None:
    at = open_page(page, "zh")
    writes(at, page, TEXTS["zh"])
    to = "masking" if page != "masking" else "attention"
    assert stands(turn(at, to), to, TEXTS["zh"])


@pytest.mark.parametrize("page", [*CHAPTERS, "home"])
def test_one_tap_leads_back_to_the_page_s_own_example(page: str) -> None:
    first = "home" if page != "home" else "masking"
    at = open_page(first, "zh")
    writes(at, first, TEXTS["zh"])
    turn(at, page)
    at.button(key=f"{page}-example").click().run()
    assert link(at) == {}
    assert not stands(at, page, TEXTS["zh"])
    at.button(key=f"{page}-take").click().run()
    assert stands(at, page, TEXTS["zh"])
    assert not at.exception


def test_a_pair_is_taken_apart_and_put_together() -> None:
    at = open_page("home", "zh")
    writes(at, "home", "天黑了。小猫还没有回家。")
    turn(at, "pairs")
    assert drawn(at.text_input, "pairs-a").value == "天黑了。"
    assert drawn(at.text_input, "pairs-b").value == "小猫还没有回家。"
    drawn(at.text_input, "pairs-b").set_value("奶奶在门口等它。").run()
    turn(at, "input")
    assert drawn(at.text_input, "input-text").value == "天黑了。"
    assert drawn(at.text_input, "input-pair").value == "奶奶在门口等它。"
    assert stands(turn(at, "masking"), "masking", "天黑了。")


def test_a_second_sentence_alone_travels_without_the_example_s_first() -> None:
    at = open_page("pairs", "zh")
    drawn(at.text_input, "pairs-b").set_value("奶奶在门口等它。").run()
    assert stands(turn(at, "masking"), "masking", "奶奶在门口等它。")


@pytest.mark.parametrize(
    ("text", "page", "key"),
    [
        ("春天来了，" * 40, "masking", "carried_long"),
        ("春天来了，" * 20, "languages", "carried_long"),
        ("한국어 문장입니다", "masking", "carried_unreadable"),
        ("한국어 문장입니다", "languages", "carried_unreadable"),
        ("嘎嘎嘎", "context", "carried_no_word"),
    ],
)
def test_what_a_page_can_not_read_is_said_in_one_line(text: str, page: str, key: str) -> None:
    at = open_page("generation", "zh")
    writes(at, "generation", text)
    turn(at, page)
    (said,) = notices(at)
    assert said.startswith(words(f"errors.{key}", "zh").split("{")[0][:6])
    assert not stands(at, page, text)
    assert stands(turn(at, "generation"), "generation", text), "it travels on"


def test_a_word_of_a_set_brings_sentences_of_both_senses() -> None:
    at = open_page("home", "zh")
    text = "妹妹把苹果切成了两半。"
    writes(at, "home", text)
    turn(at, "context")
    kept = link(at)
    assert kept["text"].split("\n")[0] == text and kept["word"] == "果"
    assert kept["senses"] == "-1~0~0~1~1"
    assert notices(at) == []


def test_a_preset_stays_where_it_was_chosen() -> None:
    from explorer.content import examples
    from explorer.views.masking import common

    at = open_page("home", "zh")
    writes(at, "home", TEXTS["zh"])
    turn(at, "masking")
    preset = common.State(text=examples.entry("masking", "typo", "zh")["text"])
    at.session_state["state:masking"] = preset
    at.run()
    assert at.button(key="masking-take").label == words("common.carried.take", "zh")
    assert stands(turn(at, "attention"), "attention", TEXTS["zh"])


@pytest.mark.parametrize("page", ["input", "masking", "generation"])
def test_two_readers_see_nothing_of_each_other(page: str) -> None:
    """By turns, on one server: words, boxes, notices, code and link are one's own."""
    own = {"a": ("灯塔里住着一位老人。", "灯塔换了一盏新灯。"), "b": ("果园里来了一群麻雀。", "果园的门没有关好。")}
    readers = {name: open_page(page, "zh") for name in own}
    for n in range(2):
        for name, texts in own.items():
            writes(readers[name], page, texts[n])
        for name, at in readers.items():
            at.run()
            assert stands(at, page, own[name][n])
            everything = " ".join([body(at), *notices(at), *snippets(at), *map(str, link(at).values())])
            mine, others = ("灯塔", "果园") if name == "a" else ("果园", "灯塔")
            assert mine in everything and others not in everything
