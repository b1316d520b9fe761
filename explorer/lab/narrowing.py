"""Attention with something taken away: heads off, a narrow window, padding seen; and what dense attention costs.

The unmodified model runs beside each change. The weights are never touched.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from explorer.errors import Told
from explorer.lab.experiment import implements
from explorer.lab.reading import edited, encode, mask_id_of, require_position
from explorer.lab.types.arrays import Floats
from explorer.lab.types.attention import (
    DENSE,
    INFLUENCE,
    OFF,
    PADDING,
    WINDOW,
    DenseInputs,
    DenseResult,
    InfluenceResult,
    OffInputs,
    OffResult,
    PaddingInputs,
    PaddingResult,
    WindowInputs,
    WindowResult,
)
from explorer.lab.types.core import Progress, Tokens

if TYPE_CHECKING:
    from torch import Tensor

    from explorer.models.network.model import Model

ROWS = 16
DENSE_REPEATS = 3
SAFE_SHARE = 0.25  # of the free memory: other readers compute too


@implements(OFF)
def off(model: Model, inputs: OffInputs) -> OffResult:
    """The prediction with all heads on, and with those of `off` switched off.

    Raises Told: text_empty, too_long, position_outside, head_outside, head_missing kinds.
    """
    import torch

    tokens, row, position, original = _asked(model, inputs)
    gates = torch.ones(model.n_layers, 2, model.n_heads, device=model.device)
    for layer, head in inputs.off:
        if not (0 <= layer < model.n_layers and 0 <= head < model.n_heads):
            raise Told("head_outside", layer=layer)
        gates[layer, 1, head] = 0
    logits = _gated(model, [row, row], position, gates)
    return OffResult(tokens, position, original, logits.cpu().numpy())


@implements(INFLUENCE)
def influence(model: Model, inputs: OffInputs) -> Iterator[Progress | InfluenceResult]:
    """Every head off alone (a step is a batch of them). Raises Told as `off` does."""
    import torch

    tokens, row, position, _ = _asked(model, inputs)
    heads = [(layer, head) for layer in range(model.n_layers) for head in range(model.n_heads)]
    whole = _gated(model, [row], position, torch.ones(model.n_layers, 1, model.n_heads, device=model.device))[0]
    log_p = whole.double().log_softmax(-1)
    kl, top, p_top = [], [], []
    for start in range(0, len(heads), ROWS):
        part = heads[start : start + ROWS]
        gates = torch.ones(model.n_layers, len(part), model.n_heads, device=model.device)
        for n, (layer, head) in enumerate(part):
            gates[layer, n, head] = 0
        changed = _gated(model, [row] * len(part), position, gates).double().log_softmax(-1)
        kl += (log_p.exp() * (log_p - changed)).sum(-1).tolist()
        top += changed.argmax(-1).tolist()
        p_top += changed.exp().max(-1).values.tolist()
        yield Progress(min(start + ROWS, len(heads)), len(heads))
    shape = (model.n_layers, model.n_heads)
    yield InfluenceResult(
        tokens,
        position,
        int(whole.argmax()),
        np.array(kl, dtype=np.float32).reshape(shape),
        np.array(top, dtype=np.int64).reshape(shape),
        np.array(p_top, dtype=np.float32).reshape(shape),
    )


@implements(PADDING)
def padding(model: Model, inputs: PaddingInputs) -> PaddingResult:
    """The same text alone, padded, and padded without telling the model. Raises Told."""
    import torch

    tokens = encode(model, inputs.text)
    pad, n = model.tokenizer.pad_id or 0, len(tokens)
    ids = torch.tensor([[*tokens.ids, *[pad] * inputs.count]], device=model.device)
    mask = torch.arange(n + inputs.count, device=model.device)[None] < n
    alone = model.hidden_states(ids[:, :n])[-1, 0]
    with_mask, without = model.hidden_states(ids, mask)[-1, 0, :n], model.hidden_states(ids)[-1, 0, :n]

    def mean(weights: Tensor) -> Floats:
        return np.asarray(weights[:, 0, :, :n].mean(1).cpu().numpy(), dtype=np.float32)

    return PaddingResult(
        tokens,
        inputs.count,
        mean(model.attentions(ids, mask)),
        mean(model.attentions(ids)),
        (without - alone).norm(dim=-1).cpu().numpy(),
        (with_mask - alone).norm(dim=-1).cpu().numpy(),
    )


@implements(WINDOW)
def window(model: Model, inputs: WindowInputs) -> Iterator[Progress | WindowResult]:
    """Masked loss when a position sees only its neighbours, in every layer (a step is a text at one width).

    The model was trained to see everything: what is measured is the price of taking that away, not what a model
    trained with a window would lose. Raises Told: text_empty, too_long.
    """
    from explorer.models.network.attention_interventions import altered

    texts = [encode(model, text) for text in inputs.texts]
    if not texts:
        raise Told("text_empty")
    losses: list[list[float]] = [[] for _ in inputs.widths]
    done = 0
    for tokens in texts:
        open_positions = [at for at, special in enumerate(tokens.special) if not special][:: inputs.every]
        for n, width in enumerate(inputs.widths):
            for start in range(0, len(open_positions), ROWS):
                part = open_positions[start : start + ROWS]
                rows = [edited(tokens.ids, {at: mask_id_of(model)}) for at in part]
                ids, _ = model.tensor_inputs(rows)
                with altered(model, window=width):
                    states = model.hidden_states(ids)[-1]
                log_p = model.decode(model.transform(states[range(len(part)), part])).double().log_softmax(-1)
                losses[n] += [-float(log_p[i, tokens.ids[at]]) for i, at in enumerate(part)]
            done += 1
            yield Progress(done, len(texts) * len(inputs.widths))
    yield WindowResult(inputs.widths, np.array(losses, dtype=np.float32))


@implements(DENSE)
def dense(model: Model, inputs: DenseInputs) -> Iterator[Progress | DenseResult]:
    """Time and memory of dense attention on this machine: scores, softmax, weighted values (a step is a length).

    A length whose tensors would take more than a part of the memory that is free is left out, and all beyond it.
    """
    import psutil
    import torch

    room = psutil.virtual_memory().available * SAFE_SHARE
    lengths = [n for n in inputs.lengths if 8.0 * inputs.heads * n * n < room] or [min(inputs.lengths)]
    seconds, sizes = [], []
    with torch.inference_mode():
        for done, n in enumerate(lengths, start=1):
            query, key, value = (torch.randn(inputs.heads, n, inputs.d_head, device=model.device) for _ in range(3))
            best = float("inf")
            for _ in range(DENSE_REPEATS):
                begun = time.perf_counter()
                scores = query @ key.transpose(1, 2) * inputs.d_head**-0.5
                weights = scores.softmax(-1)
                mixed = weights @ value
                if model.device.type == "cuda":
                    torch.cuda.synchronize(model.device)
                best = min(best, time.perf_counter() - begun)
            seconds.append(best)
            sizes.append(sum(made.untyped_storage().nbytes() for made in (scores, weights, mixed)))
            yield Progress(done, len(lengths))
    yield DenseResult(tuple(lengths), np.array(seconds, dtype=np.float32), np.array(sizes, dtype=np.int64))


def _asked(model: Model, inputs: OffInputs) -> tuple[Tokens, list[int], int, int]:
    """Tokens, the row of ids, the position whose answer is read, and what stood there (−1: nothing)."""
    tokens = encode(model, inputs.text)
    if model.kind == "causal":
        return tokens, list(tokens.ids), len(tokens) - 1, -1
    if model.kind != "masked":
        raise Told("no_answer", model=model.info.name)
    require_position(tokens, inputs.position)
    original = tokens.ids[inputs.position]
    return tokens, edited(tokens.ids, {inputs.position: mask_id_of(model)}), inputs.position, original


def _gated(model: Model, rows: list[list[int]], position: int, gates: Tensor) -> Tensor:
    """Scores [rows, V] at `position`, each row with its own heads on."""
    from explorer.models.network.attention_interventions import altered

    ids, _ = model.tensor_inputs(rows)
    with altered(model, gates=gates):
        states = model.hidden_states(ids)[-1, :, position]
    return model.decode(model.transform(states))
