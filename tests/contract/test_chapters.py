"""What every chapter's record says is so: files, views, texts and tools are where it says, in both languages."""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import fields
from typing import Any, get_args, get_type_hints

import pytest

from explorer import chapters, paths
from explorer.chapters import CHAPTERS, Chapter
from explorer.models.catalog import catalog
from explorer.ui import i18n

each = pytest.mark.parametrize("chapter", CHAPTERS, ids=chapters.IDS)


def state_of(chapter: Chapter) -> type[Any]:
    """The class of the chapter's state."""
    kind: type[Any] = importlib.import_module(f"explorer.views.{chapter.id}.common").State
    return kind


def test_numbers_and_names_are_in_order_and_used_once() -> None:
    numbers = [chapter.number for chapter in CHAPTERS]
    assert numbers == sorted(set(numbers))
    assert len(set(chapters.PAGES)) == len(CHAPTERS) + 1


def test_every_page_is_a_chapter() -> None:
    assert {path.stem for path in (paths.ROOT / "pages").glob("*.py")} == set(chapters.PAGES)


@each
def test_the_tools_of_the_record_are_those_of_the_state(chapter: Chapter) -> None:
    kind = state_of(chapter)
    hint = get_type_hints(kind).get("tool")
    assert (get_args(hint) if hint else ()) == chapter.tools
    if chapter.tools:
        assert {field.name: field.default for field in fields(kind)}["tool"] in chapter.tools


@each
@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_it_has_a_name_a_question_and_an_invitation(chapter: Chapter, lang: str) -> None:
    keys = ["nav", "title", "sub", *(f"tool.{tool}" for tool in chapter.tools)]
    for key in keys + ["invitation"] * (chapter.id != chapters.HOME):
        assert i18n.text(f"{chapter.id}.{key}", lang).strip()


@each
def test_it_has_a_module_wherever_the_record_says_so(chapter: Chapter) -> None:
    for package, told in (("explorer.evidence", chapter.evidence), ("benchmarks", chapter.benchmarks)):
        there = importlib.util.find_spec(f"{package}.{chapter.id}") is not None
        assert there == told, package
    assert (paths.EXAMPLES / f"{chapter.id}.toml").is_file() == chapter.examples


@each
def test_a_model_that_comes_with_the_app_is_able_to_do_what_it_needs(chapter: Chapter) -> None:
    if chapter.ability:
        assert catalog.default_for(chapter.ability).weights_file.is_file()
    assert set(chapter.reader_kinds) <= set(catalog.KINDS)
    assert bool(chapter.ability) or not (chapter.switchable or chapter.reader_kinds)
