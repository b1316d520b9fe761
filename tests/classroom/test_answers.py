"""Answers and questions from outside: what is taken, what is cleaned, what is refused, and how it is counted."""

from __future__ import annotations

import pytest

from explorer.classroom import answers
from explorer.classroom.answers import BINS, MAX_ANSWER, Question
from explorer.errors import Told

TEXT = Question("text", {"": "?"})
SCALE = Question("scale", {"": "?"}, low=0, high=100, right=50)
ZALGO = "h" + "\u0300\u0301\u0302\u0303\u0304" * 9 + "i"


def test_one_line_makes_a_question_of_each_kind() -> None:
    choice = answers.own("猫还是狗？ / 猫 ／ 狗")
    assert (choice.kind, choice.ask, choice.options) == ("choice", {"": "猫还是狗？"}, {"": ["猫", "狗"]})
    scale = answers.own("会有多大？ 0-100")
    assert (scale.kind, scale.ask[""], scale.low, scale.high) == ("scale", "会有多大？", 0, 100)
    assert answers.own("为什么？").kind == "text"
    assert answers.own("从 9-3 吗").kind == "text", "no scale runs backwards"


@pytest.mark.parametrize("line", ["", "  / 甲 / 乙", "问 / 甲", "问 / 甲 / ", "长" * 201, "问" + " / 甲" * 13])
def test_a_line_that_can_t_be_asked_is_refused(line: str) -> None:
    with pytest.raises(Told, match="room_question"):
        answers.own(line)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),  # text stays text: drawn as a text node
        ("\u202eabc\u2066\u200b\u0000", "abc"),
        ("一\n二\t三", "一 二 三"),
        ("字" * 200, "字" * MAX_ANSWER),
    ],
    ids=["html", "direction", "lines", "long"],
)
def test_words_are_kept_as_one_clean_line(said: str, kept: str) -> None:
    assert answers.checked(TEXT, said) == kept


def test_marks_that_cover_the_lines_around_are_thinned() -> None:
    assert len(answers.clean(ZALGO, 120)) <= 2 + 1 + answers.MOST_MARKS
    assert answers.clean("Café naïve ฉัน", 120) == "Café naïve ฉัน"


@pytest.mark.parametrize(
    "said",
    ["", " \u200b ", "x" * 1_000_000, 7, None, "\ud800"],
    ids=["empty", "unseen", "1 MB", "number", "none", "half"],
)
def test_what_is_no_sentence_is_refused(said: object) -> None:
    with pytest.raises(Told, match="room_answer"):
        answers.checked(TEXT, said)


@pytest.mark.parametrize("said", [-0.1, 100.1, float("nan"), True, "5"])
def test_a_number_off_the_scale_is_refused(said: object) -> None:
    with pytest.raises(Told, match="room_answer"):
        answers.checked(SCALE, said)


def test_numbers_are_counted_in_equal_bins() -> None:
    counted = answers.histogram(SCALE, [0.0, 9.9, 10.0, 55.0, 100.0])
    assert counted == [2, 1, 0, 0, 0, 1, 0, 0, 0, 1]
    assert len(counted) == BINS


def test_advice_says_when_it_is_worth_talking() -> None:
    assert [answers.advice(SCALE, [50.0] * right + [0.0] * (10 - right)) for right in (2, 3, 7, 8)] == [
        "few", "talk", "talk", "many",
    ]  # fmt: skip
    assert answers.advice(TEXT, ["a"]) == answers.advice(SCALE, []) == ""


LABELLED = answers.own("+ 写一句评价 / 好评 / 差评")
EXAMPLE = answers.own("＋写一个例子")
PAIRS = Question("pairs", {"": "?"}, {"": ["a", "b", "c", "d"]})


def test_a_plus_collects_sentences_with_labels_or_examples() -> None:
    assert (LABELLED.kind, LABELLED.ask[""], LABELLED.options[""]) == ("labelled", "写一句评价", ["好评", "差评"])
    assert (EXAMPLE.kind, EXAMPLE.ask[""], EXAMPLE.options) == ("example", "写一个例子", {})


def test_what_is_collected_is_kept_as_clean_lines_without_what_parts_them() -> None:
    assert answers.checked(LABELLED, ["<b>好看</b>\u202e\t极了", 1]) == ["<b>好看</b> 极了", 1]
    assert answers.checked(EXAMPLE, ["猫 → 狗", "a->b=>c"]) == ["猫 狗", "a b c"]
    assert answers.checked(PAIRS, [1, 0]) == [1, 0]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (LABELLED, "好看"), (LABELLED, ["好看"]), (LABELLED, ["好看", 2]), (LABELLED, ["好看", True]),
        (LABELLED, ["", 0]), (LABELLED, ["x" * 1_000_000, 0]), (LABELLED, [0, 0]), (EXAMPLE, ["猫", "→"]),
        (EXAMPLE, ["猫"]), (EXAMPLE, ["猫", 1]), (PAIRS, [0, 0]), (PAIRS, [1]), (PAIRS, [1, 3]), (PAIRS, [1, True]),
        (PAIRS, [[1], 2]), (PAIRS, 1), (PAIRS, None),
    ],
)  # fmt: skip
def test_what_no_page_can_work_on_is_refused(question: Question, said: object) -> None:
    with pytest.raises(Told, match="room_answer"):
        answers.checked(question, said)


def test_pairs_are_counted_side_by_side_and_sentences_not_at_all() -> None:
    assert answers.histogram(PAIRS, [[1, 0], [1, 2], [2, 2]]) == [2, 1, 0, 2]
    assert answers.histogram(LABELLED, [["好看", 1]]) == []
