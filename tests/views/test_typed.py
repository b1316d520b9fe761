"""What readers type: blanks as people write them, characters nobody sees, a word found however it is spelled."""

from __future__ import annotations

import importlib
from dataclasses import fields
from typing import Any

import pytest

from explorer import chapters
from explorer.engine import get_engine, uses
from explorer.errors import Told
from explorer.models.catalog.catalog import default
from explorer.ui import i18n
from explorer.views._shared import typed
from explorer.views.context import brought, words
from explorer.views.context import common as common_of_context
from explorer.views.finetuning import own_labels
from explorer.views.in_context import rows
from explorer.views.masking import common
from tests.pages.app import notices, open_page

MODEL = "mini-mbert"
BLANKS = (
    "___", "__", "＿＿", "＿", "[mask]", "[ MASK ]", "【MASK】", "［MASK］", "<MASK>", "〈mask〉", "{mask}",
    "（ ）", "（　）", "（）", "( )", "【 】", "［ ］", "[ ]", "□",
)  # fmt: skip


@pytest.mark.parametrize("blank", BLANKS)
def test_a_blank_is_a_mask_however_it_is_written(blank: str) -> None:
    sentence = common.as_sentence(common.model(), f"今天天气真{blank}啊。")
    assert sentence.blanks
    assert sentence.tokens.text == "今天天气真[MASK]啊。"
    assert len(sentence.masks) == 1
    assert sentence.tokens.surface(sentence.masks[0]) == "[MASK]"


@pytest.mark.parametrize(
    "text", ["它[MASK]了", "it <mask> on", "def __init__(self)", "a_b", "f()", "x[0]", "他（笑）说", "？", "……"]
)
def test_what_is_no_blank_stays_as_it_was_written(text: str) -> None:
    assert typed.with_masks(text) == (text, False)


def test_the_page_says_that_a_blank_was_read_as_a_mask() -> None:
    at = open_page("masking", "zh", text="今天天气真___啊。")
    assert not at.exception
    assert any("[MASK]" in notice and "___" in notice for notice in notices(at))


@pytest.mark.parametrize("page", ["input", "attention", "pairs"])
@pytest.mark.parametrize("blank", ["___", "【MASK】", "［MASK］", "（ ）"])
def test_where_a_blank_is_plain_text_the_page_says_so(page: str, blank: str) -> None:
    text = f"今天天气真{blank}啊。"
    given = {"a": text, "b": "梨也好吃。"} if page == "pairs" else {"text": text}
    at = open_page(page, "zh", **given)
    assert not at.exception
    assert i18n.text("common.blank", "zh") in notices(at)
    assert i18n.text("common.blank", "zh") not in notices(open_page("masking", "zh", text=text))


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("苹\u200b果好吃", 1),
        ("软\u00ad件", 1),
        ("a\U000fe4fab <b \ue000c", 2),
        ("\ufeff你\u2060好", 2),
        ("苹果", 0),
        ("a\tb\n", 0),
    ],
)
def test_characters_that_the_model_does_not_read_are_counted(text: str, n: int) -> None:
    assert typed.unread(MODEL, text) == n


def test_a_joiner_that_is_read_is_not_said_to_be_left_out() -> None:
    """In a byte-level vocabulary every character is read."""
    assert typed.unread(default("causal").id, "苹\u200b果") == 0


TOOLS = {"family": "roads"}  # of a page whose first tool takes no sentence


@pytest.mark.parametrize("page", [
    chapter.id for chapter in chapters.CHAPTERS
    if chapter.tour or chapter.id in ("home", "in_context", "denoising", *TOOLS)
])  # fmt: skip
def test_every_page_says_how_many_characters_were_not_read(page: str) -> None:
    text, names = "苹\u200b果好吃。", {field.name for field in fields(kind_of(page))}
    given = {"text": text, "word": "好吃"} if "text" in names else {"a": text, "b": "梨也好吃。"}
    given |= {"tool": TOOLS[page]} if page in TOOLS else {}
    at = open_page(page, "zh", **{name: value for name, value in given.items() if name in names})
    assert not at.exception
    dropped = typed.unread(default("masked").id if page in TOOLS else uses.model_of(page).id, text)
    assert any(f"{dropped} 个看不见的字符" in notice for notice in notices(at)) == (dropped > 0)


def test_a_taught_head_is_asked_what_the_model_reads() -> None:
    """The tool that asks what was taught reads a sentence of its own."""
    at = open_page("finetuning", "zh", tool="use", asked="苹\u200b果好吃。")
    assert not at.exception
    assert any("1 个看不见的字符" in notice for notice in notices(at))


def kind_of(page: str) -> Any:
    return importlib.import_module(f"explorer.views.{page}.common").State


def test_the_token_behind_an_unread_character_is_the_one_covered() -> None:
    sentence = common.as_sentence(common.model(), "苹\u200b果好吃", (2,), 2)
    assert sentence.tokens.surface(2) == "果"


def test_a_text_of_unseen_characters_alone_is_told() -> None:
    with pytest.raises(Told) as caught:
        common.as_sentence(common.model(), "\u200b\u200b")
    assert caught.value.key == "text_unread"


def surfaces(text: str, word: str) -> list[str]:
    return [text[start:end] for start, end in typed.places(text, word)]


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        ("苹\u200b果好吃，苹果", "苹果", ["苹\u200b果", "苹果"]),
        ("苹果好吃", "苹\u200b果", ["苹果"]),
        ("软\u00ad件", "软件", ["软\u00ad件"]),
        ("cafe\u0301 ou café", "café", ["cafe\u0301", "café"]),
        ("un café", "cafe\u0301", ["café"]),
        ("❤\ufe0f心", "❤", ["❤\ufe0f"[:1]]),
        ("한국어 공부", "\u1112\u1161\u11ab국어", ["한국어"]),
        ("苹果", "\u200b", []),
        ("bank, embankment, bank", "bank", ["bank", "bank"]),
        ("embankment", "bank", ["bank"]),
        ("😀😀👨\u200d👩\u200d👧苹果很甜", "苹果", ["苹果"]),
    ],
)
def test_a_word_is_found_however_its_characters_are_spelled(text: str, word: str, found: list[str]) -> None:
    assert surfaces(text, word) == found


@pytest.mark.parametrize(
    ("line", "word", "read"),
    [
        ("今天買了蘋果來吃", "蘋果", "苹果"),
        ("今天買了蘋果來吃", "苹果", "苹果"),
        ("今天买了苹果来吃", "蘋果", "苹果"),
        ("他在屋子裡面", "裡面", "里面"),
        ("乾隆在乾淨的房裡", "乾隆", "乾隆"),
        ("我以後再去。", "以後", "以后"),
        ("我以后再去。", "後", "后"),
    ],
)
def test_a_typed_word_is_read_like_the_lines(line: str, word: str, read: str) -> None:
    (found,) = words.occurrences(MODEL, line, word)
    assert found.text[found.start : found.end] == read
    assert found.text == get_engine().simplify(MODEL, line)[0]


def test_traditional_lines_and_a_traditional_word_make_a_map_and_it_is_said_once() -> None:
    lines = "今天買了蘋果來吃\n蘋果發表新手機\n這個蘋果很甜\n蘋果的股價漲了"
    at = open_page("context", "zh", text=lines, word="蘋果", tool="swap", swaps="我買了蘋果。")
    assert not at.exception
    assert [notice for notice in notices(at) if "繁体" in notice] == notices(at)
    assert len(notices(at)) == 1


@pytest.mark.parametrize("tool", ["own", "cross", "static", "cbow"])
def test_every_tool_of_words_in_context_reads_traditional_words(tool: str) -> None:
    lines = "今天買了蘋果來吃\n蘋果發表新手機\n這個蘋果很甜\n蘋果的股價漲了"
    at = open_page(
        "context", "zh", text=lines, word="蘋果", senses="0~1~0~1", tool=tool, new="蘋果樹開花了", a="電",
        orders="貓抓魚 / 魚抓貓",
    )  # fmt: skip
    assert not at.exception
    assert not [notice for notice in notices(at) if "繁体" not in notice]


ODD = "水\u2028很\x85深\x0b啊"


def test_what_is_copied_from_a_web_page_ends_no_line() -> None:
    assert typed.lines(f"{ODD}\n二\r\n三\r四") == [ODD, "二", "三", "四"]
    assert own_labels.parsed(f"好，{ODD}\n差，二").train == ((ODD, 0), ("二", 1))
    assert rows.parsed(f"{ODD} → 好\n二 → 坏") == ((ODD, "好"), ("二", "坏"))
    assert brought.give(common_of_context.State(text=f"{ODD}\n二"))[0] == ODD
