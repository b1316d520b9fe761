"""Heads over sentence pairs: BERT's next-sentence head, and our sentence-order head, beside a loaded `Model`.

Knows the tensors of both heads and where they lie; the body's hidden states come from the `Model`. It knows no text.
Both heads: one vector → dense, tanh → two scores. The next-sentence head is part of the model's own file and reads
[CLS]. The order head (assets/models/<model>-sop) reads the mean of the second sentence minus that of the first, and may
run a copy of the body's top layers before that, tuned for the question.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from explorer.errors import ModelUnavailable
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.network import companion
from explorer.models.network.model import Model

NEXT = {
    "dense.weight": "bert.pooler.dense.weight",
    "dense.bias": "bert.pooler.dense.bias",
    "decide.weight": "cls.seq_relationship.weight",
    "decide.bias": "cls.seq_relationship.bias",
}


class PairHead(nn.Module):
    """Two scores for a pair, from hidden states after layer `reads`: index 0 means yes (next; in order).

    `layers` copies of the body's layers come first (none for a head on the frozen body). `difference`: the vector
    that is read is the mean over the second sentence minus the mean over the first, not [CLS].
    """

    def __init__(self, d_model: int, reads: int, layers: list[nn.Module], *, difference: bool = False) -> None:
        super().__init__()
        self.reads = reads
        self.difference = difference
        self.layers = nn.ModuleList(layers)
        self.dense = nn.Linear(d_model, d_model)
        self.decide = nn.Linear(d_model, 2)

    def forward(self, states: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """vector[B, d], pooled[B, d], scores[B, 2] of states[B, L, d], mask[B, L] (True = a token), types[B, L]."""
        seen = mask[:, None, None, :]
        for layer in self.layers:
            states = layer(states, seen)
        vector = mean_difference(states, mask, types) if self.difference else states[:, 0]
        pooled = torch.tanh(self.dense(vector))
        return vector, pooled, self.decide(pooled)


def mean_difference(states: Tensor, mask: Tensor, types: Tensor) -> Tensor:
    """[B, d]: the mean of states[B, L, d] over segment 1 minus that over segment 0 (special tokens are of both)."""
    second = (mask & (types == 1))[:, :, None]
    first = (mask & (types == 0))[:, :, None]
    return (states * second).sum(1) / second.sum(1) - (states * first).sum(1) / first.sum(1)


def bert_layers(settings: dict[str, Any], count: int) -> list[nn.Module]:
    """`count` fresh layers of the shape that config.json describes."""
    from transformers import BertConfig
    from transformers.models.bert.modeling_bert import BertLayer

    config = BertConfig(**settings)
    config._attn_implementation = "sdpa"
    return [BertLayer(config) for _ in range(count)]  # type: ignore[no-untyped-call]


def order_folder(info: ModelInfo) -> Path:
    """Where a model's sentence-order head lies."""
    return info.companion("sop")


def next_head(model: Model) -> PairHead:
    """BERT's own next-sentence head. Raises ModelUnavailable("pair_head_missing") for a model without one."""
    return model.once("next-sentence head", lambda: _next_head(model))


def order_head(model: Model) -> PairHead:
    """Our sentence-order head. Raises ModelUnavailable: pair_head_missing; model_damaged if made for other weights."""
    where = order_folder(model.info)
    return model.once(where, lambda: _order_head(model, where))


def _next_head(model: Model) -> PairHead:
    missing = ModelUnavailable("pair_head_missing", model=model.info.name)
    tensors = companion.tensors(model.info.weights_file, missing)
    if not set(NEXT.values()) <= set(tensors):
        raise missing
    head = PairHead(model.d_model, model.n_layers, [])
    head.load_state_dict({ours: tensors[theirs].float() for ours, theirs in NEXT.items()})
    return head.eval().to(model.device)


def _order_head(model: Model, where: Path) -> PairHead:
    missing = ModelUnavailable("pair_head_missing", model=model.info.name)
    settings, weights = companion.opened(model.info, "sop", where, missing)
    head = PairHead(
        model.d_model, settings["reads"], bert_layers(settings["layer"], settings["layers"]), difference=True
    )
    head.load_state_dict(weights)
    return head.eval().to(model.device)
