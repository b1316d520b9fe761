"""The examples: in both languages, covering the word they say they cover, and setting a page to what it can be.

That everything shown before a touch comes computed, and still says what the model says: tests/cli/test_precompute.py.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from explorer import chapters
from explorer.content import examples
from explorer.engine import catalog, get_engine
from explorer.ui.state import MAX_LINK, _link, from_query, to_query
from explorer.views.generation import common as generation
from explorer.views.input import common as input_page
from explorer.views.masking import common as masking
from explorer.views.pairs import common as pairs
from explorer.views.vocabulary import index
from tests.ui.conftest import Reader
from tests.ui.conftest import reader as reader  # the same stand-in for a session

PAGES = [chapter.id for chapter in chapters.CHAPTERS if chapter.examples]
UNKNOWN = {("input", "rare")}  # where [UNK] is the point
VIEWS = {page: importlib.import_module(f"explorer.views.{page}.common") for page in PAGES}


def beside(page: str) -> set[str]:
    """What the page's file holds that is no preset: texts averaged over, a long text, sentences to draw from."""
    return set(examples.load(page).get("beside", ()))


def written() -> Iterator[tuple[str, str, str]]:
    """(page, name, language) of every example that holds a text."""
    for page in PAGES:
        for name, both in examples.load(page).items():
            if name in beside(page):
                continue
            if isinstance(both, dict) and any("text" in both.get(lang, {}) for lang in examples.LANGUAGES):
                yield from ((page, name, lang) for lang in examples.LANGUAGES)


EXAMPLES = list(written())
PRESETS = [(page, name, lang) for page in PAGES for name in VIEWS[page].PRESETS for lang in examples.LANGUAGES]


def tokens_of(page: str, name: str, lang: str) -> Any:
    kind = "causal" if page == "generation" else "masked"
    return get_engine().tokens(catalog.default(kind).id, examples.entry(page, name, lang)["text"])


@pytest.mark.parametrize("page", PAGES)
def test_every_preset_has_an_example_and_every_example_a_use(page: str) -> None:
    named = {name for name, value in examples.load(page).items() if isinstance(value, dict)}
    assert named - beside(page) == {"default", *VIEWS[page].PRESETS}


@pytest.mark.parametrize(("page", "name", "lang"), EXAMPLES)
def test_an_example_fits_the_page_and_the_model_knows_all_of_it(page: str, name: str, lang: str) -> None:
    tokens = tokens_of(page, name, lang)
    assert any(tokens.unknown) == ((page, name) in UNKNOWN)
    assert 4 < len(tokens) <= VIEWS[page].MAX_TOKENS


@pytest.mark.parametrize(("page", "name", "lang"), EXAMPLES)
def test_masks_cover_the_word_they_say(page: str, name: str, lang: str) -> None:
    example, tokens = examples.entry(page, name, lang), tokens_of(page, name, lang)
    masks = example.get("masks", [])
    assert masks == sorted(set(masks))
    assert not any(tokens.special[position] for position in masks)
    whole = [tokens.words.count(tokens.words[position]) == 1 for position in masks]
    assert all(whole), "a piece of a word, which the rest of it gives away"
    if page == "masking":
        assert ("covers" in example) == bool(masks)
    if masks and "covers" in example:
        assert tokens.surface(masks[-1]) == example["covers"]
    if "cut" in example:
        assert not tokens.special[example["cut"]]


@pytest.mark.parametrize("name", [name for page, name, lang in EXAMPLES if page == "masking" and lang == "zh"])
def test_languages_are_what_they_are_said_to_be(name: str) -> None:
    """Chinese for Chinese readers, English for English ones; the other way round where that is the point."""
    for lang in examples.LANGUAGES:
        text = examples.entry("masking", name, lang)["text"]
        chinese = any("\u4e00" <= char <= "\u9fff" for char in text)
        assert chinese == ((lang == "zh") != (name == "languages"))


@pytest.mark.parametrize(("page", "name", "lang"), PRESETS)
def test_a_preset_sets_a_state_that_its_link_brings_back(page: str, name: str, lang: str, reader: Reader) -> None:
    reader.session["language"] = lang
    views = VIEWS[page]
    views.choose_preset(name)
    state = views.store().get()
    example = examples.entry(page, name, lang)
    for field in views.State.__dataclass_fields__.keys() & example.keys():
        value = example[field]
        assert getattr(state, field) == (tuple(value) if isinstance(value, list) else value)
    if "masks" in views.State.__dataclass_fields__:
        assert state.masks == tuple(example.get("masks", ()))
    assert from_query(views.State, to_query(state)) == (state, ())
    assert len(_link(state)) <= MAX_LINK, "a class can be sent there"
    reader.reloads()
    assert views.store().get() == state


@pytest.mark.parametrize(("page", "name", "lang"), [preset for preset in PRESETS if preset[0] != "home"])
def test_a_preset_s_fields_are_fields_of_the_page(page: str, name: str, lang: str) -> None:
    fields = examples.entry(page, name, lang).get("state", {})
    assert fields.keys() <= VIEWS[page].State.__dataclass_fields__.keys()
    kind, values = VIEWS[page].State, {key: tuple(v) if isinstance(v, list) else v for key, v in fields.items()}
    assert from_query(kind, to_query(kind(**values))) == (kind(**values), ())


@pytest.mark.parametrize("lang", examples.LANGUAGES)
@pytest.mark.parametrize("name", generation.PRESETS)
def test_a_beginning_s_fields_are_fields_of_the_page(name: str, lang: str) -> None:
    fields = examples.entry("generation", name, lang).get("state", {})
    texts = {key: str(int(value)) if isinstance(value, bool) else str(value) for key, value in fields.items()}
    assert from_query(generation.State, texts)[1] == ()
    assert fields.keys() <= generation.State.__dataclass_fields__.keys()


def test_the_published_chain_is_the_one_its_source_gives() -> None:
    steps = examples.load("generation")["chain"]
    assert [(step["likeliest"], step["p"], step["taken"], step["p_taken"]) for step in steps] == [
        ("goal", 0.1097, "interest", 0.0747),
        ("is", 0.30, "in", 0.1291),
        ("the", 0.0917, "life", 0.0450),
        ("is", 0.9059, "is", 0.9059),
        (".", 0.6340, ".", 0.6340),
    ]
    assert steps[0]["text"] == "My name is Carson and my main", "a table of numbers says nothing without its beginning"


@pytest.mark.parametrize("lang", examples.LANGUAGES)
def test_preset_words_are_single_tokens(lang: str) -> None:
    """A watched word is drawn as a line and a wrong word stands in a place: both must be one token."""
    vocabulary = index(masking.model().id)
    for name in masking.PRESETS:
        fields = examples.entry("masking", name, lang).get("state", {})
        assert {*fields.get("watch", []), *filter(None, [fields.get("wrong")])} <= vocabulary.keys(), name


@pytest.mark.parametrize("lang", examples.LANGUAGES)
def test_the_second_sentence_differs_and_has_its_own_place_to_cover(lang: str) -> None:
    example = examples.entry("masking", "swap", lang)
    b = masking.as_sentence(masking.model(), example["state"]["b"], (example["state"]["b_mask"],))
    a = masking.as_sentence(masking.model(), example["text"], tuple(example["masks"]))
    assert a.tokens.text != b.tokens.text
    assert a.focus is not None
    assert b.focus == example["state"]["b_mask"]


@pytest.mark.parametrize("lang", examples.LANGUAGES)
def test_the_average_is_over_different_sentences_of_one_language(lang: str) -> None:
    texts = examples.entry("masking", "average", lang)["texts"]
    assert len(texts) == len(set(texts)) >= 10
    for text in texts:
        tokens = get_engine().tokens(catalog.default("masked").id, text)
        assert not any(tokens.unknown)
        assert len(tokens) - 2 >= examples.AVERAGE_PER_TEXT


@pytest.mark.parametrize(("page", "name", "lang"), [preset for preset in PRESETS if preset[0] in ("input", "pairs")])
def test_a_preset_holds_nothing_but_fields_of_its_page(page: str, name: str, lang: str) -> None:
    fields = {key: str(value) for key, value in examples.entry(page, name, lang).items()}
    assert from_query(VIEWS[page].State, fields)[1] == ()
    assert fields.keys() <= VIEWS[page].State.__dataclass_fields__.keys()


@pytest.mark.parametrize("lang", examples.LANGUAGES)
def test_the_pairs_of_the_project_are_different_neighbours(lang: str) -> None:
    own = examples.own_pairs(lang)
    sentences = [sentence for pair in own for sentence in pair]
    assert len(own) >= 50
    assert len(set(sentences)) == len(sentences)
    elsewhere = examples.entry("pairs", "elsewhere", lang)["lines"]
    shown = {value for name in pairs.PRESETS for value in examples.entry("pairs", name, lang).values()}
    assert len(set(elsewhere)) == len(elsewhere) >= 10
    assert not set(elsewhere) & (set(sentences) | shown)


@pytest.mark.parametrize("lang", examples.LANGUAGES)
def test_the_long_text_needs_several_windows_and_answers_its_question(lang: str) -> None:
    example = examples.entry("input", "long", lang)
    tokens = get_engine().tokens(catalog.default("masked").id, example["text"])
    assert len(tokens) > 1.3 * 512
    assert len(example["text"]) <= input_page.MAX_CHARACTERS
    assert "[MASK]" in example["template"]


def test_the_family_is_dated_and_sourced() -> None:
    family = examples.load("home")["family"]
    dates = [model["date"] for model in family]
    assert dates == sorted(dates)
    for model in family:
        year, month = map(int, model["date"].split("-"))
        assert 2018 <= year <= 2021 and 1 <= month <= 12
        assert model["source"]
        assert 1e7 < model.get("size", 1e8) < 1e13
    sizes = {model["name"]: model.get("size") for model in family}
    assert sizes["ELMo"] == 94e6
    assert sizes["BERT-large"] == 340e6
    assert sizes["GPT-2"] == 1.5e9
    assert sizes["Megatron"] in (8e9, 8.3e9)
    assert sizes["T5"] == 11e9
    assert sizes["Turing-NLG"] == 17e9
    assert sizes["GPT-3"] == 175e9
    assert sizes["Switch"] == 1.6e12
    assert sum("ERNIE" in name for name in sizes) == 2
    assert "Big Bird" in sizes
