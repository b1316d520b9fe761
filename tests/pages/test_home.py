"""首页 without a browser: both splits in both languages, the exhibits, and odd sentences."""

from __future__ import annotations

import itertools

import pytest
from streamlit.testing.v1 import AppTest

from explorer import chapters
from explorer.content import examples
from explorer.ui import i18n
from explorer.ui.state import to_query
from explorer.views.home import common
from tests.pages.app import assert_kept, body, count, html, link, notices, open_page

OWN = {"zh": "院子里的桂花开了，整条巷子都是香的。", "en": "The kettle sang while the old clock kept time."}


def words(key: str, lang: str, **values: object) -> str:
    return i18n.text(key, lang, **values)


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
@pytest.mark.parametrize("how", ["bert", "gpt"])
def test_both_splits_draw_on_a_sentence_of_the_reader_s_own(how: str, lang: str) -> None:
    at = open_page("home", lang, how=how, text=OWN[lang])
    assert not at.exception
    assert notices(at) == []
    seen = body(at)
    assert words("home.title", lang) in seen
    assert words("home.split.seen", lang) in seen
    assert (words("home.split.gpt_note", lang) in seen) == (how == "gpt")
    assert (words("home.split.col_guess", lang) in seen) == (how == "bert")


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_every_exhibit_stands(lang: str) -> None:
    at = open_page("home", lang)
    assert not at.exception
    seen = body(at)
    for exhibit in ("kinds", "family", "classes", "why", "map"):
        assert words(f"home.{exhibit}.title", lang) in seen
    for model in examples.load("home")["family"]:
        assert model["source"].split(",")[0] in seen
    assert count(at, "plotly_chart") == 0, "the first page waits for no chart library"


@pytest.mark.parametrize(
    ("name", "n"), [("sentiment", "768"), ("nli", "1,152"), ("pos", "6,528"), ("vocabulary", None)]
)
def test_the_head_card_multiplies(name: str, n: str | None) -> None:
    from explorer.engine import catalog, get_engine

    facts = get_engine().facts(catalog.default("masked").id)
    classes = {"sentiment": 2, "nli": 3, "pos": 17, "vocabulary": facts.vocab_size}[name]
    at = open_page("home", "en", classes=name)
    product = f"{facts.d_model * classes:,}"
    assert n in (None, product)
    assert f"{facts.d_model} × {classes:,} = {product}" in body(at)


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
@pytest.mark.parametrize("name", common.PRESETS)
def test_every_preset_draws(name: str, lang: str) -> None:
    entry = examples.entry("home", name, lang)
    state = common.State(text=entry["text"], how=entry["how"], cut=entry.get("cut", 0))
    at = open_page("home", lang, **to_query(state))
    assert not at.exception
    assert notices(at) == []


ODD = (
    "雨",
    "🙂",
    "𓀀",
    "[[x]] [[嵌入]]",
    "**很** `好`",
    "<script>alert(1)</script>",
    "[MASK]",
    "{n} {}",
    "שלום",
    "\u200b",
)


@pytest.mark.parametrize(("text", "how"), list(zip(ODD, itertools.cycle(["bert", "gpt"]), strict=False)))
def test_odd_sentences_are_split(text: str, how: str) -> None:
    at = open_page("home", "zh", how=how, text=text)
    assert not at.exception
    told = [words("errors.text_empty", "zh")] if text == "\u200b" else []
    assert notices(at) == told
    assert "<script>" not in "".join(html(at))


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_an_emptied_box_is_told_and_the_page_lives_on(lang: str) -> None:
    at = open_page("home", lang)
    at.text_input(key="home-text").set_value("  ").run()
    assert not at.exception
    assert notices(at) == [words("errors.text_empty", lang)]
    at.text_input(key="home-text").set_value(OWN[lang]).run()
    assert not at.exception
    assert notices(at) == []


def test_ten_thousand_characters_stay_in_the_box() -> None:
    at = open_page("home", "zh")
    at.text_input(key="home-text").set_value("雨一直下。" * 2_000).run()
    assert not at.exception
    assert at.text_input(key="home-text").value == "雨一直下。" * 2_000
    assert_kept(at, "home", "雨一直下。" * 2_000)


def test_another_drawing_hides_others() -> None:
    at = open_page("home", "zh", text=OWN["zh"])
    before = body(at)
    at.button(key="home-reroll").click().run()
    assert not at.exception
    assert link(at) == {"text": OWN["zh"], "seed": "1"}
    assert body(at) != before


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_a_bad_link_is_told(lang: str) -> None:
    at = open_page("home", lang, how="elmo", cut="5000")
    assert not at.exception
    assert notices(at)[0] == words("common.link_bad", lang, fields=f"how{words('common.list_comma', lang)}cut")


# --- the frame -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_the_sidebar_lists_the_chapters_that_work(lang: str) -> None:
    at = open_page("home", lang)
    links = [element.proto.label for element in at.sidebar if element.type == "page_link"]
    *listed, model = links
    assert listed == [f"{one.number}\u2002{words(f'{one.id}.nav', lang)}" for one in chapters.CHAPTERS]
    assert "mini-mbert" in model


@pytest.mark.parametrize("page", chapters.IDS)
def test_large_type_is_switched_on_and_stands_in_the_link(page: str) -> None:
    at = open_page(page, "zh")
    assert "135%" not in styles(at)
    at.sidebar.toggle(key="teacher").set_value(True).run()
    assert not at.exception
    assert "135%" in styles(at)
    assert at.query_params["teacher"] in ("1", ["1"])
    at.sidebar.toggle(key="teacher").set_value(False).run()
    assert "135%" not in styles(at)
    assert "teacher" not in at.query_params


def styles(at: AppTest) -> str:
    """The style of the page, which Streamlit keeps apart from what is drawn."""
    return "".join(element.proto.body for element in at.get("html") if "<style>" in element.proto.body)
