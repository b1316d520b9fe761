"""What a lesson is held with: enough of it, in both languages, and every link opens the page as it says."""

from __future__ import annotations

import importlib

import pytest

from explorer import chapters
from explorer.content import classroom
from explorer.texts import LANGUAGES
from explorer.ui.state import from_query

BESIDE = ("home", "evidence", "classroom")
LINKS = [
    *sorted(
        {
            (one.page, *sorted(one.query.items()))
            for lang in LANGUAGES
            for one in (
                *(question for page in classroom.chapters_with_questions() for question in classroom.quiz(page, lang)),
                *classroom.mistakes(lang),
                *(step for plan in classroom.plans(lang) for step in plan.steps),
            )
        }
    )
]


@pytest.mark.parametrize("page", classroom.chapters_with_questions())
def test_a_chapter_has_eight_questions_with_every_option_explained(page: str) -> None:
    zh, en = (classroom.quiz(page, lang) for lang in LANGUAGES)
    assert len(zh) == len(en) >= 8
    for first, second in zip(zh, en, strict=True):
        assert len(first.options) == len(second.options) >= 2
        assert 0 <= first.right == second.right < len(first.options)
        assert all(option.text and len(option.because) > 5 for option in (*first.options, *second.options))
        assert len({option.text for option in first.options}) == len(first.options)
    assert len({question.right for question in zh}) > 1, "the right one does not always stand in the same place"


def test_every_chapter_before_the_closing_ones_that_has_examples_has_questions() -> None:
    asked = classroom.chapters_with_questions()
    assert {"home", "input", "masking", "pairs", "attention", "context", "languages", "generation"} <= set(asked)
    assert {"in_context", "finetuning", "family"} <= set(asked)
    assert set(asked) <= set(chapters.IDS)


@pytest.mark.parametrize("page", classroom.chapters_with_questions())
def test_what_is_voted_on_fits_a_phone_and_can_be_asked(page: str) -> None:
    for id, question in classroom.questions(page).items():
        assert classroom.question(id) == question
        assert set(question.ask) == set(LANGUAGES)
        assert all(len(ask) <= 200 for ask in question.ask.values())
        if question.kind == "choice":
            assert set(question.why) == set(LANGUAGES)
        if question.kind == "scale":
            assert question.low < question.high


def test_there_are_cards_and_plans_enough_and_minutes_add_up() -> None:
    for lang in LANGUAGES:
        assert len(classroom.mistakes(lang)) >= 20
        plans = classroom.plans(lang)
        assert len({plan.id for plan in plans}) >= 6
        assert {plan.minutes for plan in plans} == {45, 90}
        for plan in plans:
            assert sum(step.minutes for step in plan.steps) == plan.minutes, plan.id


@pytest.mark.parametrize("link", LINKS, ids=lambda link: "-".join([link[0], *(value for _, value in link[1:])]))
def test_a_link_opens_its_page_as_it_says(link: tuple[str, ...]) -> None:
    page, *query = link
    assert page in chapters.IDS
    kind = importlib.import_module(f"explorer.views.{page}.common").State
    state, problems = from_query(kind, dict(query))  # type: ignore[call-overload]
    assert problems == ()
    assert {name for name, _ in query} <= {*kind.__dataclass_fields__}
    assert state == kind() or query
