"""Raw text, demonstrations, dialogues: what is fed, what counts as an answer, and what one model learns of each."""

from __future__ import annotations

from random import Random

import numpy as np

from explorer.lab import told
from explorer.lab.types import toy_language as toy
from explorer.lab.types.gpt_line import GemmaShape, adapter
from explorer.lab.types.told import ToldInputs, ToldResult, ToldStep


def kinds(row: tuple[int, ...]) -> list[str]:
    return [toy.WORDS[word].kind for word in row]


def test_raw_text_mostly_asks_on_demonstrations_answer_once_and_dialogues_twice() -> None:
    texts = [told.raw(Random(seed)) for seed in range(400)]
    lists = [row for row in texts if kinds(row)[:2] == ["prompt", "prompt"]]
    assert abs(len(lists) / len(texts) - told.LISTS) < 0.1
    assert all(max(map(len, texts)) <= told.ROW for _ in texts)
    shown = told.demonstration(Random(1))
    assert kinds(shown).count("prompt") == 1
    assert told.answered(shown)
    spoken = told.dialogue(Random(1))
    assert kinds(spoken).count("prompt") == 2
    assert told.answered(spoken)
    assert told.answered(spoken[kinds(spoken).index("prompt", 1) :])


def test_a_question_or_nothing_behind_a_question_is_no_answer() -> None:
    weather, dinner = toy.prompts("zh")[:2]
    assert not told.answered((weather, dinner, toy.END))
    assert not told.answered((weather, toy.END))
    assert not told.answered((weather, *toy.demonstration(dinner, Random(0)))), "an answer to another question"


def test_few_steps_are_told_in_order_and_the_result_has_a_share_for_each_stage() -> None:
    *steps, found = told.told(None, ToldInputs(steps=6, taught=3))
    assert isinstance(found, ToldResult)
    assert [one.step for one in steps if isinstance(one, ToldStep)] == list(range(1, 13))
    assert [one.stage for one in steps if isinstance(one, ToldStep)] == [0] * 6 + [1] * 3 + [2] * 3
    assert found.losses.shape == (12,)
    assert np.isfinite(found.losses).all()
    for shares in (found.asks, found.answers, found.second):
        assert shares.shape == (3,)
        assert ((shares >= 0) & (shares <= 1)).all()
    assert (found.alone[0, :, 0] == found.alone[2, :, 0]).all(), "every stage is asked the same"


def test_an_adapter_is_two_thin_matrices_beside_queries_and_values() -> None:
    shape = GemmaShape()
    matrices = [(640, 8), (8, 1024), (640, 8), (8, 256)]
    assert adapter(shape, 8) == 18 * sum(a * b for a, b in matrices)
