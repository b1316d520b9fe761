"""Token tree: many texts that begin alike, read in one run in which no shared beginning is read twice.

Knows the attention masks of the `transformers` library. Each node is a token after its parent; it sees its ancestors
and itself, at the position it has in its own text, so the numbers are those of every text read alone (what Miao et al.
2023, SpecInfer, call tree attention). Knows nothing of prompts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.models.network.kv_cache import Past, new_cache

if TYPE_CHECKING:
    from explorer.models.network.model import Model


def ancestors(parents: Sequence[int], known: int) -> NDArray[np.bool_]:
    """sees[node, known + nodes]: what each node may look at. A parent ≥ 0 is a node before it; −1 − n means that the
    first n of the `known` tokens come before. Raises ValueError for a parent that does not come before its child."""
    sees = np.zeros((len(parents), known + len(parents)), dtype=bool)
    for node, parent in enumerate(parents):
        if parent >= node or parent < -1 - known:
            raise ValueError(f"node {node} has the parent {parent}")
        if parent >= 0:
            sees[node] = sees[parent]
        else:
            sees[node, : -1 - parent] = True
        sees[node, known + node] = True
    return sees


@torch.inference_mode()
def read_tree(model: Model, ids: Sequence[int], parents: Sequence[int], past: Past | None = None) -> Tensor:
    """What the head makes its scores from, [nodes, d], for a tree of tokens after `past` (see `ancestors`).

    `past` stays as it was. Causal models only.
    """
    known = 0 if past is None else len(past)
    sees = ancestors(parents, known)
    own = sees.sum(axis=1) - 1
    places = np.concatenate([np.arange(known), own])
    cache = new_cache(cross=False) if past is None else past.cache_to_read_on()
    model.forward_passes += 1
    out = model._body(
        torch.tensor([list(ids)], device=model.device),
        attention_mask=_masks(model, sees, own[:, None] - places[None, :]),
        position_ids=torch.from_numpy(own)[None].to(model.device),
        past_key_values=cache,
        use_cache=True,
    )
    return out.last_hidden_state[0].float()  # type: ignore[no-any-return]


def _masks(model: Model, sees: NDArray[np.bool_], distance: NDArray[np.int64]) -> Any:
    """The mask as the network wants it: one, or one a kind of layer where some see no farther than a window."""
    config = model._net.config
    window = getattr(config, "sliding_window", None)
    kinds = set(getattr(config, "layer_types", None) or ())
    full = _additive(model, sees)
    if not window or "sliding_attention" not in kinds or distance[sees].max() < window:
        return full
    near = _additive(model, sees & (distance < window))
    return {kind: near if kind == "sliding_attention" else full for kind in kinds}


def _additive(model: Model, sees: NDArray[np.bool_]) -> Tensor:
    mask = torch.zeros(sees.shape, device=model.device)
    return mask.masked_fill_(torch.from_numpy(~sees).to(model.device), torch.finfo(mask.dtype).min)[None, None]
