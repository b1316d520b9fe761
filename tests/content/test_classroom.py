"""What a lesson is held with: enough of it, in both languages, and every link opens the page as it says."""

from __future__ import annotations

import importlib

import pytest

from explorer import chapters
from explorer.content import classroom
from explorer.texts import LANGUAGES
from explorer.ui.state import from_query

ASKING = tuple(chapter.id for chapter in chapters.CHAPTERS if chapter.id != "classroom")
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


def test_every_chapter_but_the_classroom_has_questions() -> None:
    assert classroom.chapters_with_questions() == ASKING


@pytest.mark.parametrize("page", classroom.chapters_with_questions())
def test_every_tool_has_a_question_that_is_ready(page: str) -> None:
    tools = chapters.get(page).tools
    ready = [one for one in classroom.questions(page).values() if one.kind == "choice"]
    assert [one.ask["zh"] for one in ready] == [one.ask for one in classroom.quiz(page, "zh")]
    assert all(one.page == page for one in classroom.quiz(page, "zh")), "its answer is seen where it is asked"
    asked = {one.query.get("tool", tools[0] if tools else "") for one in classroom.quiz(page, "zh")}
    assert set(tools) - asked == set()


# What every class asks sooner or later: the question's id, and what it is about in both languages.
ALWAYS_ASKED = {
    "home.1": ("无监督", "unsupervised"),
    "masking.2": ("80 %", "80 %"),
    "pairs.1": ("一百题对了五十题", "50 of 100"),
    "generation.1": ("概率最大的词", "likeliest word"),
    "context.2": ("理解", "understand"),
    "languages.1": ("同一个模型既会中文又会英文", "One model knows Chinese and English"),
}


@pytest.mark.parametrize("id", ALWAYS_ASKED)
def test_what_every_class_asks_is_ready(id: str) -> None:
    question = classroom.question(id)
    assert question.kind == "choice"
    assert all(about in question.ask[lang] for lang, about in zip(LANGUAGES, ALWAYS_ASKED[id], strict=True))


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
