"""Chapter 4, 注意力: who looks at whom, in every head of every layer, and how one weight comes about.

Every experiment takes a `Model` handle and frozen inputs (lab/types/attention.py) and returns arrays in fp32. What
switches heads off or narrows the view lives beside this file (narrowing.py) and is found under this name too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.errors import Told
from explorer.lab.experiment import implements
from explorer.lab.narrowing import dense, influence, off, padding, window
from explorer.lab.types.arrays import Floats
from explorer.lab.types.attention import (
    ATLAS,
    CELL,
    CELLS,
    LOOK,
    MAX_TOKENS,
    AtlasResult,
    Bytes,
    CellInputs,
    CellResult,
    CellsResult,
    LookInputs,
    LookResult,
    Sight,
)
from explorer.lab.types.core import Tokens
from explorer.models.network import positions

if TYPE_CHECKING:
    from explorer.models.network.attention_capture import Heads
    from explorer.models.network.model import Model

__all__ = ["atlas", "cell", "cells", "dense", "influence", "look", "off", "padding", "window"]

MAX_CELLS = 128
THUMB = 64


@implements(LOOK)
def look(model: Model, inputs: LookInputs) -> LookResult:
    """Every head's weights. Raises Told: text_empty, pair_empty, too_long, no_attention, head_outside."""
    looking, seen, heads = read(model, inputs.sight)
    if not -1 <= inputs.layer < len(heads.weights):
        raise Told("head_outside", layer=inputs.layer)
    weights: Floats = heads.weights[:, 0].float().cpu().numpy()
    return LookResult(
        looking=looking,
        seen=seen,
        weights=weights if inputs.layer < 0 else weights[inputs.layer : inputs.layer + 1],
        thumbs=thumbs(weights),
        layer=inputs.layer,
        n_kv_heads=heads.n_kv_heads,
        causal=_causal(model, inputs.sight.part),
        window=tuple(positions.window(model, layer) for layer in range(len(weights))),
    )


@implements(CELL)
def cell(model: Model, inputs: CellInputs) -> CellResult:
    """One row of one head with everything it was made from.

    Raises Told: text_empty, pair_empty, too_long, no_attention, head_outside, position_outside.
    """
    everything = _cells(model, inputs.sight)
    n_layers, n_heads, count = everything.query.shape[:3]
    if not (0 <= inputs.layer < n_layers and 0 <= inputs.head < n_heads):
        raise Told("head_outside", layer=inputs.layer)
    if not 0 <= inputs.query < count:
        raise Told("position_outside", position=inputs.query, count=count)
    return everything.one(inputs.layer, inputs.head, inputs.query)


@implements(CELLS)
def cells(model: Model, inputs: LookInputs) -> CellsResult:
    """The same for every head and every token at once, so that another head needs no other run.

    Raises Told: text_empty, pair_empty, too_long (128 tokens here), no_attention.
    """
    result = _cells(model, inputs.sight)
    if max(len(result.looking), len(result.seen)) > MAX_CELLS:
        raise Told("too_long", limit=MAX_CELLS, used=len(result.seen))
    return result


@implements(ATLAS)
def atlas(model: Model, inputs: LookInputs) -> AtlasResult:
    """What each head does, in numbers, and how far information has come by each layer.

    Raises Told: text_empty, pair_empty, too_long, no_attention; no_rollout for cross attention.
    """
    looking, seen, heads = read(model, inputs.sight)
    if looking.ids != seen.ids or inputs.sight.part == "cross":
        raise Told("no_rollout")
    weights = heads.weights[:, 0].double().cpu().numpy()
    n = len(looking)
    at = np.arange(n)
    special = np.array(looking.special)
    first = special & (at == 0)
    same = np.array([[i != j and looking.ids[i] == looking.ids[j] for j in at] for i in at]) & ~special[:, None]

    def share(mask: Any) -> Floats:
        return np.asarray((weights * mask).sum(-1).mean(-1), dtype=np.float32)

    logs = np.log2(np.where(weights > 0, weights, 1))
    return AtlasResult(
        looking=looking,
        entropy=np.asarray(-(weights * logs).sum(-1).mean(-1), dtype=np.float32),
        distance=share(np.abs(at[:, None] - at[None, :])),
        itself=share(np.eye(n)),
        previous=share(np.eye(n, k=-1)),
        following=share(np.eye(n, k=1)),
        first=share(np.broadcast_to(first, (n, n))),
        separators=share(np.broadcast_to(special & ~first, (n, n))),
        same=share(same),
        rollout=rollout(weights),
    )


def read(model: Model, sight: Sight) -> tuple[Tokens, Tokens, Heads]:
    """The tokens that look, those looked at, and the heads between them. Raises Told as `look` does."""
    import torch

    if sight.pair and not sight.pair.strip():
        raise Told("pair_empty")
    source = model.tokenizer.encode(sight.text, sight.pair or None)
    _bounded(model, source)
    ids = torch.tensor([source.ids], device=model.device)
    types = torch.tensor([source.type_ids], device=model.device) if sight.pair else None
    looking, targets = source, None
    if sight.part != "self":
        looking = _written(model, sight.target)
        targets = torch.tensor([looking.ids], device=model.device)
    try:
        heads = model.heads(ids, None, types, targets=targets, cross=sight.part == "cross")
    except (IndexError, AttributeError, ValueError) as error:
        # No attention went by: the network computes it in a way the library's interface does not show.
        raise Told("no_attention", model=model.info.name) from error
    return looking, source if sight.part != "decoder" else looking, heads


def thumbs(weights: Floats) -> Bytes:
    """Each matrix in 0…255, the largest weight of every block where it has more than THUMB rows or columns."""
    small = _pooled(_pooled(weights, -2), -1)
    return np.asarray(np.rint(small * 255), dtype=np.uint8)


def rollout(weights: Any) -> Floats:
    """Abnar & Zuidema 2020: per layer the heads' mean, half itself (the residual), multiplied from the bottom up."""
    n = weights.shape[-1]
    flow, out = np.eye(n), []
    for layer in weights.mean(1):
        flow = (0.5 * layer + 0.5 * np.eye(n)) @ flow
        out.append(flow)
    return np.asarray(out, dtype=np.float32)


def _cells(model: Model, sight: Sight) -> CellsResult:
    looking, seen, heads = read(model, sight)
    query, key, value, weights, bias = (
        np.asarray(part[:, 0].float().cpu().numpy())
        for part in (heads.query, heads.key, heads.value, heads.weights, heads.bias)
    )
    shared = bool((bias == bias[:, :1]).all())
    return CellsResult(
        looking=looking,
        seen=seen,
        query=query,
        key=key,
        value=value,
        scale=heads.scale.float().cpu().numpy(),
        bias=bias[:, :1] if shared else bias,
        weights=weights,
        n_kv_heads=heads.n_kv_heads,
        rotary=positions.rotary(model),
        window=tuple(positions.window(model, layer) for layer in range(len(weights))),
    )


def _bounded(model: Model, tokens: Tokens) -> None:
    if all(tokens.special):
        raise Told("text_empty")
    limit = min(MAX_TOKENS, model.max_positions)
    if len(tokens) > limit:
        raise Told("too_long", limit=limit, used=len(tokens))


def _written(model: Model, target: str) -> Tokens:
    """What the decoder reads: its start token, then the target without the token that ends it."""
    if model.start_id is None:
        raise Told("no_decoder", model=model.info.name)
    tokens = model.tokenizer.encode(target)
    kept = [n for n, special in enumerate(tokens.special) if not special]
    if len(kept) + 1 > min(MAX_TOKENS, model.max_positions):
        raise Told("too_long", limit=min(MAX_TOKENS, model.max_positions), used=len(kept) + 1)
    return Tokens(
        text=tokens.text,
        pieces=(model.tokenizer.vocabulary()[model.start_id], *(tokens.pieces[n] for n in kept)),
        ids=(model.start_id, *(tokens.ids[n] for n in kept)),
        type_ids=(0,) * (len(kept) + 1),
        offsets=((0, 0), *(tokens.offsets[n] for n in kept)),
        special=(True, *(False for _ in kept)),
        unknown=(False, *(tokens.unknown[n] for n in kept)),
        words=(-1, *(tokens.words[n] for n in kept)),
    )


def _pooled(weights: Floats, axis: int) -> Floats:
    size = weights.shape[axis]
    if size <= THUMB:
        return weights
    edges = np.linspace(0, size, THUMB, endpoint=False).astype(int)
    return np.asarray(np.maximum.reduceat(weights, edges, axis=axis))


def _causal(model: Model, part: str) -> bool:
    return part == "decoder" or (part == "self" and model.kind == "causal")
