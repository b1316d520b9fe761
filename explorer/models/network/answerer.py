"""Heads that answer questions: two vectors, S and E, on a body that reads with low-rank additions.

Knows where they lie (assets/models/<model>-qa-<language>) and their tensors. The body is the loaded `Model` itself:
only the additions are the head's own. It knows no text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from explorer.errors import ModelUnavailable
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.network import companion, low_rank
from explorer.models.network.model import Model

EDGES = "head.edges"  # as `explorer.learning.heads.SpanHead` names its matrix inside what was trained
BODY = "body."


@dataclass(frozen=True, eq=False)
class Answerer:
    """What was learnt: additions (a, b) by the names of the body's matrices, edges[2, d] (S, E) and bias[2]."""

    model: Model
    additions: Mapping[str, tuple[Tensor, Tensor]]
    scale: float
    edges: Tensor
    bias: Tensor

    @torch.inference_mode()
    def read(self, ids: Tensor, mask: Tensor, type_ids: Tensor) -> tuple[Tensor, Tensor]:
        """vectors[B, L, d] of the last layer and scores[B, L, 2] = S · vector, E · vector (+ bias)."""
        with low_rank.beside(self.model._body, self.additions, self.scale):
            vectors = self.model.hidden_states(ids, mask, type_ids)[-1].float()
        return vectors, vectors @ self.edges.T + self.bias


def folder(info: ModelInfo, taught_in: str) -> Path:
    """Where the head that was taught in a language lies."""
    return info.companion(f"qa-{taught_in}")


def answerer(model: Model, taught_in: str) -> Answerer:
    """Raises ModelUnavailable: answerer_missing; model_damaged where it was made for other weights."""
    where = folder(model.info, taught_in)
    return model.once(where, lambda: opened(model, where, f"qa-{taught_in}"))


def opened(model: Model, where: Path, name: str) -> Answerer:
    """The head in a folder. Raises as `answerer`."""
    settings, tensors = companion.opened(
        model.info, name, where, ModelUnavailable("answerer_missing", model=model.info.name)
    )
    names = sorted({name.rpartition(".")[0] for name in tensors if name.startswith(BODY)})
    on = {name: tensor.to(model.device) for name, tensor in tensors.items()}
    return Answerer(
        model,
        {name.removeprefix(BODY): (on[f"{name}.a"], on[f"{name}.b"]) for name in names},
        settings["scale"],
        on[f"{EDGES}.weight"],
        on[f"{EDGES}.bias"],
    )
