"""Positions: how a network knows where a token stands, how far a layer may look, and a reading without any positions.

Knows what the library's settings and modules are called; imports no torch and changes no weight.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

    from explorer.models.network.model import Model

_TABLES = ("position_embeddings", "wpe", "embed_positions")


def rotary(model: Model) -> bool:
    """Whether queries and keys are turned by where they stand (Su et al. 2021), in a causal model."""
    return model.kind == "causal" and hasattr(model._net.config, "rope_parameters")


def window(model: Model, layer: int) -> int:
    """How many tokens back layer `layer` (from 0) sees; 0 where it sees everything it may."""
    config = model._net.config
    kinds = getattr(config, "layer_types", None)
    if not kinds or kinds[layer] != "sliding_attention":
        return 0
    return int(getattr(config, "sliding_window", 0) or 0)


@contextmanager
def without(model: Model) -> Iterator[None]:
    """Meanwhile the table of positions answers zero; models with rotary positions have no such table."""
    hooks = [
        module.register_forward_hook(_nothing)
        for name, module in model._net.named_modules()
        if name.rpartition(".")[2] in _TABLES
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _nothing(module: Any, arguments: Any, output: Tensor) -> Tensor:
    return output * 0
