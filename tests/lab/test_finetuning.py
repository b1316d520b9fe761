"""微调: two starts on the same sentences in the same order; its figures recomputed; what can't be taught is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from explorer.content import teaching
from explorer.errors import Told
from explorer.lab import finetuning
from explorer.lab.types.finetuning import (
    MOST_SENTENCES,
    STOPS,
    FindInputs,
    FindResult,
    LineInputs,
    LineResult,
    TuneEpoch,
    TuneInputs,
    TuneResult,
    TuneStep,
    owners,
    truths,
)

if TYPE_CHECKING:
    from explorer.models.network.model import Model

TRAIN = (("妹妹把风筝借给了孩子。", 0), ("孩子", 1), ("妹妹", 1), ("风筝借给了", 0), ("把孩子", 1), ("风筝", 0))
HELD_OUT = (("孩子把风筝", 1), ("妹妹借给了孩子", 0))
SMALL = TuneInputs(TRAIN, HELD_OUT, layers=1, rate=1e-3, head_rate=1e-2, epochs=2, batch=4)


def run(model: Model, inputs: TuneInputs) -> tuple[list[TuneStep], list[TuneEpoch], TuneResult]:
    *steps, last = finetuning.tune(model, inputs)
    assert isinstance(last, TuneResult)
    return (
        [one for one in steps if isinstance(one, TuneStep)],
        [one for one in steps if isinstance(one, TuneEpoch)],
        last,
    )


def test_the_starts_take_the_same_steps_in_turn_and_the_result_is_what_was_told(tiny_model: Model) -> None:
    steps, epochs, result = run(tiny_model, SMALL)
    assert [(one.start, one.step) for one in steps] == [(start, step) for step in (1, 2, 3, 4) for start in (0, 1)]
    assert {one.steps for one in steps} == {4}
    assert [(one.start, one.epoch) for one in epochs] == [(start, epoch) for epoch in (0, 1, 2) for start in (0, 1)]
    np.testing.assert_allclose(result.losses.T.ravel(), [one.loss for one in steps], rtol=1e-6)
    for one in epochs:
        np.testing.assert_array_equal(result.p_true[one.start, one.epoch], one.p_true)
        np.testing.assert_array_equal(result.said[one.start, one.epoch], one.said)
        assert ((one.said == [1, 0]) == (one.p_true > 0.5)).all()
        expected = -np.log(one.p_true).mean()
        np.testing.assert_allclose([one.loss, result.held_out_losses[one.start, one.epoch]], expected, rtol=1e-5)


def test_the_first_loss_is_that_of_the_copy_on_the_same_batch(tiny_model: Model) -> None:
    """One batch holds all sentences, so that order plays no part: the head on the model's own last vectors."""
    import torch

    from explorer.learning.heads import SequenceHead
    from explorer.learning.trainable import trainable

    _, _, result = run(tiny_model, replace(SMALL, batch=len(TRAIN), starts=("pre-trained",)))
    torch_head = trainable(tiny_model, lambda: SequenceHead(tiny_model.d_model, 2, "mean"), tune=1, seed=0).head
    losses = []
    for text, label in TRAIN:
        ids, mask = tiny_model.tensor_inputs([list(tiny_model.tokenizer.encode(text).ids)])
        vector = tiny_model.hidden_states(ids, mask)[-1, 0].mean(dim=0)
        with torch.no_grad():
            scores = torch_head.classify(vector).double().numpy()
        losses.append(np.log(np.exp(scores).sum()) - scores[label])
    np.testing.assert_allclose(result.losses[0, 0], np.mean(losses), rtol=1e-4)


def test_a_seed_gives_the_same_run_and_another_gives_another(tiny_model: Model) -> None:
    (_, _, first), (_, _, again), (_, _, other) = (
        run(tiny_model, inputs) for inputs in (SMALL, SMALL, replace(SMALL, seed=1))
    )
    np.testing.assert_array_equal(first.losses, again.losses)
    np.testing.assert_array_equal(first.p_true, again.p_true)
    assert not np.array_equal(first.losses, other.losses)


def test_a_start_is_the_same_alone_as_beside_another(tiny_model: Model) -> None:
    _, _, both = run(tiny_model, SMALL)
    _, _, alone = run(tiny_model, replace(SMALL, starts=("random",)))
    np.testing.assert_array_equal(both.losses[1], alone.losses[0])


def test_what_is_taught_is_learnt(tiny_model: Model) -> None:
    _, _, result = run(tiny_model, replace(SMALL, epochs=15, layers=2, rate=6e-3, head_rate=3e-2))
    assert (result.losses[:, -1] < 0.5 * result.losses[:, 0]).all()


def test_a_sentence_that_is_taught_is_not_tested(tiny_model: Model) -> None:
    _, _, result = run(tiny_model, replace(SMALL, held_out=(TRAIN[1], *HELD_OUT)))
    assert result.kept.tolist() == [1, 2]
    assert result.p_true.shape[2] == 2
    with pytest.raises(Told, match="nothing_held_out"):
        run(tiny_model, replace(SMALL, held_out=TRAIN[:2]))


def test_a_loss_that_is_no_number_is_told_and_what_was_seen_is_kept(tiny_model: Model) -> None:
    seen = []
    with pytest.raises(Told, match="training_diverged"):
        for one in finetuning.tune(tiny_model, replace(SMALL, rate=1e38, head_rate=1e38, epochs=20)):
            seen.append(one)
    assert any(isinstance(one, TuneStep) for one in seen)


@pytest.mark.parametrize(
    "train, key",
    [
        (tuple((text, 1) for text, _ in TRAIN), "one_label"),
        ((("孩子", 0), *((text, 1) for text, _ in TRAIN)), "label_once"),
        ((*TRAIN, ("借", 2)), "label_once"),
        ((*TRAIN, ("借", 6), ("给", 6)), "too_many_labels"),
        (TRAIN * MOST_SENTENCES, "too_many_sentences"),
        ((), "one_label"),
    ],
)
def test_what_can_t_be_taught_is_told(tiny_model: Model, train: tuple[tuple[str, int], ...], key: str) -> None:
    with pytest.raises(Told, match=key):
        run(tiny_model, replace(SMALL, train=train))


def test_the_sets_are_read_as_they_are_written() -> None:
    found = teaching.sentences("judgement", "zh", "train")
    assert found[:2] == (("这碗面真香，汤也鲜，我喝得一滴不剩", 1), ("这碗面又咸又腻，吃两口就饱了", 0))
    assert [label for _, label in found] == [1, 0] * (len(found) // 2)


def test_how_far_a_layer_went_is_its_difference_by_its_length(tiny_model: Model) -> None:
    """The top one of three is tuned: what is below, and the word vectors, stay where they were."""
    from explorer.models.network import bodies

    class Shelf:
        first: Any = None

        def get(self, name: str) -> Any:
            return None

        def put(self, name: str, obj: Any, nbytes: int) -> None:
            self.first = self.first or obj

    shelf = Shelf()
    *_, result = finetuning.tune(tiny_model, SMALL, shelf)
    assert isinstance(result, TuneResult)
    before = {
        name: value for name, value in bodies.weights_of(tiny_model).items() if name.startswith("encoder.layer.2.")
    }
    after = {name.removeprefix("body."): value for name, value in shelf.first.items()}
    went = sum(float((after[name] - value).square().sum()) for name, value in before.items())
    length = sum(float(value.square().sum()) for value in before.values())
    assert result.moved[0].tolist() == [0, 0, 0, pytest.approx((went / length) ** 0.5, rel=1e-4)]


def test_each_sentence_s_own_label_is_noted_in_every_epoch_before_its_step(tiny_model: Model) -> None:
    """All sentences in one batch: the losses are the means of what was noted."""
    _, _, result = run(tiny_model, replace(SMALL, batch=len(TRAIN)))
    assert result.taught_p.shape == (2, 2, len(TRAIN))
    np.testing.assert_allclose(-np.log(result.taught_p).mean(axis=-1), result.losses, rtol=1e-4)


def test_layers_above_those_taken_over_are_random(tiny_model: Model) -> None:
    whole, half, none = (
        run(tiny_model, replace(SMALL, starts=("pre-trained",), kept_layers=kept, layers=0))[2].p_true
        for kept in (-1, 1, 0)
    )
    assert not np.allclose(whole, half) and not np.allclose(half, none)


def test_a_long_sentence_is_cut_and_counted(tiny_model: Model) -> None:
    _, _, result = run(tiny_model, replace(SMALL, train=(*TRAIN, ("风筝" * 200, 0)), epochs=1))
    assert result.cut == 1


PAIRS = (("妹妹借给了孩子\n风筝", 0), ("风筝\n妹妹借给了孩子", 1), ("孩子\n妹妹", 0), ("妹妹\n孩子", 1))
TAGGED = (
    ("孩子 把风筝", ((0, 2, 0), (3, 4, 1), (4, 6, 0))),
    ("借给了妹妹", ((0, 3, 1), (3, 5, 0))),
    ("妹妹", ((0, 2, 0),)),
)


def test_what_is_judged_is_listed_sentence_after_sentence() -> None:
    assert truths(PAIRS).tolist() == [0, 1, 0, 1] and owners(PAIRS).tolist() == [0, 1, 2, 3]
    assert truths(TAGGED).tolist() == [0, 1, 0, 1, 0, 0] and owners(TAGGED).tolist() == [0, 0, 0, 1, 1, 2]


def test_a_word_is_scored_by_the_mean_of_its_pieces_as_the_head_of_languages_is(tiny_model: Model) -> None:
    """Head alone: the first loss is that of the head on each word's mean vector, as `lab/tagging` reads words."""
    import torch

    from explorer.lab import tagging
    from explorer.learning.heads import TokenHead
    from explorer.learning.trainable import trainable

    inputs = replace(
        SMALL, train=TAGGED, held_out=(("把风筝", ((0, 1, 1), (1, 3, 0))),), shape="tokens",
        layers=0, starts=("pre-trained",), batch=8, epochs=1,
    )  # fmt: skip
    _, epochs, result = run(tiny_model, inputs)
    assert result.p_true.shape == (1, 2, 2) and result.taught_p.shape == (1, 1, 6)
    head = trainable(tiny_model, lambda: TokenHead(tiny_model.d_model, 2), tune="head", seed=0).head
    assert isinstance(head, TokenHead)
    words = [
        [(text[start:end], "NOUN" if label == 0 else "VERB") for start, end, label in marks] for text, marks in TAGGED
    ]
    x, _ = tagging.features(tiny_model, words[1:], "zh", tiny_model.n_layers)
    with torch.no_grad():
        scores = head.classify(torch.from_numpy(x))
    # sorted by length there: 妹妹, then 借给了 and 妹妹
    expected = scores.softmax(-1)[[0, 1, 2], [0, 1, 0]].numpy()
    np.testing.assert_allclose(result.taught_p[0, 0, [5, 3, 4]], expected, rtol=1e-4)
    assert [one.epoch for one in epochs] == [0, 1]


def test_a_pair_is_read_with_its_segments_and_what_stands_still_changes_nothing(tiny_model: Model) -> None:
    """The first loss, whether the layers below are read once (some layers tuned) or the whole body is asked."""
    import torch

    from explorer.learning.heads import SequenceHead
    from explorer.learning.trainable import trainable

    inputs = replace(SMALL, train=PAIRS, held_out=(("孩子\n风筝", 1),), shape="pair", layers=1, batch=4)
    _, _, result = run(tiny_model, replace(inputs, starts=("pre-trained",)))
    learner = trainable(tiny_model, lambda: SequenceHead(tiny_model.d_model, 2, "mean"), tune=1, seed=0)
    losses = []
    for text, label in PAIRS:
        tokens = tiny_model.tokenizer.encode(*text.split("\n"))
        with torch.no_grad():
            scores = learner(
                torch.tensor([tokens.ids]),
                torch.ones(1, len(tokens), dtype=torch.bool),
                torch.tensor([tokens.type_ids]),
            )[0].double()
        losses.append(float(scores.logsumexp(0) - scores[label]))
    np.testing.assert_allclose(result.losses[0, 0], np.mean(losses), rtol=1e-4)


def test_of_a_pair_that_is_too_long_the_longer_sentence_is_cut(tiny_model: Model) -> None:
    long, short = "风筝" * 200, "孩子"
    row = finetuning.lesson(tiny_model, f"{long}\n{short}", 0, "pair")
    most = min(finetuning.MAX_TOKENS["pair"], tiny_model.max_positions)
    assert row.cut and len(row.ids) == most
    assert row.type_ids.count(1) == len(tiny_model.tokenizer.encode(short)) - 1, "the second is whole"


def test_a_word_that_was_cut_off_counts_against_nobody(tiny_model: Model) -> None:
    text = "风筝" * 100
    inputs = replace(
        SMALL, shape="tokens", starts=("pre-trained",), train=((text, ((0, 1, 0), (198, 200, 1))), *TAGGED),
        held_out=((text + "了", ((0, 1, 0), (199, 200, 1))),),
    )  # fmt: skip
    _, _, result = run(tiny_model, inputs)
    assert result.cut == 2
    np.testing.assert_allclose(result.p_true[0, :, 1], 0.5)


def test_the_line_from_start_to_end_meets_both(tiny_model: Model) -> None:
    """At 0 the loss of the first step (one batch holds all), at 1 that of what was learnt, whoever learnt it."""
    from explorer.lab import loss_line

    inputs = replace(SMALL, batch=len(TRAIN), epochs=6)
    *_, result = finetuning.tune(tiny_model, inputs)
    assert isinstance(result, TuneResult)
    *before, found = loss_line.line(tiny_model, LineInputs(inputs))
    assert isinstance(found, LineResult) and found.losses.shape == (2, len(STOPS))
    assert sum(isinstance(one, TuneStep) for one in before) == 12, "nothing was kept: both are learnt again"
    np.testing.assert_allclose(found.losses[:, STOPS.index(0.0)], result.losses[:, 0], rtol=1e-4)
    assert (found.losses[:, STOPS.index(1.0)] < result.losses[:, -1]).all(), "after the last step"


@pytest.mark.parametrize("high", [1e-2, 1e30])
def test_a_rate_is_looked_for_from_small_to_large_until_the_loss_blows_up(tiny_model: Model, high: float) -> None:
    from explorer.lab import rate_finder

    *steps, found = rate_finder.find(tiny_model, FindInputs(SMALL, steps=12, low=1e-6, high=high))
    assert isinstance(found, FindResult)
    assert found.blew_up == (high > 1)
    assert len(found.rates) == len(found.losses) == len(found.smooth) <= 12
    assert (len(found.rates) < 12) == found.blew_up or found.blew_up
    np.testing.assert_allclose(np.diff(np.log(found.rates.astype(float))), np.log(high / 1e-6) / 11, rtol=1e-3)
    assert 0 <= found.steepest < len(found.rates)
    assert sum(isinstance(one, TuneStep) for one in steps) == len(found.rates)
