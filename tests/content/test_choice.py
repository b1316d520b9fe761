"""A beginning and four endings: how they are read, the page's own ones, and the printed figures of the exam hall."""

from __future__ import annotations

import pytest

from explorer import texts
from explorer.content import choice
from explorer.errors import Told
from explorer.views.finetuning import exams


def test_the_first_line_is_the_beginning_and_rows_are_flat_in_order() -> None:
    one = choice.read(" a \nb\nc\n d\ne\n\n")
    assert (one.beginning, one.endings) == ("a", ("b", "c", "d", "e"))
    other = choice.Question("x", ("1", "2", "3", "4"))
    assert choice.rows([one, other]) == (
        *(("a", ending) for ending in "bcde"),
        *(("x", ending) for ending in "1234"),
    )


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("", "choice_empty"),
        ("\na\nb\nc\nd", "choice_empty"),
        ("a", "choice_endings"),
        ("a\n\nc\nd\ne", "choice_ending"),
    ],
)
def test_what_is_no_question_is_told(written: str, key: str) -> None:
    with pytest.raises(Told) as caught:
        choice.read(written)
    assert caught.value.key == key


@pytest.mark.parametrize("lang", texts.LANGUAGES)
def test_the_page_s_own_questions_have_four_different_endings(lang: str) -> None:
    for which in choice.QUESTIONS:
        assert len(set(choice.read(choice.example(which, lang)).endings)) == choice.ENDINGS


def test_the_exams_are_whole_and_only_sts_b_has_no_classes() -> None:
    assert len(exams.GLUE) == 9
    assert [task for task, (_, classes, _, _) in exams.GLUE.items() if classes == 1] == [exams.REGRESSION]
    firsts = [exams.first(person) for _, _, _, person in exams.GLUE.values()]
    # The printed average of people is the mean over tasks of each task's mean.
    means = [sum(map(float, person.split(" / "))) / len(person.split(" / ")) for _, _, _, person in exams.GLUE.values()]
    assert sum(means) / 9 == pytest.approx(exams.GLUE_PEOPLE, abs=0.06)
    assert firsts[0] == 66.4
    tasks = dict.fromkeys(task for task, _ in exams.SUPERGLUE)
    each = [[person for (of, _), (person, _, _) in exams.SUPERGLUE.items() if of == task] for task in tasks]
    assert sum(sum(one) / len(one) for one in each) / len(each) == pytest.approx(exams.SUPERGLUE_PEOPLE, abs=0.06)
    over = {key for key, (person, machine, _) in exams.SUPERGLUE.items() if exams.passed(person, machine)}
    assert over == {("BoolQ", "acc"), ("MultiRC", "f1a"), ("ReCoRD", "f1")}
    assert exams.passed(51.9, None) is None
