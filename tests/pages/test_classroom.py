"""课堂 without a browser: quiz, cards, plans and glossary; the bar of a room, and where a phone that follows goes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from explorer import numerics, texts
from explorer.classroom import kept
from explorer.classroom import room as rooms
from explorer.content import classroom as content
from explorer.engine import get_engine, uses
from explorer.lab.types.masking import FILL, Edit, FillInputs
from explorer.ui.i18n import text
from explorer.ui.numbers import percent
from explorer.views import vocabulary
from explorer.views.classroom import own_sentence
from explorer.views.classroom.glossary import shown_at
from tests.pages.app import body, html, link, open_page


@pytest.fixture(autouse=True)
def no_rooms() -> Iterator[None]:
    kept.home.cache_clear()
    yield
    kept.home.cache_clear()


def opened(page: str, **query: str) -> str:
    """A room whose teacher shows `page`; its code."""
    room = kept.home().begin(lambda code: rooms.opened(code, "teacher", "tab", kept.home().now()))
    kept.home().change(room.code, lambda room: rooms.moved(room, page, query, "zh", kept.home().now()))
    return room.code


def bars(at: AppTest) -> int:
    """How many times a room stands on the page."""
    return sum("sesame_room" in str(element.proto) for element in at.main if element.type == "bidi_component")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_option_says_why_once_one_is_chosen(lang: str) -> None:
    at = open_page("classroom", lang, tool="quiz", chapter="masking")
    questions = content.quiz("masking", lang)
    first = questions[0]
    assert first.options[0].because not in body(at)
    at.radio(key=f"classroom-quiz-0-{lang}").set_value(0).run()
    assert not at.exception
    seen = body(at)
    assert all(option.because in seen for option in first.options)
    assert link(at) == {"tool": "quiz", "chapter": "masking", "said": "0"}
    assert text("classroom.quiz.answered", lang, n=1, of=len(questions)) in seen


def test_a_mistake_is_shown_when_asked_for_and_the_next_card_is_closed_again() -> None:
    at = open_page("classroom", "zh", tool="mistakes", card="2")
    card, following = content.mistakes("zh")[1:3]
    assert card.claim in body(at) and card.wrong not in body(at)
    at.button(key="classroom-show").click().run()
    assert card.wrong in body(at) and card.put_right in body(at)
    at.button(key="classroom-on").click().run()
    assert following.claim in body(at) and following.wrong not in body(at)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_plan_stands_whole_and_walks_through_the_pages(lang: str) -> None:
    plan = content.plans(lang)[0]
    at = open_page("classroom", lang, tool="plans")
    assert all(step.do in body(at) for step in plan.steps)
    at = open_page(plan.steps[1].page, lang, **plan.steps[1].query, plan=f"{plan.id}.2")
    assert not at.exception
    assert plan.steps[1].ask in body(at)
    at.button(key="lesson-leave").click().run()
    assert plan.steps[1].ask not in body(at)


@pytest.mark.parametrize("plan", ["nothing.1", "first.99", "first", "first.0", "first.x"])
def test_a_plan_that_is_none_is_passed_over(plan: str) -> None:
    assert not open_page("masking", "zh", plan=plan).exception


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_term_leads_to_where_it_is_explained(lang: str) -> None:
    terms = texts.chapter("glossary", lang)
    assert set(terms) <= set(shown_at(lang)), "a term that no page explains"
    at = open_page("classroom", lang, tool="glossary", find="softmax")
    assert "softmax" in body(at)


def test_a_page_outside_a_room_carries_nothing_of_it() -> None:
    assert not bars(open_page("masking", "zh"))
    at = open_page("masking", "zh", room=opened("masking"))
    assert bars(at) == 1
    assert "room" not in link(at), "the code does not stay in an address that is passed on"


def test_a_phone_that_joins_opens_the_teacher_s_page_as_she_has_it() -> None:
    at = open_page("home", "zh", room=opened("masking", tool="see"))
    assert not at.exception
    assert text("masking.title", "zh") in body(at)
    assert link(at) == {"tool": "see"}


def test_it_goes_on_with_her_and_back_to_the_page_as_it_opens() -> None:
    code = opened("masking", tool="see")
    at = open_page("masking", "zh", room=code)
    assert link(at) == {"tool": "see"}
    kept.home().change(code, lambda room: rooms.moved(room, "masking", {}, "zh", kept.home().now()))
    at.session_state["room:wants"] = True  # what the component's event sets
    at.run()
    assert link(at) == {}
    assert not at.exception


def test_a_page_that_only_the_teacher_s_build_has_leaves_the_phone_where_it_is() -> None:
    at = open_page("masking", "zh", room=opened("of_tomorrow", tool="new"))
    assert not at.exception
    assert text("masking.title", "zh") in body(at)
    assert link(at) == {}


@pytest.mark.parametrize("code", ["AAAA", "no code at all", "<b>", ""])
def test_a_room_that_is_none_leaves_the_page_as_it_is(code: str) -> None:
    at = open_page("masking", "en", room=code)
    assert not at.exception
    assert text("masking.title", "en") in body(at)


def test_a_worksheet_holds_the_teacher_s_sentence_and_what_the_running_model_guesses() -> None:
    own = "老船长<b>修好</b>了漏水的木桶。"
    at = open_page("classroom", "zh", tool="papers", chapter="masking", own=own)
    assert not at.exception
    sheet = next(piece for piece in html(at) if 'class="paper"' in piece)
    front, key = sheet.split('class="key"')
    gapped = [line for line in re.findall(r"<li>([^<]*)<br>", front) if own_sentence.GAP in line]
    assert 2 <= len(gapped) <= own_sentence.MOST and "<b>修好" not in front
    model = uses.model_of("masking").id
    for line in map(unescape, gapped):
        start, end = map(len, line.split(own_sentence.GAP))
        tokens = get_engine().tokens(model, own)
        place = next(n for n, (a, b) in enumerate(tokens.offsets) if (a, len(own) - b) == (start, end) and b > a)
        asked = FillInputs(own, (Edit(place, vocabulary.mask_id(model)),), (place,))
        p = numerics.softmax(get_engine().run(FILL, model, asked).result.logits[0])
        said = text("classroom.papers.guessed", "zh", word=tokens.surface(place), p=percent(p[tokens.ids[place]]))
        assert said in unescape(key)
        assert f" {percent(p[vocabulary.best(model, p, 1)[0]])}" in key
    at = open_page("classroom", "zh", tool="papers", chapter="masking", own="\u200b")
    assert not at.exception and text("classroom.papers.own", "zh") in body(at)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_worksheet_asks_and_answers_behind_and_the_statement_names_what_is_kept(lang: str) -> None:
    seen = body(open_page("classroom", lang, tool="papers", chapter="pairs"))
    for question in content.quiz("pairs", lang):
        asked, answer = question.ask, question.options[question.right].because
        assert seen.index(asked) < seen.index(text("classroom.papers.own", lang)) < seen.index(answer)
    seen = body(open_page("classroom", lang, tool="papers", paper="statement"))
    assert all(
        text(f"classroom.papers.said.{name}", lang) in seen for name in ("accounts", "kept", "cookie", "network")
    )
