"""问答 on scores of known shape: allowed spans, windows without gaps, marks; and the fifteen ways in which programs
that answer questions are known to go wrong."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import ModelUnavailable, Told
from explorer.lab import answering
from explorer.lab.types import answer_scores
from explorer.lab.types.answering import (
    AnswerInputs,
    AnswerResult,
    AskedPassage,
    ExamResult,
    ReadWindow,
    allowed,
    spans,
    sums,
)
from explorer.models.network.answerer import Answerer
from explorer.models.network.model import Model

PASSAGE = "渡口的钟每天敲三次。老船工何师傅清早敲一次，他的徒弟中午敲一次，傍晚由小卖部的阿婆敲。"
QUESTION = "中午由谁敲钟？"
LONG = "".join(f"第{n}天，船队经过第{n}座灯塔。" for n in range(60)) + "最后他们在白沙湾靠岸。"


@pytest.fixture(scope="module")
def head(mini_mbert: Model) -> Answerer:
    """A head that learnt nothing, with additions that do something: what is computed around it is what is tested."""
    made = torch.Generator().manual_seed(0)
    width = mini_mbert.d_model
    name = "encoder.layer.3.attention.self.query"
    pair = torch.randn(4, width, generator=made) / width**0.5, torch.randn(width, 4, generator=made)
    return Answerer(mini_mbert, {name: pair}, 1.0, torch.randn(2, width, generator=made), torch.zeros(2))


def told(head: Answerer, question: str, passage: str, window: int = 192, overlap: int = 96) -> str:
    with pytest.raises(Told) as caught:
        answering.ask(head, question, passage, window, overlap)
    return caught.value.key


def scored(found: AnswerResult, *marks: tuple[int, int, int, float]) -> AnswerResult:
    """The same reading with other scores: (window, place, 0 = start or 1 = end, score), all others 0."""
    windows = [np.zeros_like(one.scores) for one in found.windows]
    for n, place, column, score in marks:
        windows[n][found.windows[n].offset + place - found.windows[n].first, column] = score
    changed = tuple(
        ReadWindow(one.first, one.count, one.offset, one.vectors, scores)
        for one, scores in zip(found.windows, windows, strict=True)
    )
    return AnswerResult(found.tokens, found.first, found.count, found.before, changed, found.edges, found.bias)


def test_scores_are_the_inner_products_that_are_shown(head: Answerer) -> None:
    found = answering.ask(head, QUESTION, PASSAGE)
    (window,) = found.windows
    np.testing.assert_allclose(window.vectors @ found.edges.T + found.bias, window.scores, atol=1e-3)
    assert found.passage == PASSAGE and window.count == found.count == len(window.of_passage)


def test_an_end_is_never_before_its_start(head: Answerer) -> None:
    """Known failure 1: the likeliest start and the likeliest end, each by itself."""
    found = scored(answering.ask(head, QUESTION, PASSAGE), (0, 20, 0, 9.0), (0, 5, 1, 9.0), (0, 22, 1, 4.0))
    best = spans(found, 1)[0]
    assert (best.start, best.end, best.score) == (20, 22, 13.0)
    assert not np.isfinite(sums(found.windows[0].of_passage)[20, 5])


def test_no_answer_lies_in_the_question(head: Answerer) -> None:
    """Known failures 2 and 9: [CLS], question and [SEP] are no answer; the passage's first token may be one."""
    found = answering.ask(head, QUESTION, PASSAGE)
    scores = np.zeros_like(found.windows[0].scores)
    scores[: found.windows[0].offset] = scores[-1] = 50.0
    scores[found.windows[0].offset] = 1.0
    one = found.windows[0]
    changed = ReadWindow(one.first, one.count, one.offset, one.vectors, scores)
    again = AnswerResult(found.tokens, found.first, found.count, found.before, (changed,), found.edges, found.bias)
    best = spans(again, 1)[0]
    assert (best.start, best.end, best.low) == (0, 0, 0) and changed.nothing == 100.0


def test_windows_are_compared_by_raw_scores_and_a_span_in_two_counts_once(head: Answerer) -> None:
    """Known failures 4, 5, 8: a softmax a window; the same answer listed twice."""
    found = answering.ask(head, "他们在哪里靠岸？", LONG)
    assert len(found.windows) > 2
    both = found.windows[1].first + 2
    better = scored(found, (0, 3, 0, 4.0), (0, 4, 1, 4.0), (0, both, 0, 3.0), (0, both, 1, 2.0), (1, both, 0, 6.0),
                    (1, both, 1, 6.0))  # fmt: skip
    ranked = spans(better, 5)
    assert [(one.start, one.score) for one in ranked[:2]] == [(both, 12.0), (3, 8.0)]
    assert ranked[0].windows == (0, 1) and len({(one.start, one.end) for one in ranked}) == 5
    assert ranked[0].p > ranked[1].p > 0 and sum(one.p for one in spans(better, 10**6)) == pytest.approx(1, abs=1e-3)


def test_fewer_spans_than_asked_for_are_all_there_are(head: Answerer) -> None:
    """Known failure 14: an empty list must not become the word "empty"."""
    found = answering.ask(head, QUESTION, "钟。")
    assert found.count == 2 and len(spans(found, 20)) == 3 and len(spans(found, 20, longest=1)) == 2


@settings(max_examples=60, deadline=None)
@given(size=st.integers(12, 60), overlap=st.integers(0, 40), length=st.integers(1, 120))
def test_every_token_is_in_a_window_and_neighbours_overlap(
    size: int, overlap: int, length: int, mini_mbert: Model
) -> None:
    """Known failure 6: a stride beyond the window skips tokens; one beyond the passage has no index."""
    tokens, first = answering.pair(mini_mbert, "谁？", "船" * length)
    try:
        cuts = answering.windows(tokens, first, size, overlap)
    except Told as problem:
        assert problem.key == "windows_overlap" and overlap >= size - first - 1
        return
    assert {cut.first + n for cut in cuts for n in range(cut.count)} == set(range(length))
    assert all(len(cut.ids) <= size for cut in cuts)
    assert all(one.first + one.count - other.first == overlap for one, other in pairwise(cuts))


def test_an_answer_on_the_border_needs_an_overlap_as_long_as_itself(mini_mbert: Model) -> None:
    """Known failure 7."""
    tokens, first = answering.pair(mini_mbert, "谁？", "船" * 60)
    answer = range(17, 23)

    def whole(overlap: int) -> bool:
        cuts = answering.windows(tokens, first, 20 + first + 1, overlap)
        return any(cut.first <= answer[0] and answer[-1] < cut.first + cut.count for cut in cuts)

    assert not whole(2) and whole(len(answer) - 1)


@pytest.mark.parametrize(
    ("passage", "answer"),
    [
        ("他 出生于1994年。", "1994"),
        ("Ｆｅｒｒｙ　号在 12 点离港。", "12"),
        ("👩‍👩‍👧 一家住在河边。", "河边"),
        ("Zoé wohnt  am Fluss.", "Fluss"),
        ("tab	here and there", "there"),
        ("說話的人是老王。", "老王"),
    ],
)
def test_a_span_is_the_very_characters_of_the_passage(head: Answerer, passage: str, answer: str) -> None:
    """Known failures 10, 11, 12: offsets that blanks, full-width letters, accents or unknown 字 have shifted."""
    found = answering.ask(head, "谁？\n哪里？", passage)
    low = passage.index(answer)
    places = [
        place for place in range(found.count)
        if low <= found.characters(place, place)[0] and found.characters(place, place)[1] <= low + len(answer)
    ]  # fmt: skip
    start, end = found.characters(places[0], places[-1])
    assert found.passage == passage and passage[start:end] == answer


def test_what_cannot_be_asked_is_said(head: Answerer) -> None:
    """Known failure 15, and empty boxes."""
    assert told(head, "  ", PASSAGE) == "question_empty" and told(head, QUESTION, "\n") == "passage_empty"
    assert told(head, "谁" * 200, PASSAGE) == "question_long"
    assert told(head, QUESTION, "船" * 3000) == "passage_long"
    assert told(head, QUESTION, LONG, window=10) == "window_small"
    assert told(head, QUESTION, LONG, window=64, overlap=64) == "windows_overlap"


def test_a_model_without_the_head_says_so(tiny_model: Model) -> None:
    with pytest.raises(ModelUnavailable, match="answerer_missing"):
        answering.answer(tiny_model, AnswerInputs("en", QUESTION, PASSAGE))


def test_many_questions_are_marked_one_by_one(head: Answerer) -> None:
    asked = [AskedPassage(PASSAGE, ((QUESTION, ("他的徒弟", "徒弟")), ("谁傍晚敲钟？", ("阿婆",))))]
    *steps, found = answering.examined(head, asked)
    assert isinstance(found, ExamResult) and [getattr(step, "done", 0) for step in steps] == [1, 2]
    for n, answers in enumerate((("他的徒弟", "徒弟"), ("阿婆",))):
        assert found.f1_mixed[n] == pytest.approx(answer_scores.f1(found.said[n], answers, "mixed"))
        assert found.said[n] in PASSAGE
    assert 0 < found.by_chance[1] < 0.4


def test_answers_are_marked_as_squad_s_script_marks_them() -> None:
    assert answer_scores.words("The Grey, grey-blue sea!") == ["grey", "greyblue", "sea"]
    assert answer_scores.f1("the grey sea", ["a grey ship"], "words") == pytest.approx(0.5)
    assert answer_scores.f1("在白沙湾。", ["白沙湾"], "mixed") == pytest.approx(2 * 3 / 7)
    assert answer_scores.f1("在白沙湾。", ["白沙湾"], "words") == 0, "cut at blanks, a Chinese answer is one word"
    assert answer_scores.mixed("「ラジオ」、3 km 外") == ["ラ", "ジ", "オ", "3", "km", "外"]
    assert answer_scores.f1("grey-blue", ["grey blue"], "mixed") == 0, "as words: Latin ones are not taken apart"
    assert answer_scores.f1("", ["a"], "words") == 1 and answer_scores.f1("", ["sea"], "words") == 0
    assert answer_scores.exact("The sea!", ["sea"]) and not answer_scores.exact("seas", ["sea"])


def test_allowed_spans_are_a_band() -> None:
    assert allowed(4, 2).tolist() == [[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1], [0, 0, 0, 1]]
