"""The 80/10/10 lottery: budgets, whole words, and that the shares are what they are said to be."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from explorer.content import chinese_words
from explorer.errors import Told
from explorer.lab import lottery
from explorer.lab.types.lottery import LotteryInputs
from explorer.models.catalog.catalog import default
from explorer.models.network.tokenizer import for_model

TEXT = "隔壁的老爷爷每天清晨都在河边钓鱼，unforgettable mornings 他说这样心里安静。"


@pytest.fixture(scope="module")
def model() -> Any:
    """No model at all: the lottery needs a tokenizer."""
    return SimpleNamespace(tokenizer=for_model(default("masked")))


@pytest.mark.parametrize(("rate", "budget"), [(0.15, 5), (0.01, 1), (0.4, 13), (1.0, 32)])
def test_the_budget_is_met_exactly_when_tokens_are_drawn_singly(model: Any, rate: float, budget: int) -> None:
    result = lottery.roll(model, LotteryInputs(TEXT, rate=rate))
    assert result.n_ordinary == len(result.tokens) - 2 == 32
    assert result.budget == len(result.positions) == sum(result.counts) == budget
    np.testing.assert_allclose(result.expected, np.array([0.8, 0.1, 0.1]) * budget)
    assert not any(result.tokens.special[at] for at in result.positions)
    assert result.positions.tolist() == sorted(set(result.positions.tolist()))


def test_each_kind_does_what_it_says(model: Any) -> None:
    result = lottery.roll(model, LotteryInputs(TEXT, rate=1.0, split=(0.4, 0.3, 0.3)))
    assert set(result.kinds) == {"mask", "random", "keep"}
    assert result.counts == tuple(result.kinds.count(kind) for kind in ("mask", "random", "keep"))
    for at, kind, token in zip(result.positions, result.kinds, result.ids, strict=True):
        if kind == "mask":
            assert token == model.tokenizer.mask_id
        elif kind == "keep":
            assert token == result.tokens.ids[at]
        else:
            assert token not in model.tokenizer.special_ids


def test_one_seed_one_drawing(model: Any) -> None:
    first, again, other = (lottery.roll(model, LotteryInputs(TEXT, seed=seed)) for seed in (5, 5, 6))
    assert (first.positions.tolist(), first.kinds, first.ids.tolist()) == (
        again.positions.tolist(),
        again.kinds,
        again.ids.tolist(),
    )
    assert first.positions.tolist() != other.positions.tolist()


def test_over_many_drawings_the_shares_come_out(model: Any) -> None:
    counts = np.sum([lottery.roll(model, LotteryInputs(TEXT, seed=seed)).counts for seed in range(400)], axis=0)
    n = counts.sum()
    for count, share in zip(counts, (0.8, 0.1, 0.1), strict=True):
        assert abs(count - n * share) < 4 * np.sqrt(n * share * (1 - share))


def test_chinese_words_are_jiebas_and_pieces_stay_with_their_word(model: Any) -> None:
    tokens = model.tokenizer.encode("我喜欢unforgettable自然语言 don't")
    words = lottery.word_numbers(tokens)
    groups: dict[int, str] = {}
    for at, word in enumerate(words.tolist()):
        groups[word] = groups.get(word, "") + (tokens.surface(at) if word >= 0 else "")
    assert list(groups.values())[1:] == ["我", "喜欢", "unforgettable", "自然语言", "don", "'", "t"]
    assert words[0] == words[-1] == -1


def test_whole_words_are_drawn_whole_and_within_the_budget(model: Any) -> None:
    for seed in range(40):
        result = lottery.roll(model, LotteryInputs(TEXT, unit="word", seed=seed))
        drawn = set(result.positions.tolist())
        assert 1 <= len(drawn) <= result.budget
        for word in {int(result.words[at]) for at in drawn}:
            assert set(np.flatnonzero(result.words == word).tolist()) <= drawn


def test_something_is_drawn_even_where_every_word_is_longer_than_the_budget(model: Any) -> None:
    result = lottery.roll(model, LotteryInputs("自然语言", unit="word", rate=0.1))
    assert result.budget == 1
    assert result.positions.tolist() == [1, 2, 3, 4]


def test_japanese_is_left_to_the_tokenizer(model: Any) -> None:
    tokens = model.tokenizer.encode("彼女は静かに手紙を書いた")
    assert lottery.word_numbers(tokens).tolist() == list(tokens.words)


def test_jieba_keeps_quiet(model: Any, capfd: pytest.CaptureFixture[str]) -> None:
    chinese_words._jieba.cache_clear()
    lottery.word_numbers(model.tokenizer.encode("安静"))
    assert capfd.readouterr() == ("", "")


def test_refused(model: Any) -> None:
    for text, key in ((" ", "text_empty"), ("树" * 127, "too_long")):
        with pytest.raises(Told) as caught:
            lottery.roll(model, LotteryInputs(text))
        assert caught.value.key == key


@pytest.mark.parametrize("unit", ["token", "word"])
def test_the_tally_is_the_mean_of_many_drawings(model: Any, unit: str) -> None:
    inputs = LotteryInputs(TEXT, unit=unit, seed=11)
    tally = lottery.tally(model, inputs)
    assert tally.n_rolls == lottery.ROLLS
    one = lottery.roll(model, inputs)
    assert 0 < sum(tally.means) <= one.budget + 1e-9
    for mean, expected in zip(tally.means, one.expected, strict=True):
        assert mean == pytest.approx(expected, rel=0.4)
