"""Attention capture: queries, keys, values and attention weights of every layer and head in one run.

Knows the attention interface of the `transformers` library, through which all architectures of the app pass theirs;
so q and k are seen after rotary positions and normalisation, whatever the architecture does to them. Changes no
number: each network's own plain attention is called, and what goes in and comes out is written down.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface, eager_mask

NAME = "open_sesame"


@dataclass(frozen=True)
class Heads:
    """All heads of all layers: query, key, value [layers, B, heads, tokens, d_head]; bias, weights [layers, B, heads,
    L, S]; scale [layers].

    weights[l, b, h, i, j] = softmax over j of scale[l] · query[l, b, h, i] · key[l, b, h, j] + bias[l, b, h, i, j]:
    how much token i takes from token j. `bias` holds what is not a product: T5's relative positions, and a very
    large negative number where a token may not look (the future, padding, beyond a sliding window).

    L tokens look, S are looked at (of another text in cross attention). Where several query heads share a key/value
    head (grouped queries), it is repeated for each of them; `n_kv_heads` says how many there are.
    """

    query: Tensor
    key: Tensor
    value: Tensor
    bias: Tensor
    scale: Tensor
    weights: Tensor
    n_kv_heads: int


@dataclass(frozen=True)
class _One:
    """One attention: as in `Heads`, without the layers."""

    query: Tensor
    key: Tensor
    value: Tensor
    bias: Tensor
    scale: float
    weights: Tensor


_seen: ContextVar[list[_One] | None] = ContextVar("attentions seen", default=None)


@contextmanager
def watched(net: Any) -> Iterator[list[_One]]:
    """Inside, every attention of `net` is added to the list, in the order they run."""
    usual = net.config._attn_implementation
    seen: list[_One] = []
    token = _seen.set(seen)
    net.set_attn_implementation(NAME)
    try:
        yield seen
    finally:
        net.set_attn_implementation(usual)
        _seen.reset(token)


def stacked(seen: Sequence[_One]) -> Heads:
    """One `Heads` of the attentions of several layers."""
    n_heads, n_kv_heads = seen[0].query.shape[1], seen[0].key.shape[1]
    return Heads(
        query=torch.stack([one.query for one in seen]),
        key=torch.stack([one.key for one in seen]).repeat_interleave(n_heads // n_kv_heads, dim=2),
        value=torch.stack([one.value for one in seen]).repeat_interleave(n_heads // n_kv_heads, dim=2),
        bias=torch.stack([one.bias.expand_as(one.weights) for one in seen]),
        scale=torch.tensor([one.scale for one in seen]),
        weights=torch.stack([one.weights for one in seen]),
        n_kv_heads=n_kv_heads,
    )


def _attend(
    module: Any, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, **options: Any
) -> tuple[Tensor, Tensor]:
    plain = sys.modules[type(module).__module__].eager_attention_forward
    mixed, weights = plain(module, query, key, value, attention_mask, **options)
    seen = _seen.get()
    if seen is not None:
        scale = options.get("scaling")
        bias = torch.zeros((), device=query.device)
        for part in (attention_mask, options.get("position_bias")):
            bias = bias if part is None else bias + part
        seen.append(_One(query, key, value, bias, query.shape[-1] ** -0.5 if scale is None else scale, weights))
    return mixed, weights


AttentionInterface.register(NAME, _attend)
AttentionMaskInterface.register(NAME, eager_mask)
