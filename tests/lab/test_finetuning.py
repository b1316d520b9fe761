"""微调: two starts on the same sentences in the same order; its figures recomputed; what can't be taught is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from explorer.content import teaching
from explorer.errors import Told
from explorer.lab import finetuning
from explorer.lab.types.finetuning import MOST_SENTENCES, TuneEpoch, TuneInputs, TuneResult, TuneStep

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
        np.testing.assert_array_equal(result.p[one.start, one.epoch], one.p)
        expected = -np.log(one.p[[0, 1], [1, 0]]).mean()
        np.testing.assert_allclose([one.loss, result.held_out_losses[one.start, one.epoch]], expected, rtol=1e-5)
    np.testing.assert_allclose(result.p.sum(axis=-1), 1, atol=1e-6)


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
    np.testing.assert_array_equal(first.p, again.p)
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
    assert result.p.shape[2] == 2
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
        learner: Any = None

        def get(self, name: str) -> Any:
            return None

        def put(self, name: str, obj: Any, nbytes: int) -> None:
            self.learner = obj

    shelf = Shelf()
    *_, result = finetuning.tune(tiny_model, SMALL, shelf)
    assert isinstance(result, TuneResult)
    before = {
        name: value for name, value in bodies.weights_of(tiny_model).items() if name.startswith("encoder.layer.2.")
    }
    after = dict(shelf.learner.body.named_parameters())
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
        run(tiny_model, replace(SMALL, starts=("pre-trained",), kept_layers=kept, layers=0))[2].p for kept in (-1, 1, 0)
    )
    assert not np.allclose(whole, half) and not np.allclose(half, none)


def test_a_long_sentence_is_cut_and_counted(tiny_model: Model) -> None:
    _, _, result = run(tiny_model, replace(SMALL, train=(*TRAIN, ("风筝" * 200, 0)), epochs=1))
    assert result.cut == 1
