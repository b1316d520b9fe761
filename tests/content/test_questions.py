"""The questions about passages: the same in six languages, each answer in its passage once, some without an answer."""

from __future__ import annotations

import pytest

from explorer import paths
from explorer.content.corpora import LANGUAGES
from explorer.content.questions import Asked, questions
from explorer.content.sentences import sentences
from tests.content.test_teaching_sets import units

HEADER = "passage_id\tkind\tquestion\tanswer\tpassage"
MARKS = {"zh": "？", "ja": "。"}


def rows(lang: str) -> list[list[str]]:
    lines = (paths.EXAMPLES / "teaching" / f"questions.{lang}.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == HEADER
    return [line.split("\t") for line in lines[1:]]


def answered(lang: str) -> list[Asked]:
    return [asked for asked in questions(lang) if asked.answer is not None]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_there_are_enough_and_some_have_no_answer(lang: str) -> None:
    assert len(answered(lang)) >= 40
    assert len(questions(lang)) - len(answered(lang)) >= 5
    for _, kind, _, answer, _ in rows(lang):
        assert kind in ("answered", "unanswered")
        assert bool(answer) == (kind == "answered")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_answer_stands_in_its_passage_once(lang: str) -> None:
    for asked in answered(lang):
        assert asked.answer and asked.start is not None
        assert asked.answer == asked.answer.strip()
        assert asked.passage.count(asked.answer) == 1
        assert asked.passage[asked.start : asked.start + len(asked.answer)] == asked.answer


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_question_gives_its_answer_away(lang: str) -> None:
    assert all(asked.answer.lower() not in asked.question.lower() for asked in answered(lang) if asked.answer)
    asked = [one.question for one in questions(lang)]
    assert len(set(asked)) == len(asked)
    assert all(question == question.strip() and question.endswith(MARKS.get(lang, "?")) for question in asked)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_passage_is_six_to_eight_sentences_and_the_same_for_all_its_questions(lang: str) -> None:
    passages: dict[str, set[str]] = {}
    for asked in questions(lang):
        passages.setdefault(asked.passage_id, set()).add(asked.passage)
    for texts in passages.values():
        (text,) = texts
        assert 6 <= len(sentences(text)) <= 8
    assert len(passages) >= 6


def test_question_n_asks_the_same_in_every_language() -> None:
    shapes = {lang: [(asked.passage_id, asked.answer is None) for asked in questions(lang)] for lang in LANGUAGES}
    assert all(shape == shapes["zh"] for shape in shapes.values())
    for number in range(len(shapes["zh"])):  # the answers stand in the same sentence of the passage, or one further
        places = [placed for lang in LANGUAGES if (placed := place(questions(lang)[number])) is not None]
        assert not places or max(places) - min(places) <= 1


def place(asked: Asked) -> int | None:
    """The number of the sentence in which the answer stands."""
    if asked.answer is None:
        return None
    return next(n for n, sentence in enumerate(sentences(asked.passage)) if asked.answer in sentence)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_shared_words_often_point_to_the_wrong_sentence(lang: str) -> None:
    """The sentence that shares most words with the question holds the answer in no more than seven of ten."""
    found = 0
    for asked in answered(lang):
        wanted = words(asked.question, lang)
        nearest = max(sentences(asked.passage), key=lambda sentence: len(wanted & words(sentence, lang)))
        found += str(asked.answer) in nearest
    assert found / len(answered(lang)) <= 0.7


def words(text: str, lang: str) -> set[str]:
    return units(text, "zh" if lang == "ja" else lang)  # pairs of characters where no blanks part the words
