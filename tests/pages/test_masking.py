"""填空 without a browser: every tool in both languages, on readers' own sentences, however odd they are."""

from __future__ import annotations

import itertools
import json
from typing import get_args

import pytest

from explorer.ui import i18n
from explorer.views.masking import common
from explorer.views.masking.state import How, Tool
from tests.pages.app import assert_kept, body, count, drawn, html, link, notices, open_page, snippets

OWN = {
    "zh": {"text": "小猫趴在窗台上打盹，尾巴轻轻地晃。", "masks": "2~13", "focus": "13"},
    "en": {"text": "The kettle sang while the old clock kept time.", "masks": "2~7", "focus": "7"},
}
TOOLS = get_args(Tool)
HEADINGS = {"cover": "masking.title"}
PAIR = {"b": "小狗趴在窗台上打盹。", "b_mask": "2"}


def words(key: str, lang: str, **values: object) -> str:
    return i18n.text(key, lang, **values)


# --- every tool ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_draws_on_a_sentence_of_the_reader_s_own(tool: str, lang: str) -> None:
    at = open_page("masking", lang, tool=tool, **OWN[lang])
    assert not at.exception
    seen = body(at)
    assert words("masking.title", lang) in seen
    assert words(HEADINGS.get(tool, f"masking.{tool}.title"), lang) in seen
    assert words("common.honesty", lang) in seen
    assert notices(at) == []
    (snippet,) = snippets(at)
    assert "__" not in snippet.replace("__name__", "")
    assert tool == "budget" or OWN[lang]["text"] in snippet


@pytest.mark.usefixtures("unscanned")
@pytest.mark.parametrize(("tool", "lang"), list(zip(TOOLS, itertools.cycle(i18n.LANGUAGES), strict=False)))
def test_every_tool_says_what_it_needs_when_nothing_is_covered(tool: str, lang: str) -> None:
    at = open_page("masking", lang, tool=tool, text=OWN[lang]["text"], bare="1")
    assert not at.exception
    needs = {
        "cover": "masking.cover.nothing", "road": "errors.no_blank", "see": "errors.no_blank",
        "repair": "errors.no_blank", "lens": "errors.no_blank", "joint": "masking.joint.need",
        "compare": "masking.compare.need",
    }  # fmt: skip
    assert notices(at) == ([words(needs[tool], lang)] if tool in needs else [])


@pytest.mark.usefixtures("unscanned")
@pytest.mark.parametrize("how", get_args(How))
@pytest.mark.parametrize("tool", ["road", "lens"])
def test_every_tool_takes_every_way_to_leave_a_place(tool: str, how: str) -> None:
    at = open_page("masking", "zh", tool=tool, how=how, **OWN["zh"])
    assert not at.exception
    assert notices(at) == []


@pytest.mark.usefixtures("unscanned")
@pytest.mark.parametrize("unit", ["token", "word"])
def test_the_lottery_draws_tokens_and_words(unit: str) -> None:
    at = open_page("masking", "zh", tool="lottery", unit=unit, seed="5", text=OWN["zh"]["text"])
    assert not at.exception
    assert ("窗台" in body(at).split("分词")[-1]) == (unit == "word")
    assert words("masking.lottery.expected", "zh") in body(at)


@pytest.mark.usefixtures("unscanned")
def test_typos_are_repaired_and_long_ones_refused() -> None:
    own = {"tool": "repair", "text": "小猫趴在窗台上打盹。", "masks": "2", "focus": "2"}
    repaired = open_page("masking", "zh", wrong="毛", **own)
    assert not repaired.exception
    assert any("毛" in notice and "猫" in notice for notice in notices(repaired))
    refused = open_page("masking", "zh", wrong="不是一个词元", **own)
    assert notices(refused) == [words("masking.repair.many", "zh", wrong="不是一个词元")]


@pytest.mark.usefixtures("unscanned")
def test_watched_words_of_several_pieces_do_not_break_the_page() -> None:
    watch = "狗~supercalifragilistic~" + "很" * 20 + "~[[x]]"
    for tool in ("cover", "lens"):
        at = open_page("masking", "zh", tool=tool, watch=watch, **OWN["zh"])
        assert not at.exception
    assert "[[x]]" in body(at)


@pytest.mark.usefixtures("unscanned")
def test_comparing_needs_one_place_in_each() -> None:
    at = open_page("masking", "zh", tool="compare", text="小猫趴在窗台上打盹。", masks="2", focus="2", **PAIR)
    assert not at.exception
    assert notices(at) == []
    missing = open_page("masking", "zh", tool="compare", text="小猫趴在窗台上打盹。", masks="2", focus="2", b=" ")
    assert not missing.exception
    assert words("errors.text_empty", "zh") in notices(missing)


@pytest.mark.usefixtures("unscanned")
def test_too_many_blanks_to_fill_are_told() -> None:
    masks = "~".join(map(str, range(1, 20)))
    at = open_page("masking", "zh", tool="joint", text="一二三四五六七八九十" * 3, masks=masks)
    assert not at.exception
    assert notices(at) == [words("errors.too_many_blanks", "zh", limit=16)]


@pytest.mark.usefixtures("unscanned")
@pytest.mark.parametrize("lang", i18n.LANGUAGES)
@pytest.mark.parametrize("name", common.PRESETS)
def test_every_preset_draws(name: str, lang: str) -> None:
    from explorer.content import examples
    from explorer.ui.state import to_query

    entry = examples.entry("masking", name, lang)
    fields = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.get("state", {}).items()}
    masks = tuple(entry.get("masks", ()))
    state = common.State(text=entry["text"], masks=masks, focus=masks[-1] if masks else 0, **fields)
    at = open_page("masking", lang, **to_query(state))
    assert not at.exception
    assert notices(at) == [] or (name == "typo" and len(notices(at)) == 1)


@pytest.mark.usefixtures("unscanned")
@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_a_link_from_before_typos_had_a_tool_of_their_own_still_answers(lang: str) -> None:
    text, wrong = {"zh": ("小猫趴在窗台上打盹。", "毛"), "en": ("The old clock kept time.", "clerk")}[lang]
    at = open_page("masking", lang, tool="see", text=text, masks="2", focus="2", wrong=wrong)
    assert not at.exception
    assert words("masking.repair.title", lang) in body(at)


# --- what the page does by itself -------------------------------------------------------------------------------


@pytest.mark.usefixtures("unscanned")
@pytest.mark.parametrize(
    ("lang", "text", "word"),
    [
        ("zh", "外婆把晒干的豆子装进罐子里了。", "里"),
        ("en", "My neighbour repairs old clocks for them.", "them"),
    ],
)
def test_a_sentence_of_one_s_own_is_answered_at_once(lang: str, text: str, word: str) -> None:
    at = open_page("masking", lang)
    drawn(at.text_input, "masking-text").set_value(text).run()
    assert not at.exception
    assert notices(at) == []
    sentence = common.read(common.State(text=text))
    assert [sentence.tokens.surface(p) for p in sentence.masks] == [word]
    assert sentence.by_page
    assert "masks" not in link(at)
    assert common.read(common.State(text=text, bare=True)).masks == ()


@pytest.mark.usefixtures("unscanned")
@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_several_blanks_cover_two_by_themselves_and_offer_others(lang: str) -> None:
    text = {"zh": "外婆把豆子装进罐子里。", "en": "My neighbour repairs old clocks."}[lang]
    at = open_page("masking", lang, tool="joint", text=text)
    assert not at.exception
    first = common.read(common.State(text=text, tool="joint"))
    assert len(first.masks) == 2
    assert words("masking.joint.covered", lang, words="").split("：" if lang == "zh" else ":")[0] in body(at)
    at.button(key="masking-others").click().run()
    assert not at.exception
    assert link(at)["masks"].count("~") == 1
    assert link(at)["masks"] != "~".join(map(str, first.masks))


@pytest.mark.usefixtures("unscanned")
@pytest.mark.parametrize(
    ("lang", "text", "old", "new"),
    [
        ("zh", "他把雨伞忘在车站了。", "他", "她"),
        ("en", "She forgot the umbrella at the station.", "She", "He"),
    ],
)
def test_the_second_sentence_opens_with_one_word_changed(lang: str, text: str, old: str, new: str) -> None:
    at = open_page("masking", lang, tool="compare", text=text)
    assert not at.exception
    assert notices(at) == []
    assert drawn(at.text_input, "masking-text-b").value == text.replace(old, new)
    assert words("masking.compare.changed", lang, old=old, new=new) in body(at)


@pytest.mark.usefixtures("unscanned")
def test_where_no_pair_of_words_is_known_the_model_changes_one() -> None:
    text = "The kettle sings."
    at = open_page("masking", "en", tool="compare", text=text)
    assert not at.exception
    changed = drawn(at.text_input, "masking-text-b").value
    assert changed != text
    assert len(changed.split()) == len(text.split())


@pytest.mark.usefixtures("unscanned")
def test_a_slip_of_the_pen_is_one_tap() -> None:
    at = open_page("masking", "zh", tool="repair", text="他坐在院子里看书。")
    next(button for button in at.button if (button.key or "").startswith("masking-slip")).click().run()
    assert not at.exception
    assert link(at)["wrong"] == "她"
    assert link(at)["masks"] == "1"
    assert any("她" in notice for notice in notices(at))


# --- predict, then reveal --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("unscanned")
def test_hidden_answers_are_not_on_the_page() -> None:
    shown = open_page("masking", "zh", **OWN["zh"])
    hidden = open_page("masking", "zh", hide="1", **OWN["zh"])
    assert words("masking.cover.step3_num", "zh", vocab="", line="").split("=")[0].strip(" ") in body(shown)
    assert words("masking.cover.step3_num", "zh", vocab="", line="").split("ln")[0] not in body(hidden)


# --- odd sentences ---------------------------------------------------------------------------------------------


ODD = {
    "emoji": "🙂🙃 今天😀很好",
    "right-to-left": "שלום עולם, مرحبا بالعالم",
    "unknown": "𓀀𓁀 𐎠𐎡",
    "thai": "สวัสดีครับ",
    "traditional": "這裡的風箏飛得很高。",
    "script": "<script>alert(1)</script><img src=x onerror=y>",
    "markdown": "**很** _好_ [x](http://example.org) ![y](http://example.org/y.png) `z`",
    "latex": r"$\frac{1}{2}$ 和 $x^2$",
    "glossary": "[[x]] 和 [[嵌入]]",
    "masks": "[MASK][MASK]",
    "special": "[CLS] 你好 [SEP] [PAD] [UNK]",
    "placeholder": "{n} {} {0} %s __LOOK__ __TEXT__",
    "quotes": "他说：\"'你好'\"\\",
    "invisible": "\u200b\u200d",
    "one": "雨",
    "newlines": "第一行\n第二行\r\n第三行",
    "combining": "e\u0301a\u0300 n\u0303",
    "null": "a\x00b\x07c",
    "digits": "3.14159 2,718 １２３",
}


@pytest.mark.usefixtures("unscanned")
@pytest.mark.parametrize(("name", "tool"), list(zip(ODD, itertools.cycle(TOOLS), strict=False)))
def test_odd_sentences_are_read(name: str, tool: str) -> None:
    at = open_page("masking", "zh", tool=tool, text=ODD[name], masks="1~2", focus="1")
    assert not at.exception
    assert words("masking.title", "zh") in body(at)
    assert not any(words("errors.failed", "zh") in notice for notice in notices(at))
    assert "<script>" not in "".join(html(at))
    assert "<img" not in "".join(html(at))


@pytest.mark.usefixtures("unscanned")
def test_what_the_model_cannot_read_is_said() -> None:
    assert notices(open_page("masking", "zh", text=ODD["traditional"])) == [words("common.simplified", "zh")]
    assert words("common.unknown", "en") in notices(open_page("masking", "en", text=ODD["unknown"]))


@pytest.mark.usefixtures("unscanned")
@pytest.mark.parametrize(
    ("lang", "text", "told"), [("zh", "我最喜欢的水果是[MASK]", "句号"), ("en", "I like to eat [MASK]", "full stop")]
)
def test_why_a_blank_at_the_end_is_filled_with_a_full_stop_is_told(lang: str, text: str, told: str) -> None:
    assert told in body(open_page("masking", lang, text=text))


@pytest.mark.usefixtures("unscanned")
def test_a_typed_mask_has_no_right_answer() -> None:
    at = open_page("masking", "en", text="The sky is [MASK] today.")
    assert not at.exception
    assert words("masking.cover.step3_none", "en").partition("]] ")[2] in body(at)


@pytest.mark.usefixtures("unscanned")
@pytest.mark.parametrize("text", ["", "   ", "\u3000"])
def test_an_emptied_box_is_told_and_the_page_lives_on(text: str) -> None:
    at = open_page("masking", "zh", **OWN["zh"])
    drawn(at.text_input, "masking-text").set_value(text or " ").run()
    assert not at.exception
    assert notices(at) == [words("errors.text_empty", "zh")]
    drawn(at.text_input, "masking-text").set_value("又有一句了。").run()
    assert not at.exception
    assert notices(at) == []


@pytest.mark.usefixtures("unscanned")
def test_ten_thousand_characters_are_cut_and_nothing_is_lost() -> None:
    text = "雨一直下。" * 2_000
    at = open_page("masking", "zh")
    drawn(at.text_input, "masking-text").set_value(text).run()
    assert not at.exception
    cut, *_ = notices(at)
    used = common.as_sentence(common.model(), text).used
    assert used == common.MAX_TOKENS - 2
    assert cut == words("common.cut", "zh", limit=common.MAX_TOKENS, typed=len(text), used=used)
    assert drawn(at.text_input, "masking-text").value == text
    assert_kept(at, "masking", text)
    assert words("common.link_long", "zh") in notices(at)


# --- links -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("unscanned")
def test_a_link_opens_the_page_as_it_was() -> None:
    at = open_page("masking", "zh", tool="lens", watch="狗~鸟", k="9", **OWN["zh"])
    assert link(at) == {"tool": "lens", "watch": "狗~鸟", "k": "9", **OWN["zh"]}
    assert drawn(at.text_input, "masking-text").value == OWN["zh"]["text"]
    assert notices(at) == []


@pytest.mark.usefixtures("unscanned")
@pytest.mark.parametrize(
    ("bad", "lang"),
    [
        ({"tool": "nothing"}, "zh"),
        ({"masks": "x"}, "en"),
        ({"t": "nan"}, "zh"),
        ({"k": "9000"}, "en"),
        ({"seed": "-1"}, "zh"),
        ({"b": "b" * 3000}, "en"),
    ],
)
def test_a_bad_part_of_a_link_is_named_and_the_rest_is_used(bad: dict[str, str], lang: str) -> None:
    (field,) = bad
    at = open_page("masking", lang, text=OWN[lang]["text"], **bad)
    assert not at.exception
    assert notices(at)[0] == words("common.link_bad", lang, fields=field)
    assert link(at) == {"text": OWN[lang]["text"]}


@pytest.mark.usefixtures("unscanned")
def test_a_link_of_another_version_is_told() -> None:
    at = open_page("masking", "en", v="0", text="Old link.")
    assert not at.exception
    assert notices(at)[0] == words("common.link_version", "en")


@pytest.mark.usefixtures("unscanned")
def test_positions_beyond_the_sentence_are_no_trouble() -> None:
    at = open_page("masking", "zh", text="雨停了。", masks="2~300~510", focus="510")
    assert not at.exception
    assert notices(at) == []


# --- the state file --------------------------------------------------------------------------------------------


def open_file(content: bytes) -> list[str]:
    """What stands in the box afterwards, and the messages."""
    at = open_page("masking", "zh", text="原来的句子。")
    (uploader,) = at.file_uploader
    uploader.set_value(("page.json", content, "application/json")).run()
    assert not at.exception
    box = drawn(at.text_input, "masking-text").value
    return [str(box), *notices(at)]


@pytest.mark.usefixtures("unscanned")
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["as it was saved", "saved again by Notepad"])
def test_a_saved_page_is_opened_again(mark: str) -> None:
    state = {"text": "存下来的句子。", "masks": "2", "focus": "2", "tool": "road"}
    box, *told = open_file((mark + json.dumps({"page": "masking", "v": "1", "state": state})).encode())
    assert box == "存下来的句子。"
    assert told == []


@pytest.mark.usefixtures("unscanned")
def test_a_click_on_save_makes_the_page_run_nothing() -> None:
    (button,) = open_page("masking", "zh").get("download_button")
    assert button.proto.ignore_rerun, "a run that begins meanwhile may throw the file's address away unsent"


@pytest.mark.usefixtures("unscanned")
def test_what_a_saved_page_could_not_bring_is_told() -> None:
    state = {"text": "存下来的句子。", "k": "9000"}
    box, *told = open_file(json.dumps({"page": "masking", "v": "1", "state": state}).encode())
    assert box == "存下来的句子。"
    assert told[0] == words("common.link_bad", "zh", fields="k")


NO_SAVED_PAGE = {
    "empty": b"",
    "bytes": b"\xff\xfe",
    "null": b"null",
    "list": b"[]",
    "bare": b"{}",
    "word": b'"masking"',
    "another page": b'{"page": "home", "v": "1", "state": {}}',
    "no fields": b'{"page": "masking", "v": "1", "state": []}',
    "half a character": b'{"page": "masking", "v": "1", "state": {"text": "\\ud83d"}}',
    "deep": b"[" * 100_000,
}


@pytest.mark.usefixtures("unscanned")
def test_what_is_no_saved_page_is_refused() -> None:
    at = open_page("masking", "zh", text="原来的句子。")
    for name, content in NO_SAVED_PAGE.items():
        at.file_uploader[0].set_value((f"{name}.json", content, "application/json")).run()
        assert not at.exception, name
        assert words("common.state_bad", "zh") in notices(at), name
        assert drawn(at.text_input, "masking-text").value == "原来的句子。", name


# --- the frame -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("unscanned")
def test_the_language_is_switched_without_losing_the_page() -> None:
    at = open_page("masking", "zh", tool="budget", **OWN["zh"])
    at.sidebar.segmented_control(key="language-zh").set_value("en").run()
    assert not at.exception
    assert words("masking.budget.title", "en") in body(at)
    assert drawn(at.text_input, "masking-text").value == OWN["zh"]["text"]
    assert link(at) == {"tool": "budget", **OWN["zh"]}


@pytest.mark.usefixtures("unscanned")
def test_start_over_puts_the_page_back() -> None:
    at = open_page("masking", "en", tool="budget", **OWN["en"])
    at.button(key="masking-reset").click().run()
    assert not at.exception
    assert link(at) == {}
    assert drawn(at.text_input, "masking-text").value == common.example("default", "en")[0]


def test_clicking_through_the_tools_keeps_the_sentence() -> None:
    at = open_page("masking", "en", **OWN["en"])
    for tool in TOOLS:
        drawn(at.segmented_control, "masking-tool-en").set_value(tool).run()
        assert not at.exception
        assert drawn(at.text_input, "masking-text").value == OWN["en"]["text"]
    assert count(at, "bidi_component") >= 3  # the sentence, the cards, the export row
