"""Heads and trainable copies against the transformers library: the same losses, step by step, from the same weights."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest
import torch

from explorer.learning.heads import NO_LABEL, LastTokenHead, SequenceHead, SpanHead, TokenHead
from explorer.learning.loop import Group, fit
from explorer.learning.trainable import Texts, Trainable, trainable
from explorer.models.network.model import Model

STEPS, RATE = 4, 1e-3
ModelOf = Callable[[str], Model]


def batches(model: Model, labels: list[torch.Tensor], lengths: tuple[int, ...] = (9, 9, 9)) -> list[Texts]:
    generator = torch.Generator().manual_seed(3)
    found = []
    for label in labels:
        rows = [torch.randint(10, model.vocab_size, (length,), generator=generator).tolist() for length in lengths]
        ids, mask = model.tensor_inputs(rows)
        found.append(Texts(ids, mask, label))
    return found


def theirs(model: Model, module: str, name: str, **settings: Any) -> Any:
    """The library's network of this name with the model's body, ready to train as ours does: eager, no dropout."""
    network = getattr(importlib.import_module(f"transformers.models.{module}.modeling_{module}"), name)
    config = network.config_class.from_dict(model._net.config.to_dict() | settings)
    net = network._from_config(config, attn_implementation="eager").eval()
    body = getattr(net, net.base_model_prefix)
    body.load_state_dict(model._body.state_dict(), strict=False)
    return net


def same_losses(ours: Trainable, net: Any, some: list[Texts], wanted: Callable[[Any, Texts], torch.Tensor]) -> None:
    got = [step.loss for step in fit(ours.groups(RATE), some, ours.loss)]
    optimiser = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=0.0)
    plain = []
    for batch in some:
        loss = wanted(net, batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        plain.append(float(loss.detach()))
    assert len(got) == STEPS and len(set(got)) == STEPS
    assert got == pytest.approx(plain, abs=1e-6)


def test_a_sequence_head_trains_as_berts(tiny_model_of: ModelOf) -> None:
    model = tiny_model_of("bert")
    ours = trainable(model, lambda: SequenceHead(32, 3), seed=1)
    net = theirs(model, "bert", "BertForSequenceClassification", num_labels=3)
    head = ours.head
    assert isinstance(head, SequenceHead) and isinstance(head.pool, torch.nn.Sequential)
    net.bert.pooler.dense.load_state_dict(head.pool[0].state_dict())
    net.classifier.load_state_dict(head.classify.state_dict())
    some = batches(model, [torch.tensor([0, 1, 2])] * STEPS, lengths=(9, 5, 7))
    same_losses(ours, net, some, lambda net, b: net(b.ids, attention_mask=b.mask.long(), labels=b.labels).loss)


def test_a_token_head_trains_as_berts(tiny_model_of: ModelOf) -> None:
    model = tiny_model_of("bert")
    ours = trainable(model, lambda: TokenHead(32, 4), seed=1)
    net = theirs(model, "bert", "BertForTokenClassification", num_labels=4)
    net.classifier.load_state_dict(ours.head.classify.state_dict())  # type: ignore[operator, union-attr]
    labels = torch.arange(27).reshape(3, 9) % 4
    labels[:, 0] = NO_LABEL
    some = batches(model, [labels] * STEPS)
    same_losses(ours, net, some, lambda net, b: net(b.ids, attention_mask=b.mask.long(), labels=b.labels).loss)


def test_a_span_head_trains_as_berts(tiny_model_of: ModelOf) -> None:
    model = tiny_model_of("bert")
    ours = trainable(model, lambda: SpanHead(32), seed=1)
    net = theirs(model, "bert", "BertForQuestionAnswering")
    net.qa_outputs.load_state_dict(ours.head.edges.state_dict())  # type: ignore[operator, union-attr]
    some = batches(model, [torch.tensor([[1, 2], [4, 4], [3, 8]])] * STEPS)
    same_losses(
        ours, net, some,
        lambda net, b: net(
            b.ids, attention_mask=b.mask.long(), start_positions=b.labels[:, 0], end_positions=b.labels[:, 1]
        ).loss,
    )  # fmt: skip


def test_no_span_lies_on_padding(tiny_model_of: ModelOf) -> None:
    model = tiny_model_of("bert")
    [batch] = batches(model, [torch.tensor([[1, 2], [4, 4]])], lengths=(9, 5))
    scores = trainable(model, lambda: SpanHead(32))(batch.ids, batch.mask)
    assert torch.isfinite(scores[0]).all() and torch.isfinite(scores[1, :5]).all()
    assert torch.isneginf(scores[1, 5:]).all()


def test_a_last_token_head_trains_as_llamas(tiny_model_of: ModelOf) -> None:
    model = tiny_model_of("llama")
    ours = trainable(model, lambda: LastTokenHead(32, 2), seed=1)
    net = theirs(model, "llama", "LlamaForSequenceClassification", num_labels=2, pad_token_id=0)
    net.score.load_state_dict(ours.head.classify.state_dict())  # type: ignore[operator, union-attr]
    some = batches(model, [torch.tensor([0, 1, 1])] * STEPS, lengths=(9, 5, 7))
    same_losses(ours, net, some, lambda net, b: net(b.ids, attention_mask=b.mask.long(), labels=b.labels).loss)


def test_the_ways_to_one_vector(tiny_model_of: ModelOf) -> None:
    model = tiny_model_of("bert")
    [batch] = batches(model, [torch.tensor([0, 1])], lengths=(6, 4))
    states = [state.float() for state in model.hidden_states(batch.ids, batch.mask)]
    at = torch.tensor([2, 1])
    wanted = {
        "mean": torch.stack([states[-1][0].mean(0), states[-1][1, :4].mean(0)]),
        "middle": torch.stack([states[-1][0, 3], states[-1][1, 2]]),
        "token": torch.stack([states[-1][0, 2], states[-1][1, 1]]),
        "last_four": torch.cat([state[:, 0] for state in states], dim=-1),  # the embeddings and all three layers
    }
    for pooling, vector in wanted.items():
        ours = trainable(model, lambda pooling=pooling: SequenceHead(32, 2, pooling))  # type: ignore[misc, arg-type]
        scores = ours(batch.ids, batch.mask, at=at)
        torch.testing.assert_close(scores, ours.head.classify(vector.clone()), atol=1e-5, rtol=1e-5)  # type: ignore[operator, union-attr]
    with pytest.raises(ValueError, match="at"):
        trainable(model, lambda: SequenceHead(32, 2, "token"))(batch.ids, batch.mask)


def test_what_is_called_a_group_learns_at_its_own_rate(tiny_model_of: ModelOf) -> None:
    ours = trainable(tiny_model_of("bert"), lambda: SequenceHead(32, 2), tune=1)
    groups = ours.groups(1e-5, head_rate=1e-2, decay=0.1)
    assert [(group.rate, group.decay) for group in groups] == [(1e-5, 0.1), (1e-5, 0.0), (1e-2, 0.1), (1e-2, 0.0)]
    assert all(isinstance(group, Group) for group in groups)
    in_groups = sum(one.numel() for group in groups for one in group.parameters)
    assert in_groups == sum(one.numel() for one in ours.parameters() if one.requires_grad)
