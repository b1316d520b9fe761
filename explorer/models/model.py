"""A loaded model as experiments see it: hidden states, attentions, and the masked-language-model head.

Knows tensors and, through architectures.py, where a network keeps its parts. Knows nothing of texts beyond the
tokenizer it carries, of queues, or of readers. One thread at a time may use a model: the engine sees to that.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from typing import Any

import torch
from torch import Tensor, nn

from explorer.models.architectures import MaskedParts
from explorer.models.catalog import ModelInfo
from explorer.models.tokenizer import TextTokenizer

FAST_ENOUGH = 0.65  # bf16 must take at most this share of fp32's time: a third of its answers may be computed again
PROBE_ROWS, PROBE_REPEATS = 512, 5


class Model:
    """A masked language model in fp32 on one device. All methods compute without gradients.

    Shapes: B texts in a batch, L tokens in the longest, d the width of the vectors, V the vocabulary.
    `forward_passes` counts runs of the network's body (a batch is one).
    """

    def __init__(self, info: ModelInfo, net: Any, parts: MaskedParts, tokenizer: TextTokenizer) -> None:
        self.info = info
        self.revision = info.revision
        self.tokenizer = tokenizer
        self.forward_passes = 0
        self._net = net
        self._parts = parts
        self._body: Any = net.get_submodule(parts.body)
        self._embeddings = net.get_submodule(parts.embeddings)
        self._layers: list[Any] = list(net.get_submodule(parts.layers).children())
        self._transform = net.get_submodule(parts.transform)
        self._decoder = net.get_submodule(parts.decoder)
        self.n_layers = len(self._layers)
        self.n_heads = int(self._net.config.num_attention_heads)
        self.d_model = int(self._net.config.hidden_size)
        self.vocab_size = int(self._net.config.vocab_size)
        self.max_positions = int(self._net.config.max_position_embeddings)
        self.device = next(net.parameters()).device

    def tensor_inputs(self, rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
        """ids[B, L] and mask[B, L] (True = a token, False = padding) of lists of token ids."""
        longest = max(len(row) for row in rows)
        pad = self.tokenizer.pad_id or 0
        ids = torch.tensor([[*row, *[pad] * (longest - len(row))] for row in rows], device=self.device)
        lengths = torch.tensor([len(row) for row in rows], device=self.device)
        return ids, torch.arange(longest, device=self.device) < lengths[:, None]

    @torch.inference_mode()
    def hidden_states(self, ids: Tensor, mask: Tensor | None = None, type_ids: Tensor | None = None) -> Tensor:
        """hidden_states[layers + 1, B, L, d]; entry 0 is the sum of the embeddings after its LayerNorm."""
        self.forward_passes += 1
        out = self._body(ids, attention_mask=mask, token_type_ids=type_ids, output_hidden_states=True)
        return torch.stack(out.hidden_states)

    @torch.inference_mode()
    def attentions(self, ids: Tensor, mask: Tensor | None = None, type_ids: Tensor | None = None) -> Tensor:
        """attentions[layers, B, heads, L, L]: row = the token that looks, column = the token looked at."""
        self.forward_passes += 1
        usual = self._net.config._attn_implementation
        self._net.set_attn_implementation("eager")  # the fused kernels never write the weights down
        try:
            out = self._body(ids, attention_mask=mask, token_type_ids=type_ids, output_attentions=True)
        finally:
            self._net.set_attn_implementation(usual)
        return torch.stack(out.attentions)

    @torch.inference_mode()
    def last_hidden_at(self, ids: Tensor, positions: Tensor, mask: Tensor | None = None) -> Tensor:
        """The last layer's output at the asked positions alone: [B, d] for positions[B], [B, n, d] for [B, n].

        The same numbers as the last of `hidden_states`, but of the last layer only what is asked is computed:
        queries of the asked positions, keys and values of all. The layers below are needed everywhere.
        """
        wanted = positions[:, None] if positions.dim() == 1 else positions
        if self._parts.last_row is None:
            rows = _at(self.hidden_states(ids, mask)[-1], wanted)
        else:
            self.forward_passes += 1
            seen = None if mask is None or bool(mask.all()) else mask[:, None, None, :].bool()
            hidden = self._embeddings(ids)
            for layer in self._layers[:-1]:
                hidden = layer(hidden, seen)
            rows = self._last_layer_at(hidden, wanted, seen)
        return rows[:, 0] if positions.dim() == 1 else rows

    @torch.inference_mode()
    def transform(self, hidden: Tensor) -> Tensor:
        """The head's first half, [..., d] → [..., d]: dense layer, activation, LayerNorm; always in fp32."""
        with torch.autocast(self.device.type, enabled=False):
            out: Tensor = self._transform(hidden.float())
        return out

    @torch.inference_mode()
    def decode(self, transformed: Tensor) -> Tensor:
        """The head's second half, [..., d] → scores [..., V]: transformed · embeddingᵀ + bias; always in fp32."""
        with torch.autocast(self.device.type, enabled=False):
            out: Tensor = self._decoder(transformed.float())
        return out

    @contextmanager
    def in_bf16(self) -> Iterator[None]:
        """Inside, the body multiplies matrices in bf16 (see `fast_pays`); weights and the head stay in fp32."""
        with torch.autocast(self.device.type, torch.bfloat16):
            yield

    @cached_property
    def fast_pays(self) -> bool:
        """Measured once, on one layer of this model: is bf16 clearly faster here than fp32?"""
        states = torch.zeros(PROBE_ROWS // 32, 32, self.d_model, device=self.device)
        layer = self._layers[0]
        in_fp32 = _seconds(partial(layer, states), self.device)
        with self.in_bf16():
            in_bf16 = _seconds(partial(layer, states), self.device)
        return in_bf16 < FAST_ENOUGH * in_fp32

    def _last_layer_at(self, hidden: Tensor, positions: Tensor, seen: Tensor | None) -> Tensor:
        names, layer = self._parts.last_row, self._layers[-1]
        assert names is not None
        look: Any = layer.get_submodule(names.self_attention)
        asked = _at(hidden, positions)
        query, key, value = (
            projected.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
            for projected in (look.query(asked), look.key(hidden), look.value(hidden))
        )
        mixed = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=seen)
        attended = layer.get_submodule(names.attention_output)(mixed.transpose(1, 2).flatten(2), asked)
        widen, narrow = (layer.get_submodule(name) for name in names.feed_forward)
        out: Tensor = narrow(widen(attended), attended)
        return out


def _at(hidden: Tensor, positions: Tensor) -> Tensor:
    """hidden[B, L, d] at positions[B, n] → [B, n, d]."""
    return hidden.gather(1, positions[..., None].expand(-1, -1, hidden.shape[-1]))


@torch.inference_mode()
def _seconds(run: Any, device: torch.device) -> float:
    """The fastest of a few runs."""
    times = []
    for _ in range(PROBE_REPEATS):
        start = time.perf_counter()
        run()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        times.append(time.perf_counter() - start)
    return min(times)
