"""Trainable copies: nothing is shared with the model that others read, what is random is so by seed, and its bytes."""

from __future__ import annotations

from typing import Literal

import pytest
import torch

from explorer.errors import Told
from explorer.learning.heads import LastTokenHead, SequenceHead
from explorer.learning.loop import fit
from explorer.learning.trainable import Texts, Trainable, trainable
from explorer.models.network.model import Model
from tests import tiny
from tests.learning.test_heads import ModelOf

FAMILIES = sorted(tiny.FAMILIES)


def head() -> SequenceHead:
    return SequenceHead(32, 2)


def a_batch(model: Model) -> Texts:
    ids, mask = model.tensor_inputs([[2, 30, 31, 32, 3], [2, 40, 41, 3]])
    return Texts(ids, mask, torch.tensor([0, 1]))


def moved(before: dict[str, torch.Tensor], body: torch.nn.Module) -> set[str]:
    return {name for name, weights in body.named_parameters() if not torch.equal(before[name], weights.detach())}


def test_making_a_copy_leaves_the_model_s_settings_as_they_are(tiny_model_of: ModelOf) -> None:
    """The library writes into the settings it builds from: how attention is computed, for one."""
    for family, its_head in (("bert", head), ("llama", lambda: LastTokenHead(32, 2))):
        net = tiny_model_of(family)._net
        before = (net.config._attn_implementation, net.config.to_dict())
        trainable(tiny_model_of(family), its_head)
        assert (net.config._attn_implementation, net.config.to_dict()) == before == ("sdpa", before[1])


@pytest.mark.parametrize("family", FAMILIES)
def test_a_copy_reads_as_the_model_does_and_never_changes_it(family: str, tiny_model_of: ModelOf) -> None:
    model = tiny_model_of(family)
    batch = a_batch(model)
    before = model.hidden_states(batch.ids, batch.mask)
    weights = {name: tensor.clone() for name, tensor in model._net.state_dict().items()}
    with torch.inference_mode():  # as a reader's experiment may have it
        ours = trainable(model, lambda: LastTokenHead(32, 2) if model.kind == "causal" else head())
        read = ours.body(batch.ids, attention_mask=batch.mask, output_hidden_states=True).hidden_states
    there = batch.mask[:, :, None]
    torch.testing.assert_close(read[1] * there, before[1] * there, atol=1e-5, rtol=1e-5)
    losses = [step.loss for step in fit(ours.groups(1e-3), [batch] * 8, ours.loss)]
    assert losses[-1] < losses[0]
    assert all(torch.equal(tensor, weights[name]) for name, tensor in model._net.state_dict().items())


def body_state(ours: Trainable) -> dict[str, torch.Tensor]:
    return {name: weights.detach().clone() for name, weights in ours.body.named_parameters()}


def test_random_weights_come_from_the_seed_and_disturb_no_one(tiny_model_of: ModelOf) -> None:
    model = tiny_model_of("bert")
    torch.manual_seed(9)
    wanted = torch.rand(1)
    torch.manual_seed(9)
    first, again, other = (trainable(model, head, start="random", seed=seed) for seed in (1, 1, 2))
    assert torch.equal(torch.rand(1), wanted)
    assert all(map(torch.equal, first.parameters(), again.parameters()))
    assert not torch.equal(first.body.get_input_embeddings().weight, other.body.get_input_embeddings().weight)  # type: ignore[operator]
    assert moved(model._body.state_dict(), first.body) == set(dict(first.body.named_parameters()))


def test_re_embedded_is_the_model_with_other_words(tiny_model_of: ModelOf) -> None:
    model = tiny_model_of("bert")
    ours = trainable(model, head, start="re-embedded")
    assert moved(model._body.state_dict(), ours.body) == {"embeddings.word_embeddings.weight"}


def test_the_first_layers_are_kept_and_the_rest_is_random(tiny_model_of: ModelOf) -> None:
    model = tiny_model_of("bert")
    changed = moved(model._body.state_dict(), trainable(model, head, kept_layers=2).body)
    assert changed and all(name.startswith("encoder.layer.2.") for name in changed)
    causal = tiny_model_of("llama")
    changed = moved(causal._body.state_dict(), trainable(causal, lambda: LastTokenHead(32, 2), kept_layers=2).body)
    assert {name.split(".")[1] if name.startswith("layers") else name for name in changed} == {"2", "norm.weight"}


@pytest.mark.parametrize(("tune", "layers"), [("head", set()), (1, {"2"}), (2, {"1", "2"}), ("all", {"0", "1", "2"})])
def test_only_what_is_tuned_moves(tune: str | int, layers: set[str], tiny_model_of: ModelOf) -> None:
    model = tiny_model_of("bert")
    ours = trainable(model, head, tune=tune)  # type: ignore[arg-type]
    before, its_head = body_state(ours), ours.head.classify.weight.detach().clone()  # type: ignore[operator, union-attr]
    for _ in fit(ours.groups(1e-2), [a_batch(model)], ours.loss):
        pass
    changed = moved(before, ours.body)
    assert {name.split(".")[2] for name in changed if name.startswith("encoder.layer.")} == layers
    assert any(name.startswith("embeddings.") for name in changed) is (tune == "all")
    assert not torch.equal(ours.head.classify.weight, its_head)  # type: ignore[operator, union-attr, arg-type]


def test_its_bytes_are_weights_gradients_and_moments(tiny_model_of: ModelOf) -> None:
    model = tiny_model_of("bert")
    body = sum(weights.numel() for weights in model._body.parameters())
    its_head = 32 * 32 + 32 + 32 * 2 + 2
    assert trainable(model, head, tune="head").nbytes == 4 * body + 16 * its_head
    assert trainable(model, head).nbytes == 16 * (body + its_head)


def test_more_layers_than_there_are_is_told(tiny_model_of: ModelOf) -> None:
    for options in ({"tune": 4}, {"kept_layers": 4}, {"tune": -1}):
        with pytest.raises(Told) as told:
            trainable(tiny_model_of("bert"), head, **options)  # type: ignore[arg-type]
        assert (told.value.key, told.value.values["count"]) == ("layer_outside", 3)


@pytest.mark.parametrize("tune", ["head", 1])
def test_what_stands_still_may_be_read_once_and_kept(tiny_model: Model, tune: Literal["head"] | int) -> None:
    """The states that go into the first tuned layer, and the scores made of them, are the whole network's."""
    learner = trainable(tiny_model, lambda: SequenceHead(tiny_model.d_model, 3, "mean"), tune=tune, seed=3)
    ids, mask = tiny_model.tensor_inputs([[2, 7, 9, 11, 3], [2, 8, 3]])
    assert learner.has_memory
    below = learner.below(ids, mask)
    assert not below.requires_grad
    torch.testing.assert_close(learner.above(below, mask), learner(ids, mask))
    whole = trainable(tiny_model, lambda: SequenceHead(tiny_model.d_model, 3, "mean"), tune="all", seed=3)
    assert not whole.has_memory  # its word vectors move
