"""Which model a reader's page uses: what the teacher allows, by a link as by a choice on the page, in every chapter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from explorer import chapters
from explorer.engine import uses
from explorer.models.catalog import adhoc_models
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.catalog.policy import Policy

READERS_KINDS = {chapter.id: chapter.reader_kinds for chapter in chapters.CHAPTERS if chapter.reader_kinds}

MAY, MAY_NOT = Policy(alone=False, allowed=frozenset({"switch"})), Policy(alone=False)


@pytest.fixture
def fetched(tiny_of: Callable[[str], ModelInfo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A masked, a causal and a seq2seq model that lie on this machine and came with no app: kind → id."""
    monkeypatch.setenv("SESAME_MODELS", str(tmp_path / "models"))
    folders = {"masked": "bert", "causal": "gpt2", "seq2seq": "t5"}
    return {
        kind: adhoc_models.register(tiny_of(family).folder, Policy(alone=True)).id for kind, family in folders.items()
    }


@pytest.mark.parametrize("chapter", uses.switchable())
def test_a_link_brings_what_the_teacher_allows_and_no_more(chapter: str, fetched: dict[str, str]) -> None:
    own = uses.model_of(chapter).id
    for kind, model_id in fetched.items():
        allowed = kind in READERS_KINDS.get(chapter, ())
        assert uses.for_page(chapter, model_id, MAY_NOT).id == own
        assert uses.for_page(chapter, model_id, MAY).id == (model_id if allowed else own)
    for asked in ("", own, "gpt2", "nobody/nothing"):
        assert uses.for_page(chapter, asked, MAY).id == own


@pytest.mark.parametrize("chapter", uses.switchable())
def test_what_is_offered_is_what_a_page_would_show(chapter: str, fetched: dict[str, str]) -> None:
    for may in (MAY, MAY_NOT):
        offered = {info.id for info in uses.offered(chapter, may)}
        assert uses.model_of(chapter).id in offered
        assert offered == {
            asked for asked in (*offered, *fetched.values()) if uses.for_page(chapter, asked, may).id == asked
        }
        assert bool(offered & set(fetched.values())) == (may is MAY and chapter in READERS_KINDS)


def test_the_class_s_own_choice_holds_for_readers_who_may_not_switch(fetched: dict[str, str]) -> None:
    uses.choose("generation", "gemma-3-270m-lite", MAY)
    uses.choose("masking", fetched["masked"], MAY)
    assert uses.for_page("masking", "", MAY_NOT).id == fetched["masked"]
    assert [info.id for info in uses.offered("masking", MAY_NOT)] == [fetched["masked"]]
