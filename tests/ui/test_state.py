"""State and link: what a page holds comes back whole from its link, and what a stranger's link brings is checked."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, replace
from typing import Literal

import pytest

from explorer import chapters
from explorer.ui import state
from explorer.ui.state import MAX_LINK, VERSION, Problem, Store, from_query, limit, to_query
from explorer.views.generation import common as generation_common
from explorer.views.masking import common
from tests.ui.conftest import Reader

KINDS = {page: importlib.import_module(f"explorer.views.{page}.common").State for page in chapters.IDS}
PAGES = {page: kind for page, kind in KINDS.items() if hasattr(kind(), "text")}
MORE = {"masks": (1, 2), "back": 2}  # beside the text, where the page has it
WORDS = ("天气", "a b", "~", "%7E", "%", "&v=2", "#x", "它～她", "'\"<b>", "é", "🙂", "0", "漢字", "=", "+", "\\", "/?")


@dataclass(frozen=True)
class Sample:
    """Every type a field may have."""

    word: str = limit("", longest=5)
    tool: Literal["a", "b"] = "a"
    places: tuple[int, ...] = limit((), low=1, high=9, longest=3)
    words: tuple[str, ...] = limit((), longest=3)
    n: int = limit(0, low=-2, high=7)
    x: float = limit(1.0, low=0.1, high=3.0)
    on: bool = False


# --- there and back: whole states are tests/contract/test_states.py's --------------------------------------------


@pytest.mark.parametrize("word", WORDS)
def test_a_word_in_a_list_may_hold_the_separator(word: str) -> None:
    kept = Sample(words=(word, "b", word))
    assert from_query(Sample, to_query(kept)) == (kept, ())


# --- what a link may bring -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "raw"),
    [
        ("word", "abcdef"),
        ("tool", "c"),
        ("tool", ""),
        ("places", "1~2~3~4"),
        ("places", "0"),
        ("places", "10"),
        ("places", "1~x"),
        ("places", "1~~2"),
        ("places", "nan"),
        ("n", "8"),
        ("n", "-3"),
        ("n", "1.5"),
        ("n", ""),
        ("n", "1e3"),
        ("n", "9" * 5000),
        ("x", "nan"),
        ("x", "NaN"),
        ("x", "inf"),
        ("x", "-inf"),
        ("x", "0.05"),
        ("x", "3.01"),
        ("x", "1e400"),
        ("x", "one"),
        ("on", "true"),
        ("on", "2"),
        ("on", ""),
    ],
)
def test_what_is_out_of_bounds_keeps_its_default_and_is_reported(field: str, raw: str) -> None:
    found, problems = from_query(Sample, {field: raw, "words": "kept"})
    assert found == Sample(words=("kept",))
    assert problems == (Problem(field),)


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [("n", "-2", -2), ("n", "7", 7), ("x", "0.1", 0.1), ("x", "3", 3.0), ("word", "abcde", "abcde"),
     ("places", "9~1~9", (9, 1, 9)), ("places", "", ()), ("on", "1", True)],
)  # fmt: skip
def test_bounds_belong_to_what_is_allowed(field: str, raw: str, value: object) -> None:
    assert from_query(Sample, {field: raw}) == (replace(Sample(), **{field: value}), ())


def test_unknown_fields_are_passed_over() -> None:
    assert from_query(Sample, {"utm": "1", "__class__": "x", "n": "3"}) == (Sample(n=3), ())


def test_a_link_counts_layers_from_one_and_one_of_version_1_from_nought() -> None:
    @dataclass(frozen=True)
    class Heads:
        layer: int = limit(-1, low=-1, high=11, shift=1, before=0)
        heads: tuple[int, ...] = limit((), low=0, shift=101)
        dimmed: bool = limit(True, before=False)

    assert to_query(Heads(layer=2, heads=(203, 0))) == {"layer": "3", "heads": "304~101"}
    assert from_query(Heads, {"layer": "3", "heads": "304~101", "v": VERSION}) == (Heads(2, (203, 0)), ())
    assert from_query(Heads, {"layer": "2", "heads": "203~0", "v": "1"}) == (Heads(2, (203, 0), False), ())
    assert from_query(Heads, {"v": "1"}) == (Heads(0, (), False), ()), "what an old link left out stays what it was"
    assert from_query(Heads, {"layer": "13", "v": VERSION}) == (Heads(), (Problem("layer"),))
    assert from_query(Heads, {"heads": "100", "v": VERSION}) == (Heads(), (Problem("heads"),))


@pytest.mark.parametrize("version", ["", "0", "3", "x"])
def test_a_link_of_another_version_opens_the_page_as_it_is(version: str) -> None:
    assert from_query(Sample, {"n": "3", "v": version}) == (Sample(), (Problem("version"),))


def test_a_file_may_hold_texts_that_a_link_may_not() -> None:
    long = {"word": "a" * 9000, "places": "1~2~3~4"}
    assert from_query(Sample, long, bounded_text=False) == (Sample(word="a" * 9000), (Problem("places"),))


def test_a_field_of_a_type_no_link_can_carry_is_a_mistake_of_ours() -> None:
    @dataclass(frozen=True)
    class Wrong:
        table: dict = None  # type: ignore[type-arg, assignment]

    Wrong.__annotations__["table"] = dict
    with pytest.raises(TypeError, match="dict"):
        from_query(Wrong, {"table": "x"})


# --- the store -------------------------------------------------------------------------------------------------


def store() -> Store[Sample]:
    return Store(Sample, "sample")


def test_what_is_set_stands_in_the_link_and_survives_a_reload(reader: Reader) -> None:
    store().set(n=5, words=("a~b", "c"))
    assert reader.link["n"] == "5"
    assert reader.link["v"] == VERSION
    reader.reloads()
    assert store().get() == Sample(n=5, words=("a~b", "c"))


def test_the_link_keeps_language_and_large_type(reader: Reader) -> None:
    reader.opens(lang="en", teacher="1", n="4", other="x")
    assert store().get() == Sample(n=4)
    assert dict(reader.link) == {"lang": "en", "teacher": "1", "n": "4", "v": VERSION}
    store().reset()
    assert dict(reader.link) == {"lang": "en", "teacher": "1"}
    assert store().get() == Sample()


def test_a_link_opened_over_a_session_wins(reader: Reader) -> None:
    store().set(n=5)
    reader.link.from_dict({"n": "2"})
    assert store().get() == Sample(n=2)


def test_an_emptied_link_is_written_again(reader: Reader) -> None:
    """Streamlit empties the link when the reader goes to another chapter and back."""
    store().set(n=5)
    reader.link.clear()
    assert store().get() == Sample(n=5)
    assert reader.link["n"] == "5"


def test_a_bad_link_is_reported_and_mended(reader: Reader) -> None:
    reader.opens(n="99", x="2")
    opened = store()
    assert opened.get() == Sample(x=2.0)
    assert opened.problems == (Problem("n"),)
    assert dict(reader.link) == {"x": "2", "v": VERSION}
    again = store()
    assert again.get() == Sample(x=2.0)
    assert again.problems == (Problem("n"),), "a page that runs once more by itself still says it"
    again.set(n=3)
    assert store().problems == ()


def test_two_pages_do_not_share_a_state(reader: Reader) -> None:
    store().set(n=5)
    reader.link.clear()
    assert Store(Sample, "another").get() == Sample()


def test_a_page_may_say_what_a_link_leaves_out(reader: Reader) -> None:
    shorten = generation_common.shorten
    store = Store(generation_common.State, "generation", shorten)
    store.set(text="山谷里", path="AAB" * 900)
    whole = store.now()
    assert not store.fits_link()
    assert 0 < len(reader.link["path"]) < len(whole.path)
    assert Store(generation_common.State, "generation", shorten).get() == whole, "the session has all of it"
    reader.reloads()
    reopened = Store(generation_common.State, "generation", shorten).get()
    assert reopened.text == whole.text
    assert whole.path.startswith(reopened.path) and len(reopened.path) % 3 == 0


@pytest.mark.parametrize("text", ["字" * 300, "a" * (MAX_LINK + 1)])
def test_what_a_link_cannot_carry_stays_in_the_session(reader: Reader, text: str) -> None:
    store().set(n=3)
    store().set(word=text)
    assert set(reader.link) == {"kept", "v"}
    assert not store().fits_link()
    assert store().get() == Sample(n=3, word=text)
    assert store().get() == Sample(n=3, word=text), "the small link is not read over it"


def test_a_lost_session_is_told_from_a_fresh_one(reader: Reader) -> None:
    """The link of a page that was too large for it says so, and brings the choices that stand without its texts."""
    store().set(word="长" * 700, tool="b", places=(1, 2))
    assert dict(reader.link).keys() == {"kept", "tool", "v"}
    reader.reloads()
    opened = store()
    assert opened.get() == Sample(tool="b")
    assert opened.problems == (Problem("kept"),)
    assert "kept" not in reader.link, "what stands there now is all in the link"
    opened.set(n=1)
    assert store().problems == ()


def test_back_and_forward_lead_to_what_no_link_can_hold(reader: Reader) -> None:
    long, short = Sample(word="长" * 700), Sample(word="短")
    store().put(long)
    address = dict(reader.link)
    store().put(short)
    reader.link.from_dict(address)
    assert store().get() == long
    assert store().problems == ()
    for n in range(state.MOST_KEPT):
        store().put(Sample(word="换" * (700 + n)))
    reader.link.from_dict(address)
    assert store().get() == Sample()
    assert store().problems == (Problem("kept"),)


def test_a_mark_of_another_reader_opens_nothing(reader: Reader) -> None:
    store().put(Sample(word="长" * 700))
    address = dict(reader.link)
    reader.opens(**address)
    assert store().get() == Sample()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("length", [200, 700, 1300, 1980])
def test_whatever_stands_in_a_link_can_be_read_back(reader: Reader, page: str, length: int) -> None:
    """A link that is written is within the bounds of the page that reads it."""
    kind = PAGES[page]
    more = {name: value for name, value in MORE.items() if hasattr(kind(), name)}
    Store(kind, page).set(text="a" * length, **more)
    assert reader.link
    reader.reloads()
    opened = Store(kind, page)
    assert opened.get().text == "a" * length
    assert opened.problems == ()


def test_every_token_of_the_longest_sentence_can_be_covered_in_a_link(reader: Reader) -> None:
    Store(common.State, "masking").set(text="短", masks=tuple(range(1, common.MAX_TOKENS - 1)))
    assert reader.link
    reader.reloads()
    opened = Store(common.State, "masking")
    assert len(opened.get().masks) == common.MAX_TOKENS - 2
    assert opened.problems == ()


def test_links_stay_within_their_bound(reader: Reader) -> None:
    for length in range(1900, 2100, 7):
        store().set(word="b" * length)
        query = "&".join(f"{name}={value}" for name, value in reader.link.items())
        assert len(query) <= MAX_LINK + len("&v=") + len(VERSION)


# --- the state file --------------------------------------------------------------------------------------------


def test_a_saved_state_is_loaded_whole(reader: Reader) -> None:
    saved = Sample(word="长" * 700, words=("~",), on=True)
    store().load(to_query(saved) | {"v": VERSION})
    after = store()
    assert after.get() == saved
    assert after.problems == ()


def test_what_a_file_could_not_bring_is_told_until_the_page_changes(reader: Reader) -> None:
    store().load({"n": "99", "x": "2", "v": VERSION})
    first, second = store(), store()
    assert first.get() == second.get() == Sample(x=2.0)
    assert first.problems == second.problems == (Problem("n"),)
    second.set(n=1)
    assert store().problems == ()


def test_a_file_of_another_version_is_told(reader: Reader) -> None:
    store().load({"n": "3", "v": "0"})
    after = store()
    assert after.get() == Sample()
    assert after.problems == (Problem("version"),)


def test_the_link_is_measured_as_the_browser_writes_it() -> None:
    assert len(state._link(Sample(word="字"))) == len("word=%E5%AD%97")
