"""What every page owes its reader, whatever the chapter: run over the registry, `-k NAME` selects a chapter.

It opens in both languages; a link opens each tool; a link's bad part is told and the rest is used; a link of another
version is told; an emptied box and ten thousand characters are borne; what the reader wrote stays through a change of
language and goes when starting over; without a model it says so. What a chapter's own words and figures are is said by
tests/pages.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import fields
from typing import Any, get_type_hints

import pytest

from explorer import chapters
from explorer.chapters import CHAPTERS, Chapter
from explorer.engine import get_engine, uses
from explorer.errors import ModelUnavailable
from explorer.models.catalog.catalog import default
from explorer.ui import i18n
from explorer.ui.state import VERSION
from tests.pages.app import body, columns, drawn, link, marked, notices, open_page

for_page = uses.for_page
each = pytest.mark.parametrize("chapter", CHAPTERS, ids=chapters.IDS)
TOOLS = [pytest.param(chapter, tool, id=f"{chapter.id}-{tool}") for chapter in CHAPTERS for tool in chapter.tools]
OWN = "隔壁的狗叫了一声。"
LONG = "雨一直下。" * 2_000


@pytest.fixture(autouse=True)
def nothing_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what pages complete once they stand: it may take longer than all else, and tests/pages look at it."""
    for chapter in CHAPTERS:
        stage = importlib.import_module(f"explorer.views.{chapter.id}.stage")
        if hasattr(stage, "complete"):
            monkeypatch.setattr(stage, "complete", lambda *drawn: None)


@pytest.fixture(autouse=True)
def no_error_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The engine logs what nobody foresaw; on a page that would look like a polite message."""
    yield
    assert [record.message for record in caplog.records if record.name.startswith("explorer")] == []


def kind_of(chapter: Chapter) -> Any:
    return importlib.import_module(f"explorer.views.{chapter.id}.common").State


def words(key: str, lang: str, **values: object) -> str:
    return i18n.text(key, lang, **values)


def boxes(at: Any, chapter: Chapter) -> list[Any]:
    """The page's own lines and boxes to write in."""
    return [box for box in (*at.main.text_input, *at.main.text_area) if str(box.key).startswith(f"{chapter.id}-")]


def write(at: Any, chapter: Chapter) -> str:
    """Write a sentence into the page's first box; its key. Skips the test of a page that has none."""
    if not boxes(at, chapter):
        pytest.skip("nothing to write in")
    key = str(boxes(at, chapter)[0].key)
    boxes(at, chapter)[0].set_value(OWN).run()
    return key


def out_of_bounds(chapter: Chapter) -> dict[str, str]:
    """For every field of the page's state, what a link must not set it to; fields that take any text are left out."""
    hints = get_type_hints(kind_of(chapter))
    bad: dict[str, str] = {}
    for field in fields(kind_of(chapter)):
        if hints[field.name] is str:
            bad[field.name] = "x" * (field.metadata["longest"] + 1)
        elif hints[field.name] in (int, float):
            bad[field.name] = f"{field.metadata['high'] + field.metadata.get('shift', 0) + 1}"
        else:
            bad[field.name] = "x~" * 600
    return bad


@each
@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_it_opens_with_its_question_and_nothing_to_complain_of(chapter: Chapter, lang: str) -> None:
    at = open_page(chapter.id, lang)
    assert not at.exception
    assert words(f"{chapter.id}.title", lang).replace("**", "") in body(at)
    assert [told for told in notices(at) if told.startswith(words("errors.failed", lang)[:8])] == []
    assert link(at) == {}


@pytest.mark.parametrize(("chapter", "tool"), TOOLS)
def test_a_link_opens_each_tool(chapter: Chapter, tool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And asks once which model the page uses, which costs a look at the disk: all below are told."""
    asked: list[str] = []
    monkeypatch.setattr(uses, "for_page", lambda name, *more: asked.append(name) or for_page(name, *more))
    at = open_page(chapter.id, "zh", tool=tool)
    assert not at.exception
    assert asked in ([chapter.id], [chapter.id] * chapter.switchable), "once; never needed where nobody may switch"
    assert marked(at) == []
    assert at.segmented_control(key=f"{chapter.id}-tool-zh").value == tool
    assert link(at) == ({} if tool == kind_of(chapter)().tool else {"tool": tool})


@pytest.mark.parametrize(
    ("name", "tool", "column"),
    [
        ("home", "", "home.split.col_p"),
        ("pairs", "road", "pairs.road.col_p"),
        ("pairs", "lesson", "pairs.lesson.col_loss"),
        ("attention", "cell", "attention.cell.weight"),
        ("generation", "ways", "generation.ways.log_p"),
    ],
)
def test_the_number_that_is_the_answer_stays_in_sight(name: str, tool: str, column: str) -> None:
    """A table that is wider than a phone scrolls; that column does not scroll away."""
    at = open_page(name, "zh", **({"tool": tool} if tool else {}))
    assert (words(column, "zh"), "n answer") in [one for table in columns(at) for one in table]


@each
def test_a_bad_part_of_a_link_is_told_and_the_rest_is_used(chapter: Chapter) -> None:
    bad = out_of_bounds(chapter)
    good = {"tool": chapter.tools[-1]} if chapter.tools else {}
    at = open_page(chapter.id, "zh", **bad | good)
    assert not at.exception
    names = words("common.list_comma", "zh").join(name for name in bad if name not in good)
    assert notices(at)[0] == words("common.link_bad", "zh", fields=names)
    assert link(at) == {name: tool for name, tool in good.items() if tool != kind_of(chapter)().tool}


@pytest.mark.parametrize("name", ["masking", "generation", "context", "input"])
def test_what_was_too_long_for_a_link_and_is_lost_with_its_session_is_said(name: str) -> None:
    at = open_page(name, "zh", v=VERSION, kept="0123abcd")
    assert not at.exception
    assert notices(at)[0] == words("common.link_gone", "zh")
    assert link(at) == {}


@each
def test_a_link_of_another_version_opens_the_page_as_it_is(chapter: Chapter) -> None:
    at = open_page(chapter.id, "en", v="0", tool="nothing")
    assert not at.exception
    assert notices(at)[0] == words("common.link_version", "en")
    assert link(at) == {}


@each
@pytest.mark.parametrize("text", ["  ", LONG], ids=["empty", "long"])
def test_an_emptied_box_and_ten_thousand_characters_are_borne(chapter: Chapter, text: str) -> None:
    at = open_page(chapter.id, "zh")
    for key in [box.key for box in boxes(at, chapter)]:
        box = next(box for box in boxes(at, chapter) if box.key == key)
        box.set_value(text).run()
        assert not at.exception
        if text == LONG:
            kept = [box.value for box in boxes(at, chapter) if box.key == key]
            assert kept == [LONG], "nothing typed is cut in the box"
        box = next(box for box in boxes(at, chapter) if box.key == key)
        box.set_value("邮递员把信放进了信箱。").run()
        assert not at.exception, "and the page lives on"


@each
def test_what_was_written_stays_through_a_change_of_language(chapter: Chapter) -> None:
    at = open_page(chapter.id, "zh")
    key = write(at, chapter)
    written = link(at)
    at.sidebar.segmented_control(key="language-zh").set_value("en").run()
    assert not at.exception
    assert words(f"{chapter.id}.title", "en").replace("**", "") in body(at)
    assert link(at) == written
    assert drawn(boxes(at, chapter), key).value == OWN


@each
def test_starting_over_puts_the_page_back(chapter: Chapter) -> None:
    at = open_page(chapter.id, "zh")
    before = boxes(at, chapter)[0].value if boxes(at, chapter) else ""
    key = write(at, chapter)
    assert link(at)
    at.button(key=f"{chapter.id}-reset").click().run()
    assert not at.exception
    assert link(at) == {}
    assert drawn(boxes(at, chapter), key).value == before


@each
def test_without_a_model_it_says_so(chapter: Chapter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The weights went while the app was running: tokenizers and what was computed before are still there or not."""
    if not chapter.tools or not chapter.ability:
        pytest.skip("no tool asks a model")

    def gone(*arguments: Any, **options: Any) -> Any:
        raise ModelUnavailable("model_missing", model="the model", path="where it was")

    for verb in ("run", "stream"):
        monkeypatch.setattr(get_engine(), verb, gone)
    monkeypatch.setattr(get_engine(), "peek", lambda *arguments: None)
    told = words("errors.model_missing", "zh", model="the model", path="where it was").replace("**", "")
    tool = {"input": "lookup", "beyond": "dna", "family": "line"}.get(
        chapter.id, chapter.tools[0]
    )  # the first that asks a model
    at = open_page(chapter.id, "zh", tool=tool)
    assert not at.exception
    assert told in notices(at)


def test_what_a_tokenizer_alone_can_show_needs_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """输入 opens on two ways of cutting: both are there, counted, where no weights are."""

    def gone(*arguments: Any, **options: Any) -> Any:
        raise AssertionError("no tool that cuts a text asks for weights")

    for verb in ("run", "stream"):
        monkeypatch.setattr(get_engine(), verb, gone)
    at = open_page("input", "zh", text=OWN)
    assert not at.exception
    assert notices(at) == []
    for kind in ("masked", "causal"):
        model = default(kind)
        n = len(get_engine().tokens(model.id, OWN))
        assert words("input.strip.count", "zh", model=model.name, n=n) in body(at)
