"""Journeys on 句对, on pairs that are no preset: both heads, the road, the exercise, the count, and what is refused.

Kept, swapped, random; two heads    test_kept_swapped_and_random_under_both_heads
[CLS] → linear → yes or no          test_from_cls_to_yes_or_no_in_real_numbers
One text, two losses                test_one_exercise_with_both_losses
Accuracy beside shared words        test_both_heads_are_counted_beside_shared_words
RoBERTa, ALBERT, SpanBERT, XLNet    test_why_one_was_dropped_and_the_other_kept
What is refused                     test_no_second_sentence_the_same_twice_and_too_long_are_told
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.journey import MODEL_FOLDER, Reader, Strip, eventually, figure, idle, linked, numbers
from tests.pace import PATIENCE

if TYPE_CHECKING:
    from tests.browser.journey import Reference

A, B = "表弟把风筝放得很高。", "线突然断了，他追着跑了半条街。"
SLOW = 4 * PATIENCE * 1000


@pytest.fixture(scope="session")
def net() -> Any:
    import torch
    from transformers import BertForPreTraining

    return BertForPreTraining.from_pretrained(MODEL_FOLDER, dtype=torch.float32).eval()


def p_next(reference: Reference, net: Any, first: str, second: str) -> float:
    import torch

    with torch.no_grad():
        scores = net(**reference.tokenizer(first, second, return_tensors="pt")).seq_relationship_logits[0]
    return float(scores.softmax(-1)[0])


def open_pairs(open_page: OpenPage, lang: str = "zh", **query: str) -> Reader:
    return Reader(open_page("/pairs", lang=lang, query={"v": "1", **query}), "pairs", lang)


def test_kept_swapped_and_random_under_both_heads(open_page: OpenPage, reference: Reference, net: Any) -> None:
    reader = open_pairs(open_page)
    reader.types("first", A)
    reader.types("second", B)
    expected = [p_next(reference, net, A, B), p_next(reference, net, B, A)]

    def said() -> list[list[float]]:
        """P(yes) of each arrangement, a list a head."""
        columns = figure(reader.page, "pairs-heads").locator(".column").all()
        return [
            [float(p) for p in one.locator("li[data-p]").evaluate_all("all => all.map(e => e.dataset.p)")]
            for one in columns
        ]

    def look() -> None:
        assert np.allclose(said()[0][:2], expected, atol=2e-3)

    eventually(reader.page, look, seconds=120)
    assert [len(column) for column in said()] == [3, 2], "a sentence from elsewhere has no order"
    # Every answer says whether it is right, in words and with a sign.
    truth = [[True, False, False], [True, False]]
    marks = [
        [one.inner_text() for one in column.locator("li[data-p] small").all()]
        for column in figure(reader.page, "pairs-heads").locator(".column").all()
    ]
    for column, says, wanted in zip(marks, said(), truth, strict=True):
        for mark, p, yes in zip(column, says, wanted, strict=True):
            right = (p > 0.5) == yes
            assert mark == ("✓ " if right else "✗ ") + reader.say("judge.right" if right else "judge.wrong")
    unanswered = figure(reader.page, "pairs-heads").locator(".column").nth(1).locator("li").nth(2)
    expect(unanswered).to_contain_text(reader.say("judge.no_answer"))
    expect(unanswered.locator(".bar")).to_be_hidden()
    before = said()[0][2]
    reader.page.get_by_role("button", name=reader.say("judge.another")).click()
    eventually(reader.page, lambda: _differ(said()[0][2], before))


def test_the_reader_says_first_and_is_counted_beside_the_heads(open_page: OpenPage) -> None:
    reader = open_pairs(open_page, "en", a="Ana dropped the vase.", b="It broke.", hide="1")
    for n, (name, say) in enumerate((("kept", "yes"), ("swapped", "no"), ("random", "yes"))):
        idle(reader.page)  # what the last answer brought is there
        assert figure(reader.page, "pairs-heads").count() == 0, "no bar before the reader has answered"
        group = reader.page.get_by_role(
            "radiogroup", name=reader.say("guess.which", name=reader.say(f"arrangement.{name}"))
        )
        group.get_by_text(reader.say(f"guess.{say}"), exact=True).click()
        if n < 2:
            expect(group.get_by_role("radio", checked=True)).to_have_text(reader.say(f"guess.{say}"))
    expect(figure(reader.page, "pairs-heads")).to_be_visible(timeout=SLOW)
    cards = reader.main.locator(".figures .figure")
    expect(cards).to_have_count(3)
    expect(cards.nth(0).locator("b")).to_have_text("2 / 3")  # two of the three were right
    right = figure(reader.page, "pairs-heads").locator(".column").nth(0).locator("li.right")
    eventually(reader.page, lambda: _same(cards.nth(1).locator("b").inner_text(), f"{right.count()} / 3"))
    linked(reader.page, "said=yes~no~yes|said=yes%7Eno%7Eyes")


def test_from_cls_to_yes_or_no_in_real_numbers(open_page: OpenPage, reference: Reference, net: Any) -> None:
    reader = open_pairs(open_page, a=A, b=B, tool="road")
    expect(figure(reader.page, "pairs-road")).to_be_visible(timeout=SLOW)
    rows = [row.locator("td").all_inner_texts() for row in reader.main.locator("table.plain-table tr").all()[1:]]
    for row in rows:
        total, bias, score = (numbers(cell)[0] for cell in row[2:5])
        assert abs(total + bias - score) < 2e-3
    assert abs(numbers(rows[0][5])[0] / 100 - p_next(reference, net, A, B)) < 2e-3
    reader.picks("road.head", reader.say("head.order"))
    reader.sees(reader.say("answer.order_yes"))


def test_one_exercise_with_both_losses(open_page: OpenPage) -> None:
    reader = open_pairs(open_page, a=A, b=B, tool="lesson")
    cards = reader.main.locator(".figure b")
    expect(cards.first).to_be_visible(timeout=SLOW)
    words, pair, total = (float(text) for text in cards.all_inner_texts())
    assert abs(words + pair - total) < 0.02
    exercise = Strip(reader.page, figure(reader.page, "pairs-lesson-strip"))

    def as_many_as_drawn() -> None:  # the strip may come after the cards
        drawn = exercise.covered()
        assert drawn
        assert reader.main.locator("table.plain-table tr").count() == len(drawn) + 1

    eventually(reader.page, as_many_as_drawn)


def test_both_heads_are_counted_beside_shared_words(open_page: OpenPage) -> None:
    reader = open_pairs(open_page, tool="measure")
    reader.page.get_by_role("button", name=reader.say("common.run")).click()
    table = reader.main.locator("table.plain-table", has_text=reader.say("measure.nsp_overlap"))
    expect(table).to_be_visible(timeout=2 * SLOW)
    idle(reader.page)
    rows = [row.locator("td").all_inner_texts() for row in table.locator("tr").all()[1:]]
    assert len(rows) == 4
    assert rows[3][1] == "50.0 %"
    low, high = (float(one) for one in re.findall(r"[\d.]+", rows[0][2]))
    assert low < float(rows[0][1].removesuffix(" %")) < high
    assert int(rows[0][3]) >= 200


def test_why_one_was_dropped_and_the_other_kept(open_page: OpenPage) -> None:
    reader = open_pairs(open_page, a=A, b=B, tool="why")
    for paper in ("bert", "xlnet", "roberta", "spanbert", "albert"):
        reader.sees(reader.say(f"why.{paper}_paper"))
        reader.sees(reader.say(f"why.{paper}_reason"))
    numbers_shown = [numbers(card)[0] for card in reader.main.locator(".figures .figure b").all_inner_texts()]
    nsp, sop, swapped, random = numbers_shown
    assert nsp >= 75 > sop > 50
    assert swapped > random, "swapping fools the next-sentence head"


def test_no_second_sentence_the_same_twice_and_too_long_are_told(open_page: OpenPage) -> None:
    reader = open_pairs(open_page, "en")
    reader.types("second", "   ")
    reader.sees(reader.say("errors.second_empty"))
    reader.types("second", "晚霞真美。")
    reader.types("first", "晚霞真美。")
    reader.sees(reader.say("same"))
    reader.types("first", "长" * 600)
    reader.sees(reader.say("errors.too_long", limit=512, used=608))


def _differ(a: float, b: float) -> None:
    assert a != b


def _same(a: object, b: object) -> None:
    assert a == b
