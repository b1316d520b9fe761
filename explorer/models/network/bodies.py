"""Bodies to train: a network below its head, built anew in a loaded model's shape, and which layer a weight is part of.

Knows where `Model` keeps its network, so that nobody above has to. What is built shares nothing with the model.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn

from explorer.models.network.construction import BUILDING
from explorer.models.network.model import Model

EMBEDDINGS = -1


def new_body(model: Model, seed: int) -> Any:
    """A body of the model's shape with the random weights the `transformers` library starts it with, drawn by `seed`.

    For an encoder-decoder this is the encoder. Attention is computed step by step ("eager"), which is what trains
    fastest on a CPU at the lengths of a page. The process's own random numbers go on as if nothing had been drawn.
    """
    with BUILDING, torch.inference_mode(False), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        settings = copy.deepcopy(model._net.config)  # the library writes into what it is given
        network = type(model._net)._from_config(settings, attn_implementation="eager")
        return network.get_submodule(model._row.body).to(model.device)


def weights_of(model: Model) -> dict[str, Tensor]:
    """The loaded body's tensors by the names that `new_body` gives them; they are the shared ones: to be copied."""
    state: dict[str, Tensor] = model._body.state_dict()
    return state


def layer_of(model: Model, name: str) -> int:
    """The layer (from 0) that a weight of the body belongs to; EMBEDDINGS below the first, the number of layers above
    the last (the final normalisation). ALBERT runs one layer again and again: it has the layer 0 alone."""
    row = model._row
    prefix = row.layers.removeprefix(f"{row.body}.") + "."
    if name.startswith(prefix):
        return int(name.removeprefix(prefix).split(".", 1)[0])
    final = row.final_norm.rpartition(".")[2]
    return len(model._layers) if final and name.startswith(f"{final}.") else EMBEDDINGS


def n_layers_with_weights(model: Model) -> int:
    """How many layers have weights of their own."""
    return len(model._layers)


@dataclass(frozen=True)
class Parts:
    """A body in pieces that can be run one by one: ids[B, L] → states[B, L, d], then each layer (states, mask added to
    the scores)."""

    embeddings: nn.Module
    layers: nn.ModuleList


def parts_of(model: Model, body: nn.Module) -> Parts | None:
    """The pieces of a body that `new_body` built; None for architectures whose layers can't be run so."""
    row = model._row
    if row.last_row is None or row.final_norm:
        return None
    inside = f"{row.body}."
    return Parts(
        body.get_submodule(row.embeddings.removeprefix(inside)),
        cast(nn.ModuleList, body.get_submodule(row.layers.removeprefix(inside))),
    )


def word_vectors_of(body: nn.Module) -> nn.Parameter:
    """The table of token embeddings [V, e]."""
    table: nn.Parameter = body.get_input_embeddings().weight  # type: ignore[operator]
    return table
