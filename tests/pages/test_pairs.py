"""句对 without a browser: every tool in both languages, on readers' own pairs, however odd they are."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from explorer.content import examples, first_paint
from explorer.engine import get_engine
from explorer.lab.types.pairs import MEASURE, MeasureInputs
from explorer.models.catalog import adhoc_models, chapter_models
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.catalog.policy import Policy
from explorer.ui import i18n
from explorer.ui.state import to_query
from explorer.views.pairs import common, measure, why
from tests.pages.app import body, count, html, link, notices, open_page, snippets

OWN = {
    "zh": {"a": "木匠量了量门框。", "b": "他回去锯了一块新的木板。"},
    "en": {"a": "The carpenter measured the door.", "b": "Then he went home to saw a new board."},
}
TOOLS = get_args(common.Tool)
HEADINGS = {"judge": "pairs.title"}


def words(key: str, lang: str, **values: object) -> str:
    return i18n.text(key, lang, **values)


@pytest.fixture(autouse=True)
def few_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measuring takes a handful of the project's pairs here."""
    few = {lang: examples.own_pairs(lang)[:3] for lang in examples.LANGUAGES}
    monkeypatch.setattr(measure.examples, "own_pairs", few.__getitem__)


# --- every tool ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_draws_on_a_pair_of_the_reader_s_own(tool: str, lang: str) -> None:
    at = open_page("pairs", lang, tool=tool, **OWN[lang])
    assert not at.exception
    seen = body(at)
    assert words("pairs.title", lang) in seen
    assert words(HEADINGS.get(tool, f"pairs.{tool}.title"), lang) in seen
    assert words("common.honesty", lang) in seen
    assert notices(at) == []
    assert len(snippets(at)) == (0 if tool == "why" else 1)
    for snippet in snippets(at):
        assert "__" not in snippet
        assert (OWN[lang]["a"] in snippet) == (tool != "measure")


@pytest.mark.parametrize("head", get_args(common.Head))
@pytest.mark.parametrize("arrangement", common.ARRANGEMENTS)
def test_the_road_goes_through_every_arrangement_and_head(arrangement: str, head: str) -> None:
    at = open_page("pairs", "zh", tool="road", arrangement=arrangement, head=head, **OWN["zh"])
    assert not at.exception
    assert notices(at) == []
    seen = body(at)
    assert words(f"pairs.answer.{head}_yes", "zh") in seen
    assert words(f"pairs.answer.{head}_no", "zh") in seen


@pytest.mark.parametrize(("lang", "told"), [("zh", "只判断，不会自己写"), ("en", "writes no next sentence")])
def test_the_page_says_that_a_pair_is_judged_and_nothing_is_written(lang: str, told: str) -> None:
    assert told in body(open_page("pairs", lang))


def test_the_coin_falls_on_both_sides() -> None:
    said = set()
    for seed in range(6):
        at = open_page("pairs", "zh", tool="lesson", seed=str(seed), **OWN["zh"])
        assert not at.exception
        said |= {name for name in ("random", "kept") if words(f"pairs.lesson.{name}", "zh") in body(at)}
    assert said == {"random", "kept"}


def test_another_sentence_is_drawn_from_elsewhere() -> None:
    at = open_page("pairs", "zh", **OWN["zh"])
    before = body(at)
    at.button(key="pairs-another").click().run()
    assert not at.exception
    assert link(at)["seed"] == "1"
    assert body(at) != before


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_both_heads_are_counted(lang: str) -> None:
    at = open_page("pairs", lang, tool="measure")
    for button in at.button:
        if button.key == "pairs-measure":  # not there where the other language has measured already
            button.click().run()
    assert not at.exception
    assert notices(at) == []
    seen = body(at)
    assert words("pairs.measure.own", lang, n=6) in seen
    assert "50.0 %" in seen, "shared words know no order"
    assert words("pairs.measure.held_out", lang) in seen, "what was measured on other people's texts is told as well"


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_why_one_was_dropped_names_the_papers_and_our_own_figures(lang: str) -> None:
    at = open_page("pairs", lang, tool="why")
    for name in ("BERT", "XLNet", "RoBERTa", "SpanBERT", "ALBERT"):
        assert name in body(at)
    cards = [piece for piece in html(at) if 'class="figures"' in piece]
    assert len(cards) == 1
    assert all(examples.recorded(f"pairs.{name}") for name in why.MEASURED)
    assert cards[0].count("%") == len(why.MEASURED) >= 3


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
@pytest.mark.parametrize("name", common.PRESETS)
def test_every_preset_draws(name: str, lang: str) -> None:
    at = open_page("pairs", lang, **to_query(common.State(**examples.entry("pairs", name, lang))))
    assert not at.exception
    assert notices(at) == ([words("pairs.same", lang)] if name == "same" else [])


# --- predict, then reveal --------------------------------------------------------------------------------------


def test_own_judgements_are_added_up_over_several_pairs() -> None:
    at = open_page("pairs", "zh", hide="1", said="yes~no~no", **OWN["zh"])
    assert not at.exception
    assert "3 / 3" in body(at)
    at.text_input(key="pairs-b").set_value("门外下起了雪。").run()
    assert words("pairs.guess.question", "zh") in body(at), "a new pair is a new question"
    for name, say in zip(common.ARRANGEMENTS, ("no", "yes", "yes"), strict=True):
        at.segmented_control(key=f"pairs-say-{name}-zh").set_value(say).run()
    assert not at.exception
    assert "3 / 6" in body(at)


def test_a_sentence_and_itself_have_no_right_order() -> None:
    pairs = (("灯亮了。", "灯亮了。"), ("灯亮了。", "灯亮了。"), ("灯亮了。", "风停了。"))
    assert common.truth("next", pairs) == (None, None, False)
    assert common.truth("order", pairs) == (None, None, None)


# --- odd pairs -------------------------------------------------------------------------------------------------


ODD = {
    "emoji": "🙂🙃 今天😀很好",
    "right-to-left": "שלום עולם, مرحبا بالعالم",
    "unknown": "𓀀𓁀 𐎠𐎡",
    "script": "<script>alert(1)</script><img src=x onerror=y>",
    "markdown": "**很** _好_ [x](http://example.org) ![y](http://example.org/y.png) `z`",
    "special": "[CLS] 你好 [SEP] [PAD] [UNK] [MASK]",
    "placeholder": "{n} {} {0} %s __FIRST__ __SECOND__",
    "one": "雨",
    "newlines": "第一行\n第二行\r\n第三行",
    "null": "a\x00b\x07c",
}


@pytest.mark.parametrize(("name", "tool"), list(zip(ODD, itertools.cycle(TOOLS[:3]), strict=False)))
def test_odd_pairs_are_read(name: str, tool: str) -> None:
    at = open_page("pairs", "zh", tool=tool, a=ODD[name], b="隔壁的狗叫了一声。")
    assert not at.exception
    assert not any(words("errors.failed", "zh") in notice for notice in notices(at))
    assert count(at, "expander") >= 1
    assert "<script>" not in "".join(html(at))
    assert "<img" not in "".join(html(at))


@pytest.mark.parametrize("tool", TOOLS)
def test_a_missing_sentence_is_told_and_the_page_lives_on(tool: str) -> None:
    at = open_page("pairs", "zh", tool=tool, **OWN["zh"])
    for key, told in (("pairs-b", "errors.second_empty"), ("pairs-a", "errors.text_empty")):
        at.text_input(key=key).set_value("  ").run()
        assert not at.exception
        assert notices(at) == [words(told, "zh")]
        if tool != "judge":
            assert (words(f"pairs.{tool}.title", "zh") in body(at)) == (tool in ("measure", "why"))
    for key, text in zip(("pairs-a", "pairs-b"), OWN["zh"].values(), strict=True):
        at.text_input(key=key).set_value(text).run()
    assert not at.exception
    assert notices(at) == []


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_the_same_twice_is_answered_and_said(lang: str) -> None:
    at = open_page("pairs", lang, a="灯亮了。", b=" 灯亮了。 ")
    assert not at.exception
    assert notices(at) == [words("pairs.same", lang)]


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_more_than_512_tokens_are_refused_and_nothing_is_lost(lang: str) -> None:
    at = open_page("pairs", lang, **OWN[lang])
    long = "河水慢慢地流。" * 100
    at.text_input(key="pairs-a").set_value(long).run()
    assert not at.exception
    assert any(notice.startswith(words("errors.too_long", lang, limit=512, used="")[:8]) for notice in notices(at))
    assert at.text_input(key="pairs-a").value == long
    assert at.text_input(key="pairs-b").value == OWN[lang]["b"]


def test_traditional_characters_are_read_as_simplified_and_said() -> None:
    at = open_page("pairs", "zh", a="這隻風箏飛得很高。", b="線斷了。")
    assert notices(at) == [words("common.simplified", "zh")]


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_a_model_without_a_pair_head_says_what_it_lacks(
    lang: str, tiny_of: Callable[[str], ModelInfo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A BERT that was saved with its masked-word head alone, chosen for this chapter."""
    monkeypatch.setenv("SESAME_MODELS", str(tmp_path / "models"))
    info = adhoc_models.register(tiny_of("bert").folder, Policy(alone=True))
    chapter_models.choose("pairs", info.id)
    told = words("errors.pair_head_missing", lang, model=info.name).replace("**", "")
    for tool in ("judge", "road", "lesson"):
        at = open_page("pairs", lang, tool=tool, a="The kettle is singing.", b="The kitten is listening.")
        assert not at.exception
        assert notices(at) == [told], tool
    chapter_models.choose("pairs", "mini-mbert")
    assert notices(open_page("pairs", lang, **OWN[lang])) == []
    get_engine().unload(info.id)


# --- links -----------------------------------------------------------------------------------------------------


def test_a_link_opens_the_page_as_it_was() -> None:
    state = {"tool": "road", "arrangement": "swapped", "head": "order", "seed": "5", **OWN["zh"]}
    at = open_page("pairs", "zh", **state)
    assert link(at) == state
    assert at.text_input(key="pairs-b").value == OWN["zh"]["b"]


@pytest.mark.parametrize(
    ("bad", "lang"),
    [({"tool": "x"}, "zh"), ({"head": "sop"}, "en"), ({"seed": "-1"}, "zh"), ({"arrangement": ""}, "en")],
)
def test_a_bad_part_of_a_link_is_named_and_the_rest_is_used(bad: dict[str, str], lang: str) -> None:
    (field,) = bad
    at = open_page("pairs", lang, **OWN[lang], **bad)
    assert not at.exception
    assert notices(at)[0] == words("common.link_bad", lang, fields=field)
    assert link(at) == OWN[lang]


def test_the_language_is_switched_without_losing_the_page() -> None:
    at = open_page("pairs", "zh", tool="road", **OWN["zh"])
    at.sidebar.segmented_control(key="language-zh").set_value("en").run()
    assert not at.exception
    assert words("pairs.road.title", "en") in body(at)
    assert link(at) == {"tool": "road", **OWN["zh"]}


def test_what_is_measured_first_is_all_the_project_has_written() -> None:
    """The key under which the page looks is that under which the result comes with the app."""
    wanted = [inputs for name, _, inputs in first_paint.asked() if name == MEASURE]
    assert wanted == [MeasureInputs(tuple(examples.own_pairs(lang) for lang in examples.LANGUAGES))]
