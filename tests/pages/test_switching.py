"""Readers switch models where the teacher allows it: every switchable page, by a link and by a choice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorer import chapters
from explorer.engine import get_engine, uses
from explorer.models.catalog import adhoc_models
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.catalog.policy import Policy
from tests.pages.app import link, notices, open_page

READERS_KINDS = {chapter.id: chapter.reader_kinds for chapter in chapters.CHAPTERS if chapter.reader_kinds}


def family(chapter: str) -> str:
    return "gpt2" if chapters.get(chapter).reader_kinds == ("causal",) else "bert"


@pytest.fixture
def fetched(
    tiny_of: Callable[[str], ModelInfo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], str]:
    """Registers a model that lies on this machine and that a chapter could show; its id."""
    monkeypatch.setenv("SESAME_MODELS", str(tmp_path / "models"))
    return lambda chapter: adhoc_models.register(tiny_of(family(chapter)).folder, Policy(alone=True)).id


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The models whose tokenizer, numbers or results the pages ask the engine for."""
    seen: set[str] = set()
    engine = get_engine()

    def noting(name: str, place: int) -> None:
        real = getattr(engine, name)

        def note(*arguments: Any, **options: Any) -> Any:
            seen.add(arguments[place])
            return real(*arguments, **options)

        monkeypatch.setattr(engine, name, note)

    for name in ("tokens", "vocabulary", "facts", "simplify"):
        noting(name, 0)
    for name in ("run", "stream", "peek"):
        noting(name, 1)
    return seen


def offered(at: Any, chapter: str) -> list[str]:
    """What the page's own choice of a model offers."""
    return [name for box in at.segmented_control if box.key == f"{chapter}-model-zh" for name in box.options]


@pytest.mark.usefixtures("unscanned")
@pytest.mark.parametrize("chapter", uses.switchable())
def test_a_link_switches_no_model_without_permission(
    chapter: str, fetched: Callable[[str], str], asked: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    model_id = fetched(chapter)
    monkeypatch.delenv("SESAME_READERS_MAY", raising=False)
    at = open_page(chapter, "zh", model=model_id)
    assert not at.exception
    assert asked
    assert model_id not in asked
    assert not any("tiny" in name for name in offered(at, chapter))


@pytest.mark.parametrize("chapter", READERS_KINDS)
@pytest.mark.parametrize("way", ["link", "choice"])
def test_a_reader_who_may_switch_does(
    way: str, chapter: str, fetched: Callable[[str], str], asked: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    model_id = fetched(chapter)
    monkeypatch.setenv("SESAME_READERS_MAY", "switch")
    at = open_page(chapter, "zh", **({"model": model_id} if way == "link" else {}))
    if way == "choice":
        at.segmented_control(key=f"{chapter}-model-zh").set_value(model_id).run()
    assert not at.exception
    assert link(at)["model"] == model_id
    assert model_id in asked
    assert [notice for notice in notices(at) if "找不到" in notice] == []
