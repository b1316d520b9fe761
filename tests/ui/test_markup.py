"""Prose as HTML: our markup, a reader's words as they are, and the language of every run of text."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from explorer.ui import i18n
from explorer.ui.markup import inline, plain, render, verbatim

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><b onmouseover='x'>",
    "</span></p><h1>",
    "a & b &lt; c",
    "' onfocus=' x",
    "**bold** `code` [[softmax]]",
    "[[nothing]] [[|]] [[a|b]]",
    "![x](http://example.org/x.png) $x^2$ :red[x]",
    "{0} {name} {",
    "%s %(x)s",
    "\u202eright to left",
)


class Shape(HTMLParser):
    """The tags of a piece of HTML, its attributes' names, and the text a reader sees."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.seen = ""
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.open.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.seen += data


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
@pytest.mark.parametrize("word", HOSTILE)
def test_a_reader_s_word_stays_a_word(word: str, lang: str) -> None:
    shape = Shape(inline(verbatim(word), lang))
    assert shape.seen == word
    assert set(shape.tags) <= {"span"}
    assert shape.attributes <= {"lang"}
    assert shape.open == []


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
@pytest.mark.parametrize("word", HOSTILE)
def test_a_reader_s_word_inside_our_sentence_stays_a_word(word: str, lang: str) -> None:
    sentence = i18n.text("masking.repair.many", lang, wrong=verbatim(word))
    shape = Shape(render(sentence, lang))
    assert shape.seen == i18n.text("masking.repair.many", lang, wrong=word)
    assert set(shape.tags) <= {"div", "p", "span"}


@pytest.mark.parametrize("word", [word for word in HOSTILE if "[[" not in word])
def test_unshielded_text_is_escaped_all_the_same(word: str) -> None:
    shape = Shape(inline(word, "en"))
    assert set(shape.tags) <= {"span", "b", "code"}
    assert shape.attributes <= {"lang"}


def test_markup() -> None:
    assert inline("a **b** `c`", "en") == "a <b>b</b> <code>c</code>"
    assert render("one\n\ntwo", "en") == '<div class="prose" lang="en"><p>one</p><p>two</p></div>'
    assert render("一", "zh") == '<div class="prose" lang="zh-CN"><p>一</p></div>'


def test_a_glossary_word_carries_its_meaning_for_mouse_keyboard_and_screen_reader() -> None:
    made = inline("see [[softmax]]", "en")
    meaning = i18n.text("glossary.softmax", "en")
    assert unescape(re.search(r'data-tip="([^"]*)"', made)[1]) == meaning  # type: ignore[index]
    assert unescape(re.search(r'aria-label="([^"]*)"', made)[1]) == f"softmax: {meaning}"  # type: ignore[index]
    assert 'tabindex="0"' in made
    assert Shape(made).seen == "see softmax"


def test_a_glossary_word_may_be_shown_in_another_form() -> None:
    assert Shape(inline("the [[softmaxes|softmax]]", "en")).seen == "the softmaxes"
    assert i18n.text("glossary.softmax", "en").split()[0] in inline("the [[softmaxes|softmax]]", "en")


def test_a_glossary_word_nobody_explained_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError, match="nothing"):
        inline("[[nothing]]", "en")


@pytest.mark.parametrize(
    ("text", "lang", "runs"),
    [
        ("The word 天气 means weather.", "en", [("zh-CN", "天气")]),
        ("「你好，世界」", "en", [("zh-CN", "你好，世界」")]),
        ("from ひらがな to カタカナ", "en", [("ja", "ひらがな"), ("ja", "カタカナ")]),
        ("食べる", "en", [("ja", "食べる")]),
        ("English only, 3.5 %", "en", []),
        ("模型叫 BERT，很小。", "zh", [("en", "BERT")]),
        ("Yann LeCun 提倡", "zh", [("en", "Yann LeCun")]),
        ("只有汉字，和 15 %。", "zh", []),
        ("café 和 naïve", "zh", [("en", "café"), ("en", "naïve")]),
        ("A & B 和 C < D", "zh", [("en", "A"), ("en", "B"), ("en", "C"), ("en", "D")]),
    ],
)
def test_every_run_of_another_language_says_so(text: str, lang: str, runs: list[tuple[str, str]]) -> None:
    made = inline(text, lang)
    assert re.findall(r'<span lang="([^"]+)">([^<]*)</span>', made) == runs
    assert Shape(made).seen == text


def test_language_runs_leave_entities_and_attributes_alone() -> None:
    made = inline("a < b", "zh")
    assert "&lt;" in made
    tip = inline("[[softmax]]", "zh")
    assert not re.search(r'data-tip="[^"]*<span', tip)


def test_write_takes_the_reader_s_language(reader) -> None:  # type: ignore[no-untyped-def]
    reader.session["language"] = "zh"
    assert 'lang="zh-CN"' in render("一")
    reader.session["language"] = "en"
    assert render("one") == '<div class="prose" lang="en"><p>one</p></div>'


def test_a_name_for_a_file_is_what_is_read_on_the_page() -> None:
    assert plain("**Ranks** of `2` < 3 words & *more*") == "Ranks of 2 < 3 words & *more*"
