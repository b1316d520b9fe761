"""跨语言 without a browser: every tool in both languages on readers' own sentences, and what odd ones are told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from explorer import chapters
from explorer.components.packing import unpack
from explorer.engine import get_engine
from explorer.lab import umap_client
from explorer.models.catalog import adhoc_models, catalog, chapter_models
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.catalog.policy import Policy
from explorer.ui import i18n
from explorer.views.languages import map as map_tool
from explorer.views.languages import shift
from tests.pages.app import body, notices, open_page, snippets

OWN = {"zh": "小狗在河边追着一只红色的球。", "en": "The postman brings a letter to my neighbour."}
TARGET = {"zh": "en", "en": "zh"}


def words(key: str, lang: str, **values: object) -> str:
    return i18n.text(key, lang, **values)


@pytest.fixture(autouse=True)
def one_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the other layers, which follow the one on the screen and take longer than all else."""
    monkeypatch.setattr(shift, "complete", lambda sentence, state: None)


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
@pytest.mark.parametrize("tool", chapters.get("languages").tools)
def test_every_tool_draws_on_a_sentence_of_the_reader_s_own(tool: str, lang: str) -> None:
    at = open_page("languages", lang, tool=tool, text=OWN[lang], target=TARGET[lang], layer="7")
    assert not at.exception
    seen = body(at)
    assert words("languages.title", lang) in seen
    heading = words(f"languages.{tool}.title", lang)
    assert heading.split("{")[0] in seen
    assert tool == "keep" or words("common.honesty", lang) in seen
    assert notices(at) == []
    if tool == "shift":
        (snippet,) = snippets(at)
        assert OWN[lang] in snippet and "__" not in snippet


@pytest.mark.parametrize(
    ("text", "target", "key", "values"),
    [
        (" ", "zh", "errors.text_empty", {}),
        ("雨停了，天空出现一道彩虹。", "zh", "languages.same", {"tongue": "中文"}),
        ("這裡的風箏飛得很高。", "en", "common.simplified", {}),
        ("Мама мыла раму весь день.", "en", "languages.foreign", {}),
        ("我的 homework 还没有写完, sorry my dear teacher。", "fr", "languages.mixed", {"tongue": "中文"}),
        ("word " * 300, "zh", "common.cut", {"limit": 64, "typed": 1500, "used": 309}),
        ("Tea", "zh", None, {}),
    ],
)
def test_odd_sentences_are_told_and_never_break(
    text: str, target: str, key: str | None, values: dict[str, object]
) -> None:
    at = open_page("languages", "zh", text=text, target=target, layer="7")
    assert not at.exception
    said = "\n".join(notices(at))
    if key is None:
        assert said == ""
    else:
        assert words(key, "zh", **values).split("{")[0][:30] in said


def test_no_language_to_teach_is_told() -> None:
    at = open_page("languages", "en", tool="pos", text=OWN["en"], target="zh", train="")
    assert not at.exception
    assert words("errors.no_language", "en") in notices(at)


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_a_sentence_is_taken_for_the_language_it_is_in(lang: str) -> None:
    for text, found in (
        ("Die Kinder spielen mit dem alten Hund.", "de"),
        ("Los niños juegan con el perro viejo.", "es"),
        ("Les enfants jouent avec le vieux chien.", "fr"),
        ("The children play with the old dog.", "en"),
        ("子供たちは古い犬と遊んでいます。", "ja"),
        ("孩子们和老狗一起玩。", "zh"),
    ):
        at = open_page("languages", lang, text=text, target="zh" if found != "zh" else "en", tool="align")
        box = next(box for box in at.selectbox if box.key == "languages-source")
        assert words("languages.source_auto", lang, tongue=words(f"languages.name.{found}", lang)) in box.options[0]


@pytest.mark.parametrize("family", ["bert", "xlm-roberta"])
def test_another_masked_model_shows_every_tool(
    family: str, tiny_of: Callable[[str], ModelInfo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its language vectors are computed on the spot from the project's sentences, and nothing of it comes along."""
    monkeypatch.setenv("SESAME_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("SESAME_CACHE", str(tmp_path / "cache"))
    known = {**catalog.ANY_OF_KIND, "masked": (*catalog.ANY_OF_KIND["masked"], "multilingual")}
    monkeypatch.setattr(catalog, "ANY_OF_KIND", known)  # as the catalogue says of bert-base-multilingual-cased
    monkeypatch.setattr(map_tool, "MAP_LINES", (0, 48))  # of 24: without its compiler UMAP takes its time
    info = adhoc_models.register(tiny_of(family).folder, Policy(alone=True))
    chapter_models.choose("languages", info.id)
    for n, tool in enumerate(chapters.get("languages").tools):
        lang = i18n.LANGUAGES[n % 2]
        at = open_page("languages", lang, tool=tool, text=OWN[lang], target=TARGET[lang], layer="2", method="umap")
        assert not at.exception, tool
        assert words("languages.title", lang) in body(at)
    chapter_models.choose("languages", "mini-mbert")
    get_engine().unload(info.id)


def test_a_guess_is_told_right_or_wrong_with_the_total() -> None:
    at = open_page("languages", "zh", tool="keep", guess="zh", text="The tailor sews a long blue coat.")
    assert words(
        "languages.keep.wrong", "zh", answer=words("languages.keep.guess_same", "zh"), en="", han="", blind=""
    ).split("。")[0] in " ".join(notices(at))
    assert words("languages.keep.total", "zh") in body(at)
    at = open_page("languages", "zh", tool="keep", guess="same", text="The tailor sews a long blue coat.")
    assert any(
        notice.startswith(words("languages.keep.right", "zh", en="", han="", blind="").split("。")[0])
        for notice in notices(at)
    )


def test_digits_are_not_called_english() -> None:
    at = open_page("languages", "en", tool="pos", text="1234567890")
    assert not at.exception
    assert words("languages.unsure", "en", tongue="English") in notices(at)
    at = open_page("languages", "en", text="1234567890")
    assert words("languages.source_unsure", "en") in at.selectbox(key="languages-source").options


@pytest.mark.parametrize("tool", chapters.get("languages").tools)
def test_what_a_tool_ignores_is_not_offered(tool: str) -> None:
    at = open_page("languages", "zh", tool=tool, text="裁缝在灯下缝一件蓝色的外套。")
    offered = [one.value for one in at.text_input if one.key == "languages-text"]
    ignores = tool in ("near", "align", "words")
    assert (words("languages.ignored", "zh") in body(at)) == ignores
    assert offered == ([] if ignores else ["裁缝在灯下缝一件蓝色的外套。"])
    sources = [one.key for one in at.selectbox if one.key == "languages-source"]
    at_nothing = open_page("languages", "zh", tool=tool, text=" ")
    assert (words("errors.text_empty", "zh") in notices(at_nothing)) == (not ignores)
    assert bool(sources) == (tool in ("shift", "align", "words"))


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_where_umap_cannot_be_used_it_is_said_and_the_other_map_drawn(
    lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reason = "cannot cache function 'rdist': no locator available"
    monkeypatch.setattr(umap_client, "_unusable", reason)
    monkeypatch.setattr(map_tool, "MAP_LINES", (3, 7, 11))  # on which no map by UMAP is kept
    at = open_page("languages", lang, tool="map", method="umap", text=OWN[lang])
    assert not at.exception
    assert notices(at) == [words("errors.map_failed", lang, method="UMAP", reason=reason)]
    drawn = [unpack(one.proto.bytes)[0] for one in at.get("bidi_component") if one.proto.bytes]
    assert [one["method"] for one in drawn if one["key"] == "languages-map"] == ["pca"]
