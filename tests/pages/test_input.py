"""输入 without a browser: every tool in both languages, on readers' own texts, however odd they are."""

from __future__ import annotations

import itertools
from typing import get_args

import pytest

from explorer.content import examples
from explorer.engine import catalog
from explorer.ui import i18n
from explorer.ui.state import to_query
from explorer.views.input import common
from explorer.views.input.stage import WITHOUT_SENTENCE
from tests.pages.app import assert_kept, body, html, link, notices, open_page, snippets

OWN = {
    "zh": {"text": "裁缝把旧大衣改成了外套。", "focus": "3"},
    "en": {"text": "The tailor turned an old overcoat into a jacket.", "focus": "3"},
}
TOOLS = get_args(common.Tool)
STORY = {"long": "渡口的老船夫姓周。他的船很旧了。" * 30, "ask": "老船夫姓什么", "tool": "long"}


def words(key: str, lang: str, **values: object) -> str:
    return i18n.text(key, lang, **values)


# --- every tool ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_draws_on_a_text_of_the_reader_s_own(tool: str, lang: str) -> None:
    at = open_page("input", lang, tool=tool, **OWN[lang])
    assert not at.exception
    seen = body(at)
    assert words("input.title", lang) in seen
    assert words(f"input.{tool}.title", lang) in seen
    assert words("common.honesty", lang) in seen
    good = {"lookup": "input.lookup.same", "sum": "input.sum.exact"}
    assert len(notices(at)) == (1 if tool in good else 0)
    (snippet,) = snippets(at)
    assert "__" not in snippet.replace("__name__", "")
    assert (OWN[lang]["text"] in snippet) == (tool in ("tokens", "lookup", "sum"))


@pytest.mark.parametrize(("tool", "lang"), list(zip(TOOLS, itertools.cycle(i18n.LANGUAGES), strict=False)))
def test_every_tool_takes_a_pair(tool: str, lang: str) -> None:
    at = open_page("input", lang, tool=tool, pair="它一点也不旧。", **OWN[lang])
    assert not at.exception
    lone = words("input.tokens.no_separator", lang, model="Gemma 3 270M lite", special="<bos> <bos>")
    assert (lone in notices(at)) == (tool == "tokens"), "a tokenizer without [SEP] can't part two sentences"


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
@pytest.mark.parametrize("name", common.PRESETS)
def test_every_preset_draws(name: str, lang: str) -> None:
    at = open_page("input", lang, **to_query(common.State(**examples.entry("input", name, lang))))
    assert not at.exception
    assert all('role="alert"' not in piece for piece in html(at))


def test_what_is_counted_of_both_tokenizers() -> None:
    at = open_page("input", "en", text="Kingfishers 会飞。")
    counted = next(piece for piece in html(at) if words("input.tokens.per_han", "en") in piece)
    rows = [row.split("</td>") for row in counted.split("<tr>")[2:]]
    table = {cells[0].split(">")[-1]: [cell.split(">")[-1] for cell in cells[1:3]] for cells in rows}
    assert table[words("input.tokens.per_han", "en")][0] == "1.00", "a word-piece BERT cuts Chinese 字 by 字"
    assert float(table[words("input.tokens.per_word", "en")][0]) >= 2
    assert table[words("input.tokens.special", "en")] == ["[CLS] [SEP]", "&lt;bos&gt;"]
    assert [int(n.replace(",", "")) for n in table[words("input.tokens.vocabulary", "en")]] == [33627, 48677]


def test_a_tokenizer_that_is_not_here_leaves_the_other_and_the_choice() -> None:
    """A link may name a catalogued model that nobody has fetched."""
    at = open_page("input", "zh", right="gpt2", text="谁来了？")
    assert not at.exception
    assert notices(at) == [
        words("input.strip.not_here", "zh", model=catalog.entry("gpt2").name, id="gpt2")
        .replace("**", "")
        .replace("`", "")
    ]
    assert words("input.strip.count", "zh", model="mini-mbert", n=6) in body(at)
    right = next(box for box in at.selectbox if box.label == words("input.tokens.right", "zh"))
    right.set_value("gemma-3-270m-lite").run()
    assert not at.exception
    assert notices(at) == []
    at = open_page("input", "zh", right="gpt2", tool="merges", word="晚饭")
    assert not at.exception
    assert len(notices(at)) == 1


def test_one_tokenizer_against_itself() -> None:
    at = open_page("input", "zh", left="gemma-3-270m-lite", right="gemma-3-270m-lite", text="自己比自己。")
    assert not at.exception
    assert notices(at) == []


# --- odd texts -------------------------------------------------------------------------------------------------


ODD = {
    "emoji": "🙂🙃 今天😀很好",
    "right-to-left": "שלום עולם, مرحبا بالعالم",
    "unknown": "𓀀𓁀 𐎠𐎡",
    "script": "<script>alert(1)</script><img src=x onerror=y>",
    "markdown": "**很** _好_ [x](http://example.org) ![y](http://example.org/y.png) `z`",
    "glossary": "[[x]] 和 [[嵌入]]",
    "special": "[CLS] 你好 [SEP] [PAD] [UNK] <bos>",
    "placeholder": "{n} {} {0} %s __LOOK__ __TEXT__",
    "quotes": "他说：\"'你好'\"\\",
    "invisible": "\u200b\u200d",
    "one": "雨",
    "newlines": "第一行\n第二行\r\n第三行",
    "combining": "e\u0301a\u0300 n\u0303",
    "null": "a\x00b\x07c",
}


@pytest.mark.parametrize(("name", "tool"), list(zip(ODD, itertools.cycle(TOOLS[:4]), strict=False)))
def test_odd_texts_are_read(name: str, tool: str) -> None:
    at = open_page("input", "zh", tool=tool, text=ODD[name], pair=ODD[name], word=ODD[name].strip()[:60])
    assert not at.exception
    assert words("input.title", "zh") in body(at)
    assert not any(words("errors.failed", "zh") in notice for notice in notices(at))
    assert "<script>" not in "".join(html(at))
    assert "<img" not in "".join(html(at))


def test_traditional_characters_are_read_as_simplified_and_said() -> None:
    at = open_page("input", "zh", tool="sum", text="這裡的風箏飛得很高。")
    assert words("common.simplified", "zh") in notices(at)
    assert at.text_input(key="input-text").value == "這裡的風箏飛得很高。"


@pytest.mark.parametrize("tool", WITHOUT_SENTENCE)
def test_a_step_that_looks_at_something_else_shows_no_sentence_and_keeps_it(tool: str) -> None:
    at = open_page("input", "zh", tool=tool, **OWN["zh"])
    assert not at.exception
    assert words("input.ignored", "zh") in body(at)
    assert "input-text" not in [box.key for box in at.text_input]
    at.segmented_control(key="input-tool-zh").set_value("tokens").run()
    assert not at.exception
    assert words("input.ignored", "zh") not in body(at)
    assert at.text_input(key="input-text").value == OWN["zh"]["text"]
    assert not open_page("input", "zh", tool=tool, text="  ").exception


@pytest.mark.parametrize("tool", [tool for tool in TOOLS if tool not in WITHOUT_SENTENCE])
@pytest.mark.parametrize("text", ["   ", "\u3000"])
def test_an_emptied_box_is_told_and_the_page_lives_on(text: str, tool: str) -> None:
    at = open_page("input", "zh", tool=tool, **OWN["zh"])
    at.text_input(key="input-text").set_value(text).run()
    assert not at.exception
    assert notices(at) == [words("errors.text_empty", "zh")]
    at.text_input(key="input-text").set_value("又有一句了。").run()
    assert not at.exception
    assert words("errors.text_empty", "zh") not in notices(at)


@pytest.mark.parametrize("tool", ["tokens", "sum"])
def test_ten_thousand_characters_are_cut_and_nothing_is_lost(tool: str) -> None:
    text = "雨一直下。" * 2_000
    at = open_page("input", "zh", tool=tool)
    at.text_input(key="input-text").set_value(text).run()
    assert not at.exception
    used = common.read(common.State(text=text), common.reader_id()).used
    assert common.MAX_TOKENS - 12 < used < common.MAX_TOKENS
    told = words("input.cut", "zh", limit=common.MAX_TOKENS, typed=len(text), used=used)
    assert told in notices(at)
    assert at.text_input(key="input-text").value == text
    assert_kept(at, "input", text, **({} if tool == common.State().tool else {"tool": tool}))
    assert words("common.link_long", "zh") in notices(at)


def test_words_that_can_not_be_cut_are_told() -> None:
    long = open_page("input", "zh", tool="merges", word="w" * 65)
    assert notices(long) == [words("input.merges.too_long", "zh", limit=64, used=65)]
    at = open_page("input", "zh", tool="merges", word="乌龟")
    at.text_input(key="input-word").set_value("  ").run()
    assert not at.exception
    assert notices(at) == [words("errors.word_empty", "zh")]
    strange = open_page("input", "zh", tool="merges", word="q🜛q")
    assert words("input.merges.unknown", "zh") in notices(strange)


@pytest.mark.parametrize(
    ("change", "key", "values"),
    [
        ({"long": " "}, "errors.text_empty", {}),
        ({"ask": " "}, "errors.question_empty", {}),
        ({"long": "长" * 20_001}, "errors.text_too_long", {"limit": 20_000, "used": 20_001}),
    ],
)
def test_long_texts_that_can_not_be_read_are_told(change: dict[str, str], key: str, values: dict[str, int]) -> None:
    at = open_page("input", "zh", **{**STORY, "long": "短。"})
    if "long" in change:
        at.text_area(key="input-long-text").set_value(change["long"]).run()
    else:
        at.text_input(key="input-ask").set_value(change["ask"]).run()
    at.button(key="input-long-run").click().run()
    assert not at.exception
    assert words(key, "zh", **values) in notices(at)
    if "long" in change:
        assert at.text_area(key="input-long-text").value == change["long"], "nothing is lost from the box"


# --- links -----------------------------------------------------------------------------------------------------


def test_a_link_opens_the_page_as_it_was() -> None:
    state = {"tool": "sum", "pair": "它不旧。", "left": "gemma-3-270m-lite", "place": "7", **OWN["zh"]}
    at = open_page("input", "zh", **state)
    assert link(at) == state
    assert at.text_input(key="input-pair").value == "它不旧。"


@pytest.mark.parametrize(
    ("bad", "lang"),
    [({"tool": "x"}, "zh"), ({"focus": "-1"}, "en"), ({"place": "512"}, "zh"), ({"overlap": "x"}, "en")],
)
def test_a_bad_part_of_a_link_is_named_and_the_rest_is_used(bad: dict[str, str], lang: str) -> None:
    (field,) = bad
    at = open_page("input", lang, text=OWN[lang]["text"], **bad)
    assert not at.exception
    assert notices(at)[0] == words("common.link_bad", lang, fields=field)
    assert link(at) == {"text": OWN[lang]["text"]}


def test_a_link_that_names_no_model_of_ours_shows_the_default() -> None:
    at = open_page("input", "zh", left="no-such-model", right="neither")
    assert not at.exception
    assert notices(at) == []
    assert "mini-mbert" in body(at)


def test_positions_beyond_the_text_are_no_trouble() -> None:
    at = open_page("input", "zh", tool="sum", text="雨停了。", focus="500")
    assert not at.exception
    assert len(notices(at)) == 1


def test_the_language_is_switched_without_losing_the_page() -> None:
    at = open_page("input", "zh", tool="lookup", **OWN["zh"])
    at.sidebar.segmented_control(key="language-zh").set_value("en").run()
    assert not at.exception
    assert words("input.lookup.title", "en") in body(at)
    assert at.text_input(key="input-text").value == OWN["zh"]["text"]
    assert link(at) == {"tool": "lookup", **OWN["zh"]}
