"""Attention interventions: heads switched off, or every position limited to a window.

Knows the attention interface of the `transformers` library, as attention_capture.py does. Outside the context manager
the model is what it was; the weights are never touched.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface, eager_mask

if TYPE_CHECKING:
    from explorer.models.network.model import Model

NAME = "open_sesame_altered"


@dataclass
class _Change:
    """gates[layers, B, heads]: what a head's output is multiplied by; window: how far a position sees, 0 for all."""

    gates: Tensor | None
    window: int
    layer: int = 0


_change: ContextVar[_Change | None] = ContextVar("attention changed", default=None)


@contextmanager
def altered(model: Model, *, gates: Tensor | None = None, window: int = 0) -> Iterator[None]:
    """Inside, one run of the model's body has each head's output multiplied by its gate (1 on, 0 off), and position i
    sees position j only where |i − j| ≤ window // 2."""
    net = model._net
    usual = net.config._attn_implementation
    token = _change.set(_Change(gates, window))
    net.set_attn_implementation(NAME)
    try:
        yield
    finally:
        net.set_attn_implementation(usual)
        _change.reset(token)


def _attend(
    module: Any, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, **options: Any
) -> tuple[Tensor, Tensor]:
    change = _change.get()
    assert change is not None, "used inside `altered` only"
    if change.window:
        at = torch.arange(query.shape[2], device=query.device)
        far = (at[:, None] - at[None, :]).abs() > change.window // 2
        closed = torch.zeros(far.shape, device=query.device).masked_fill(far, torch.finfo(query.dtype).min)[None, None]
        attention_mask = closed if attention_mask is None else torch.minimum(attention_mask, closed)
    plain = sys.modules[type(module).__module__].eager_attention_forward
    mixed, weights = plain(module, query, key, value, attention_mask, **options)
    if change.gates is not None:  # mixed[B, L, heads, d_head]
        mixed = mixed * change.gates[change.layer % len(change.gates)][:, None, :, None]
    change.layer += 1
    return mixed, weights


AttentionInterface.register(NAME, _attend)
AttentionMaskInterface.register(NAME, eager_mask)
