"""The small language, and the three steps on it: what is promised of each holds on short runs."""

from __future__ import annotations

import math
from random import Random
from typing import Any

import numpy as np
import pytest

from explorer.content import comparisons
from explorer.errors import Told
from explorer.lab import counting, rlhf
from explorer.lab.types import toy_language as toy
from explorer.lab.types.experiment import Results
from explorer.lab.types.gpt_line import LINE, CountInputs, count
from explorer.lab.types.rlhf import (
    EPISODES,
    REWARD,
    SFT,
    Choice,
    RewardInputs,
    RewardResult,
    SftInputs,
    SftResult,
    TuneInputs,
    TuneResult,
)
from tests.lab.conftest import last

POLITE = toy.PANELS["polite"]


def test_demonstrations_have_no_fault_and_are_read_back() -> None:
    rows = toy.demonstrations(300, 1)
    assert {toy.faults(row[0], row[1:]) for row in rows} == {0}
    assert max(map(len, rows)) <= toy.LONGEST + 1
    assert {toy.WORDS[row[0]].lang for row in rows} == {"zh", "en"}
    assert toy.SIZE == 63
    for row in rows[:50]:
        body = toy.body(row[1:])
        lang = toy.WORDS[row[0]].lang
        assert toy.read(lang, " ".join(toy.WORDS[n].text.replace(" ", "_") for n in body)) == tuple(body)
        other = toy.translated(row, "en" if lang == "zh" else "zh")
        assert toy.translated(other, lang) == row
        assert toy.faults(other[0], other[1:]) == 0
        np.testing.assert_array_equal(toy.features(other[1:]), toy.features(row[1:]))


@pytest.mark.parametrize(
    ("answer", "faults"),
    [
        ("天空 很 蓝", 0),
        ("您好， 天空 很 蓝 ，谢谢您", 0),
        ("您好， 您好， 天空 很 蓝", 1),
        ("天空 很 蓝 ，而且 很 亮", 0),
        ("小猫 很 蓝", 1),
        ("天空 很 乖", 1),
        ("很 蓝", 1),
        ("天空", 1),
        ("", 2),
        ("很 蓝 天空", 1),
    ],
)
def test_what_is_wrong_with_an_answer(answer: str, faults: int) -> None:
    sky = toy.prompts("zh")[0]
    assert toy.faults(sky, (*toy.read("zh", answer), toy.END)) == faults
    assert toy.faults(sky, toy.read("zh", answer)) == faults + 1, "without an end there is one more"


def test_saying_a_thing_twice_counts_once() -> None:
    once, thrice = (toy.features((*toy.read("zh", text), toy.END)) for text in ("您好， 天空 很 蓝", "您好， " * 3))
    assert once[0] == thrice[0] == pytest.approx(1 / 3)


def test_two_judges_who_err_so_often_agree_as_people_do() -> None:
    assert pytest.approx(toy.AGREE) == (1 - toy.NOISE) ** 2 + toy.NOISE**2


def test_opposite_choices_give_opposite_rules_and_none_gives_none() -> None:
    left = [comparisons.LEFT] * 18
    right = [comparisons.RIGHT] * 18
    assert np.array(comparisons.weights(left)) == pytest.approx(-np.array(comparisons.weights(right)))
    assert comparisons.weights([0] * 20) == (0.0,) * 4
    pair = comparisons.pairs("zh")[0]
    both = [(pair.better, pair.worse), (pair.worse, pair.better)]
    assert toy.fitted(both) == (0.0,) * 4, "the same pair judged both ways says nothing"


def test_a_panel_s_own_choices_give_its_rule_back() -> None:
    random, pairs = Random(0), []
    prompt = toy.prompts("en")[2]
    while len(pairs) < 400:
        a, b = toy.demonstration(prompt, random), toy.demonstration(prompt, random)
        gap = float(np.dot(POLITE, toy.features(a) - toy.features(b)))
        if gap:
            pairs.append((a, b) if gap > 0 else (b, a))
    found = np.array(toy.fitted(pairs))
    cosine = found @ np.array(POLITE) / np.linalg.norm(found) / np.linalg.norm(POLITE)
    assert cosine > 0.9


def test_pairs_that_come_twice_have_changed_sides() -> None:
    pairs = comparisons.pairs("zh")
    assert len(pairs) == 20
    for first, second in comparisons.again():
        assert pairs[first].better == pairs[second].worse
        assert pairs[first].prompt == pairs[second].prompt
    chosen = comparisons.chosen([comparisons.LEFT, 0, comparisons.RIGHT])
    assert len(chosen) == 4, "two choices, each in both languages"
    assert chosen[1] == Choice(pairs[2].prompt, pairs[2].worse, pairs[2].better)


@pytest.fixture(scope="module")
def short() -> SftResult:
    """A policy that has seen a few demonstrations."""
    result: SftResult = last(rlhf.sft(None, SftInputs(steps=60)))
    return result


@pytest.fixture(scope="module")
def rewarded(short: SftResult) -> RewardResult:
    result: RewardResult = last(rlhf.reward(None, reward_inputs(), Results({sft_ref(): short})))
    return result


def sft_ref() -> Any:
    return SFT.ref(SftInputs(steps=60))


def reward_inputs(**more: Any) -> RewardInputs:
    return RewardInputs(sft_ref(), POLITE, **more)


def tuned(short: SftResult, rewarded: RewardResult, **more: Any) -> list[Any]:
    inputs = TuneInputs(sft_ref(), REWARD.ref(reward_inputs()), POLITE, **{"updates": 4, **more})
    return list(rlhf.tune(None, inputs, Results({inputs.sft: short, inputs.reward: rewarded})))


def test_the_first_step_learns_and_tells_every_step(short: SftResult) -> None:
    steps = list(rlhf.sft(None, SftInputs(steps=21)))
    assert [step.step for step in steps[:-1]] == list(range(1, 22))
    assert steps[19].sample, "a sentence now and then"
    assert short.losses[0] == pytest.approx(math.log(toy.SIZE), abs=1.5)
    assert short.losses[-10:].mean() < 0.6 * short.losses[0]
    again: SftResult = last(rlhf.sft(None, SftInputs(steps=60)))
    np.testing.assert_allclose(again.weights, short.weights, atol=1e-5)


def test_the_reward_model_is_bradley_terry_and_beats_guessing(rewarded: RewardResult) -> None:
    assert rewarded.losses[0] == pytest.approx(math.log(2), abs=0.05), "at first both are as likely"
    assert rewarded.losses[-1] < rewarded.losses[0]
    assert rewarded.accuracy.max() > 0.55
    assert rewarded.ceiling == pytest.approx(1 - toy.NOISE, abs=0.08)


def test_a_panel_without_taste_is_told(short: SftResult) -> None:
    inputs = RewardInputs(sft_ref(), (0.0,) * 4)
    with pytest.raises(Told, match="panel_without_taste"):
        list(rlhf.reward(None, inputs, Results({inputs.sft: short})))


def test_the_reader_s_own_choices_are_learnt_from_too(short: SftResult, rewarded: RewardResult) -> None:
    inputs = reward_inputs(own=comparisons.chosen([comparisons.LEFT] * 10))
    other: RewardResult = last(rlhf.reward(None, inputs, Results({inputs.sft: short})))
    assert not np.allclose(other.weights, rewarded.weights)


@pytest.mark.parametrize("method", ["ppo", "rloo"])
def test_an_update_moves_the_policy_and_everything_is_told(
    short: SftResult, rewarded: RewardResult, method: str
) -> None:
    *steps, result = tuned(short, rewarded, method=method)
    assert [step.step for step in steps] == [0, 1, 2, 3, 4]
    assert steps[0].kl == 0 and steps[-1].kl > 0.001
    assert steps[0].reward == pytest.approx(0, abs=0.4), "standardised on π_ref's answers"
    assert result.curves.shape == (5, 5) and result.shown.shape == (5, 6, 17)
    assert result.log_ratio.shape == (6, 16) and np.abs(result.log_ratio).max() > 0
    n = 2.0 ** np.arange(7)
    np.testing.assert_allclose(result.best_of[:, 0], np.log(n) - (n - 1) / n, atol=1e-12)
    assert (np.diff(result.best_of[:, 1]) > 0).all(), "the best of more is better, by the model that chooses"
    assert result.diverged == 0 and not result.far


def test_a_short_leash_holds_the_policy_back(short: SftResult, rewarded: RewardResult) -> None:
    free, held = (tuned(short, rewarded, beta=beta, updates=6)[-1].curves[-1, 2] for beta in (0.0, 10.0))
    assert held < 0.1 * free


@pytest.mark.parametrize("method", ["ppo", "rloo"])
def test_the_largest_beta_with_the_smallest_rate_is_told_to_have_moved_nothing(
    short: SftResult, rewarded: RewardResult, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from explorer.views.family import verdict
    from explorer.views.family.common import BETAS, RATES

    told: list[str] = []
    monkeypatch.setattr(verdict.page_parts, "notice", lambda key, tone="", /, **values: told.append(key))
    result = tuned(short, rewarded, method=method, beta=max(map(float, BETAS)), rate=min(map(float, RATES)), updates=8)[
        -1
    ]
    verdict.draw(result)
    assert told == ["family.tune.unmoved"]
    told.clear()
    verdict.draw(tuned(short, rewarded, method=method, beta=0.0, rate=1e-2, updates=8)[-1])
    assert told != ["family.tune.unmoved"], "let go of, it moves"


def test_a_rate_that_breaks_the_weights_keeps_the_last_good_policy(short: SftResult, rewarded: RewardResult) -> None:
    *steps, result = tuned(short, rewarded, rate=1.0)
    assert result.diverged or result.far
    assert np.isfinite(result.curves).all() and np.isfinite(result.log_ratio).all()
    assert len(result.curves) == len(steps) >= 1
    assert result.answers.min() >= 0 and result.answers.max() < toy.SIZE


def test_numbers_that_are_none_are_told_and_the_policy_before_them_is_kept(
    short: SftResult, rewarded: RewardResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = rlhf.Learner.update

    def broken(self: Any, *arguments: Any) -> None:
        original(self, *arguments)
        self.done = getattr(self, "done", 0) + 1
        if self.done == 2:
            self.parameters["norm"].data.fill_(float("nan"))

    monkeypatch.setattr(rlhf.Learner, "update", broken)
    *steps, result = tuned(short, rewarded)
    assert result.diverged == 2
    assert [step.step for step in steps] == [0, 1]
    assert np.isfinite(result.log_ratio).all() and np.isfinite(result.curves).all()


def test_a_training_can_be_left_between_any_two_steps(short: SftResult, rewarded: RewardResult) -> None:
    inputs = TuneInputs(sft_ref(), REWARD.ref(reward_inputs()), POLITE)
    for steps in (
        rlhf.sft(None, SftInputs()),
        rlhf.reward(None, reward_inputs(), Results({sft_ref(): short})),
        rlhf.tune(None, inputs, Results({inputs.sft: short, inputs.reward: rewarded})),
    ):
        assert next(steps).total > 1
        steps.close()  # type: ignore[attr-defined]
        assert list(steps) == []
    assert EPISODES % rlhf.GROUP == 0


@pytest.mark.parametrize(
    ("name", "millions"),
    [("gpt1", 116.5), ("gpt2s", 124.4), ("gpt2m", 354.8), ("gpt2l", 774.0), ("gpt2xl", 1557.6), ("gpt3", 174_604)],
)
def test_the_line_s_weights_are_counted(name: str, millions: float) -> None:
    spec = LINE[name]
    assert spec is not None
    assert count(spec).total / 1e6 == pytest.approx(millions, rel=4e-4)


def test_the_count_is_the_library_s(tiny_gpt2: Any = None) -> None:
    from transformers import GPT2Config, GPT2Model

    from explorer.lab.types.gpt_line import Specification

    with __import__("torch").device("meta"):
        net = GPT2Model(GPT2Config(n_layer=3, n_embd=48, n_head=4, n_positions=32, vocab_size=100))
    assert sum(one.numel() for one in net.parameters()) == count(Specification(3, 48, 4, 32, 100)).total


def test_the_built_in_model_is_counted_by_its_own_tensors() -> None:
    from explorer.engine import get_engine
    from explorer.lab.types.gpt_line import COUNT, GemmaShape, count_gemma
    from explorer.models.catalog import catalog

    model = catalog.default("causal").id
    facts = get_engine().facts(model)
    assert count_gemma(GemmaShape()).total == facts.n_weights
    assert get_engine().peek(COUNT, model, CountInputs()) in (None, count_gemma(GemmaShape()))
    assert counting.counted.__name__ == "counted"


def test_results_travel(short: SftResult, rewarded: RewardResult) -> None:
    from explorer.lab.types import codec

    result: TuneResult = tuned(short, rewarded, updates=1)[-1]
    for one in (short, rewarded, result):
        again = codec.decode(codec.encode(one))
        assert type(again) is type(one)
