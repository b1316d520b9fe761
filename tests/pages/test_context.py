"""语境 without a browser: every tool in both languages, on readers' own sentences, however odd they are."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from explorer import chapters
from explorer.content import examples
from explorer.engine import catalog, get_engine
from explorer.lab import umap_client
from explorer.ui import i18n
from explorer.ui.state import to_query
from explorer.views.context import common
from tests.pages.app import body, count, html, link, notices, open_page, snippets

if TYPE_CHECKING:
    from explorer.models.catalog.catalog import ModelInfo

OWN = {
    "zh": {"text": "他在炉子上烧水。\n井水很凉。\n这场比赛的水很深。\n项目的水太深。", "word": "水",
           "senses": "0~0~1~1"},
    "en": {"text": "The seal swam away.\nA seal eats fish.\nBreak the seal.\nThe seal was broken.", "word": "seal",
           "senses": "0~0~1~1"},
}  # fmt: skip
WORD = {lang: own["word"] for lang, own in OWN.items()}

TOOLS = chapters.get("context").tools


def words(key: str, lang: str, **values: object) -> str:
    return i18n.text(key, lang, **values)


# --- every tool ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_draws_on_sentences_of_the_reader_s_own(tool: str, lang: str) -> None:
    at = open_page("context", lang, tool=tool, swaps="The seal barked." if lang == "en" else "水站卖水。", **OWN[lang])
    assert not at.exception
    seen = body(at)
    assert words("context.title", lang) in seen
    assert tool == "look" or words(f"context.{tool}.title", lang) in seen
    assert words("common.honesty", lang) in seen
    assert notices(at) == []
    (snippet,) = snippets(at)
    assert "__" not in snippet
    assert tool in ("static", "cbow") or OWN[lang]["text"].splitlines()[0] in snippet


@pytest.mark.parametrize(("tool", "lang"), list(zip(TOOLS, itertools.cycle(i18n.LANGUAGES), strict=False)))
def test_every_tool_says_what_it_needs_where_nothing_can_be_compared(tool: str, lang: str) -> None:
    at = open_page("context", lang, tool=tool, text="没有这个词。", word="水")
    assert not at.exception
    assert notices(at) == [words("errors.word_missing", lang, word="水")]
    assert (count(at, "text_area") == 1) == (tool == "own"), "where the sentences are written, they can be mended"


def test_crossing_needs_two_senses_or_words_of_one_s_own() -> None:
    own = {"text": OWN["zh"]["text"], "word": "水"}
    at = open_page("context", "zh", tool="cross", **own)
    assert notices(at) == [words("context.cross.need", "zh")]
    at = open_page("context", "zh", tool="cross", first="茶", second="我喝[酒] / [酒]很贵", a="水", b="钱", **own)
    assert not at.exception
    assert notices(at) == []
    assert words("context.cross.alone", "zh") in body(at)


@pytest.mark.parametrize(
    ("name", "lang"), [*zip(common.PRESETS, itertools.cycle(i18n.LANGUAGES), strict=False), ("neighbours", "en")]
)
def test_every_preset_draws(name: str, lang: str) -> None:
    fields = examples.entry("context", name, lang)["state"]
    state = common.State(**{key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()})
    at = open_page("context", lang, **to_query(state))
    assert not at.exception
    assert notices(at) == []


@pytest.mark.parametrize(("lang", "name"), [("zh", "da"), ("en", "light"), ("en", "guo"), ("zh", "bat")])
def test_sets_of_ours_can_be_put_on_the_stage(name: str, lang: str) -> None:
    at = open_page("context", lang)
    at.segmented_control(key=f"context-set-{lang}").set_value(name).run()
    assert not at.exception
    assert notices(at) == []
    assert common.preset(name, lang).lines[0].text in "".join(snippets(at))


# --- readers' sentences ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_what_was_left_out_is_told(lang: str) -> None:
    lines = [*OWN[lang]["text"].splitlines(), "啊。", (WORD[lang] + " " * (lang == "en")) * 130]
    at = open_page("context", lang, text="\n".join(lines), word=WORD[lang])
    assert not at.exception
    left, long = notices(at)
    assert left == words("context.missing", lang, n=1, word=WORD[lang], lines="啊。")
    assert long == words("context.long", lang, n=1, limit=common.MAX_TOKENS)


def test_few_and_equal_sentences_are_told() -> None:
    at = open_page("context", "zh", text="喝水。\n喝水。", word="水", method="umap")
    assert not at.exception
    few = words("context.few", "zh", n=2)
    assert notices(at) == [few, words("context.alike", "zh"), words("errors.too_few_points", "zh", limit=4, used=2)]
    alone = open_page("context", "zh", text="喝水。", word="水")
    assert not alone.exception
    assert notices(alone) == [words("context.few", "zh", n=1)]


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_a_machine_on_which_umap_cannot_be_used_says_so_at_once(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where its compiler may write nowhere, say: nothing warms up without end, and the other maps are there."""
    reason = "cannot cache function 'rdist': no locator available"
    monkeypatch.setattr(umap_client, "_unusable", reason)
    monkeypatch.setattr(get_engine().compute, "state", "failed")
    lines = {
        "zh": "水开了。\n鱼在水里。\n水费涨了。\n水彩画展。\n水手上岸。",
        "en": "A bank.\nThe bank.\nOne bank.\nMy bank.\nHer bank.",
    }
    at = open_page("context", lang, text=lines[lang], word={"zh": "水", "en": "bank"}[lang], method="umap")
    assert not at.exception
    assert notices(at) == [words("errors.map_failed", lang, method="UMAP", reason=reason)]
    assert count(at, "bidi_component") > 1, "the map by PCA stands"


def test_a_word_in_pieces_is_averaged_and_told() -> None:
    at = open_page("context", "zh", text="我家的水壶坏了。\n水壶里没有水。", word="水壶")
    assert not at.exception
    assert words("context.pieces", "zh", word="水壶", n=2) in body(at)


def test_a_word_that_stands_twice_can_be_chosen() -> None:
    at = open_page("context", "zh", tool="own", text="水里有鱼，水上有船。\n喝水。", word="水")
    assert words("context.own.twice", "zh", word="水", n=1) in notices(at)
    at.segmented_control(key="context-nth-zh").set_value("1").run()
    assert not at.exception
    assert link(at)["nth"] == "1"


def test_traditional_characters_are_read_as_simplified() -> None:
    at = open_page("context", "zh", text="這裡的蘋果很甜。\n蘋果發佈了手機。", word="苹果")
    assert not at.exception
    assert notices(at) == [words("common.simplified", "zh"), words("context.few", "zh", n=2)]


ODD = {
    "emoji": "🙂 水 🙃",
    "right-to-left": "水 שלום עולם, مرحبا",
    "script": "<script>alert(1)</script> 水 <img src=x onerror=y>",
    "markdown": "**水** _好_ [x](http://example.org) ![y](http://example.org/y.png)",
    "latex": r"$\frac{1}{2}$ 水",
    "glossary": "[[水]] [[嵌入]]",
    "special": "[CLS] 水 [SEP] [PAD] [MASK]",
    "placeholder": "{n} {} %s __LINES__ 水",
    "quotes": "他说：\"'水'\"\\",
    "null": "a\x00水\x07c",
}


@pytest.mark.parametrize(("name", "tool"), list(zip(ODD, itertools.cycle(TOOLS), strict=False)))
def test_odd_sentences_are_read(name: str, tool: str) -> None:
    lines = [ODD[name], "喝水。", "水很深。", "开水。"]
    at = open_page("context", "zh", tool=tool, text="\n".join(lines), word="水", senses="0~0~1~1")
    assert not at.exception
    assert not any(words("errors.failed", "zh") in notice for notice in notices(at))
    assert "<script>" not in "".join(html(at))
    assert "<img" not in "".join(html(at))


@pytest.mark.parametrize("word", ["[[水]]", "<b>", "**", "水" * 40, "{n}"])
def test_an_odd_word_is_missing_and_nothing_breaks(word: str) -> None:
    at = open_page("context", "zh", tool="own", text="喝水。", word=word)
    assert not at.exception
    assert notices(at) == [words("errors.word_missing", "zh", word=word)]


@pytest.mark.parametrize("text", ["", "   ", "\u3000"])
def test_an_emptied_box_is_told_and_the_page_lives_on(text: str) -> None:
    at = open_page("context", "zh", tool="own", **OWN["zh"])
    at.text_area(key="context-lines").set_value(text).run()
    assert not at.exception
    assert notices(at) == [words("errors.text_empty", "zh")]
    at.text_area(key="context-lines").set_value(OWN["zh"]["text"]).run()
    assert not at.exception
    assert notices(at) == []


def test_a_sentence_that_lands_must_hold_the_word() -> None:
    at = open_page("context", "zh", tool="own", new="今天没有风。", **OWN["zh"])
    assert notices(at) == [words("errors.word_missing", "zh", word="水")]
    at.text_input(key="context-new").set_value("请给我一杯水。").run()
    assert not at.exception
    assert notices(at) == []


def test_company_is_changed_step_by_step_and_the_way_can_be_left() -> None:
    at = open_page("context", "en", tool="swap", pick="2", **OWN["en"])
    assert notices(at) == [words("context.swap.same", "en")]
    for text in ("Feed the seal.", "Feed the baby seal with fish."):
        at.text_input(key="context-swap").set_value(text).run()
        assert not at.exception
    assert link(at)["swaps"] == "Feed the seal.~Feed the baby seal with fish."
    assert words("context.swap.after", "en", n=2) in body(at)
    at.text_input(key="context-swap").set_value("Feed the dog.").run()
    assert notices(at) == [words("errors.word_missing", "en", word="seal")]
    at.button(key="context-swap-again").click().run()
    assert not at.exception
    assert "swaps" not in link(at)


# --- files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_file_is_opened(encoding: str) -> None:
    at = open_page("context", "zh", tool="own")
    rows = "sentence,word,sense\n山顶的雪化了,雪,天气\n她的皮肤像雪一样白,雪,比喻\n今年的雪来得早,雪,天气\n"
    at.file_uploader[0].set_value(("own.csv", rows.encode(encoding), "text/csv")).run()
    assert not at.exception
    assert link(at)["word"] == "雪"
    assert link(at)["senses"] == "0~1~0"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00\xd8", bytes(5_000_001)])
def test_what_is_no_file_of_sentences_is_refused_and_nothing_is_lost(content: bytes) -> None:
    at = open_page("context", "zh", tool="own", **OWN["zh"])
    at.file_uploader[0].set_value(("own.csv", content, "text/csv")).run()
    assert not at.exception
    (told,) = notices(at)
    assert told in (words("context.own.unreadable", "zh"), words("context.own.too_large", "zh", mb=5))
    assert at.text_area(key="context-lines").value == OWN["zh"]["text"]


def test_more_sentences_than_a_link_can_carry_go_into_a_file_and_come_back() -> None:
    lines = [f"第{n}杯水放在桌上，谁也没有喝，后来就凉了。" for n in range(60)]
    at = open_page("context", "zh", tool="own", **OWN["zh"])
    at.text_area(key="context-lines").set_value("\n".join(lines)).run()
    assert not at.exception
    assert words("common.link_long", "zh") in notices(at)
    state = {"text": "\n".join(lines), "word": "水", "tool": "own"}
    again = open_page("context", "zh")
    content = json.dumps({"page": "context", "v": "1", "state": state}).encode()
    again.file_uploader[-1].set_value(("page.json", content, "application/json")).run()
    assert not again.exception
    assert again.text_area(key="context-lines").value == "\n".join(lines)


# --- CBOW ------------------------------------------------------------------------------------------------------


def test_cbow_is_trained_on_the_reader_s_text_and_stays() -> None:
    at = open_page("context", "zh", tool="cbow", passage="\n".join([OWN["zh"]["text"]] * 4), **OWN["zh"])
    before = count(at, "plotly_chart")
    at.button(key="context-train").click().run()
    assert not at.exception
    assert count(at, "plotly_chart") == before + 3  # the curve, CBOW's map, BERT's cloud
    assert words("context.cbow.near", "zh", word="水") in body(at)
    assert notices(at) == []
    assert "context-train" not in {button.key for button in at.button}


def test_cbow_refuses_a_text_that_is_too_short() -> None:
    at = open_page("context", "en", tool="cbow", passage="Too short.", **OWN["en"])
    at.button(key="context-train").click().run()
    assert not at.exception
    assert notices(at) == [words("errors.text_short", "en", limit=60, used=2)]


# --- links and the frame ---------------------------------------------------------------------------------------


def test_a_link_opens_the_page_as_it_was() -> None:
    more = {"tool": "cross", "layer": "5", "a": "茶", "treatment": "top"}
    at = open_page("context", "zh", **more, **OWN["zh"])
    assert link(at) == {**more, **OWN["zh"]}
    assert at.text_input(key="context-a").value == "茶"


@pytest.mark.parametrize(
    "bad", [{"tool": "nothing"}, {"layer": "x"}, {"senses": "9"}, {"nth": "-1"}, {"passage": "x" * 3000}]
)
def test_a_bad_part_of_a_link_is_named_and_the_rest_is_used(bad: dict[str, str]) -> None:
    (field,) = bad
    own = {name: OWN["en"][name] for name in ("text", "word")}
    at = open_page("context", "en", **own, **bad)
    assert not at.exception
    assert notices(at)[0] == words("common.link_bad", "en", fields=field)
    assert link(at) == own


@pytest.mark.parametrize("model", ["gpt2", "nobody/nothing"])
def test_a_model_that_is_not_here_gives_way_to_the_one_that_is(model: str) -> None:
    at = open_page("context", "zh", model=model, **OWN["zh"])
    assert not at.exception
    assert notices(at) == []


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_a_model_that_reads_from_left_to_right_says_so(
    lang: str, tiny_of: Callable[[str], ModelInfo], monkeypatch: pytest.MonkeyPatch
) -> None:
    small, entry = tiny_of("gpt2"), catalog.entry
    monkeypatch.setattr(catalog, "everything", lambda: (catalog.default("masked"), small))
    monkeypatch.setattr(catalog, "entry", lambda name: small if name == small.id else entry(name))
    monkeypatch.setenv("SESAME_READERS_MAY", "switch")
    at = open_page("context", lang, model=small.id, layer="12", **OWN[lang])
    assert not at.exception
    assert words("context.causal", lang) in notices(at)
    assert count(at, "bidi_component") >= 4, "sentences, pictures, cards, export row"


def test_the_language_is_switched_without_losing_the_page() -> None:
    at = open_page("context", "zh", tool="static", **OWN["zh"])
    at.sidebar.segmented_control(key="language-zh").set_value("en").run()
    assert not at.exception
    assert words("context.static.title", "en") in body(at)
    assert link(at) == {"tool": "static", **OWN["zh"]}


def test_start_over_puts_the_page_back() -> None:
    at = open_page("context", "en", tool="own", **OWN["en"])
    at.button(key="context-reset").click().run()
    assert not at.exception
    assert link(at) == {}


def test_clicking_through_the_tools_keeps_the_sentences() -> None:
    at = open_page("context", "en", **OWN["en"])
    for tool in TOOLS:
        at.segmented_control(key="context-tool-en").set_value(tool).run()
        assert not at.exception
        assert link(at)["text"] == OWN["en"]["text"]


def test_labels_for_lines_that_were_replaced_meanwhile_do_not_bring_them_back() -> None:
    at = open_page("context", "en", tool="own", **OWN["en"])
    old = OWN["en"]["text"]
    fresh = "\n".join([*reversed(old.splitlines()), f"And once more: {old.splitlines()[0]}"])
    at.text_area(key="context-lines").set_value(fresh)
    at.button(key="context-clear").click().run()
    assert not at.exception
    assert link(at)["text"] == fresh
