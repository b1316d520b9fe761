"""The `Model` handle: hidden states, attentions, heads, output scores, KV cache, for every architecture.

Knows tensors and, through architectures.py, where a network keeps its parts. Knows nothing of texts beyond the
tokenizer it carries, of queues, or of readers. One thread at a time may use a model: the engine sees to that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from typing import Any

import torch
from torch import Tensor, nn

from explorer.errors import ModelUnavailable
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.network import special_tokens
from explorer.models.network.architectures import Architecture
from explorer.models.network.attention_capture import Heads, stacked, watched
from explorer.models.network.belongings import Belongings
from explorer.models.network.kv_cache import Past, new_cache
from explorer.models.network.tokenizer import TextTokenizer

FAST_ENOUGH = 0.45  # bf16 must take at most this share of fp32's time: about half of its answers are computed again
PROBE_ROWS, PROBE_REPEATS = 512, 5


class Model(Belongings):
    """A language model in fp32 on one device. All methods compute without gradients.

    Shapes: B texts in a batch, L tokens in the longest, d the width of the vectors, V the vocabulary.
    `kind` is "masked", "causal", "seq2seq", or "encoder" (a masked model whose head is not used).
    `forward_passes` counts runs of the network's body (a batch is one; encoder and decoder are one each).

    A seq2seq model has two sides. Without `targets` a method reads its encoder; with `targets[B, T]`, the ids written
    so far (the first is `start_id`), it reads the decoder, and `ids`, `mask` are what the encoder has read.

    For every kind `decode(transform(h))` reads a vector of any layer as scores of tokens (the logit lens;
    nostalgebraist 2020): `transform` is the masked head's dense layer and LayerNorm, or the final normalisation of
    causal and seq2seq models.
    """

    def __init__(self, info: ModelInfo, net: Any, row: Architecture, tokenizer: TextTokenizer) -> None:
        self.info = info
        self.kind, self.revision = info.kind, info.revision
        self.tokenizer = tokenizer
        self.forward_passes = 0
        self._net = net
        self._row = row
        self._body: Any = net.get_submodule(row.body)
        self._decoder: Any = net.get_submodule(row.decoder) if row.decoder else None
        self._layers: list[Any] = list(net.get_submodule(row.layers).children())
        self._final_norm: Any = net.get_submodule(row.final_norm) if row.final_norm else None
        self._transform: list[Any] = [
            nn.functional.gelu if path == "gelu" else net.get_submodule(path) for path in row.transform
        ]
        self._matrix: Any = net.get_submodule(row.matrix)
        config = net.config
        self.n_layers = int(config.num_hidden_layers)
        self.n_heads = int(config.num_attention_heads)
        self.d_model = int(config.hidden_size)
        self.vocab_size = int(config.vocab_size)
        positions = getattr(config, row.sizes.positions, None) or row.sizes.default_positions
        self.max_positions = int(positions) - row.sizes.reserved
        self.start_id: int | None = getattr(config, "decoder_start_token_id", None)
        self.stop_ids = frozenset(special_tokens.of_model(info).ends)
        # T5 with tied embeddings makes its vectors smaller before it compares them to these.
        self._scale = self.d_model**-0.5 if getattr(config, "scale_decoder_outputs", False) else 1.0
        self.has_segments = row.segments
        self.device = next(net.parameters()).device

    def tensor_inputs(self, rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
        """ids[B, L] and mask[B, L] (True = a token, False = padding) of lists of token ids."""
        longest = max(len(row) for row in rows)
        pad = self.tokenizer.pad_id or 0
        ids = torch.tensor([[*row, *[pad] * (longest - len(row))] for row in rows], device=self.device)
        lengths = torch.tensor([len(row) for row in rows], device=self.device)
        return ids, torch.arange(longest, device=self.device) < lengths[:, None]

    @torch.inference_mode()
    def hidden_states(
        self, ids: Tensor, mask: Tensor | None = None, type_ids: Tensor | None = None, *, targets: Tensor | None = None
    ) -> Tensor:
        """hidden_states[layers + 1, B, L, d]; entry 0 goes into the first layer, the last is what `transform` reads.

        So the last entry of causal models and decoders is not normalised yet; that of an encoder is, where it ends in
        a normalisation, as nothing but the decoder reads it.
        """
        with self._before_final_norm() as raw:
            run = self._runner(ids, mask, type_ids, targets)
            states = run(output_hidden_states=True).hidden_states
        return torch.stack([*states[:-1], raw[0] if raw else states[-1]])

    @torch.inference_mode()
    def heads(
        self,
        ids: Tensor,
        mask: Tensor | None = None,
        type_ids: Tensor | None = None,
        *,
        targets: Tensor | None = None,
        cross: bool = False,
    ) -> Heads:
        """Queries, keys, values and weights of every head; with `targets`, `cross` asks for the decoder's attention to
        the source instead of that to its own tokens."""
        run = self._runner(ids, mask, type_ids, targets)
        with watched(self._net) as seen:
            run()
        # A decoder's layer attends to its own tokens first, then to the source.
        return stacked(seen if targets is None else seen[1::2] if cross else seen[0::2])

    def attentions(
        self,
        ids: Tensor,
        mask: Tensor | None = None,
        type_ids: Tensor | None = None,
        *,
        targets: Tensor | None = None,
        cross: bool = False,
    ) -> Tensor:
        """attentions[layers, B, heads, L, S]: row = the token that looks, column = the token looked at."""
        return self.heads(ids, mask, type_ids, targets=targets, cross=cross).weights

    @torch.inference_mode()
    def last_hidden_at(
        self, ids: Tensor, positions: Tensor, mask: Tensor | None = None, *, targets: Tensor | None = None
    ) -> Tensor:
        """The last layer's output at the asked positions alone: [B, d] for positions[B], [B, n, d] for [B, n].

        The same numbers as the last of `hidden_states`. Where the architecture's row names a shortcut, only what is
        asked is computed of the last layer: queries of the asked positions, keys and values of all. The layers below
        are needed everywhere.
        """
        wanted = positions[:, None] if positions.dim() == 1 else positions
        if self._row.last_row is None:
            with self._before_final_norm() as raw:
                last = self._runner(ids, mask, None, targets)().last_hidden_state
            rows = _at(raw[0] if raw else last, wanted)
        else:
            self.forward_passes += 1
            seen = None if mask is None or bool(mask.all()) else mask[:, None, None, :].bool()
            hidden = self._net.get_submodule(self._row.embeddings)(ids)
            for layer in self._layers[:-1]:
                hidden = layer(hidden, seen)
            rows = self._last_layer_at(hidden, wanted, seen)
        return rows[:, 0] if positions.dim() == 1 else rows

    @torch.inference_mode()
    def embed(self, ids: Tensor) -> Tensor:
        """What goes into the first layer for ids[B, L]: the same numbers as the first of `hidden_states`."""
        self._require_shortcut()
        return self._net.get_submodule(self._row.embeddings)(ids)  # type: ignore[no-any-return]

    @torch.inference_mode()
    def carry_on(
        self, hidden: Tensor, mask: Tensor | None = None, *, first: int = 0, last: int | None = None
    ) -> Tensor:
        """The hidden states of layer `last` (all layers: None) when hidden[B, L, d] stands for those of layer `first`.

        With what `hidden_states` gave at `first` these are the numbers it gives at `last`; with anything else, what the
        network makes of that (an intervention between two layers)."""
        self._require_shortcut()
        self.forward_passes += 1
        seen = None if mask is None or bool(mask.all()) else mask[:, None, None, :].bool()
        for layer in self._layers[first:last]:
            hidden = layer(hidden, seen)
        return hidden

    @torch.inference_mode()
    def token_rows(self) -> Tensor:
        """The table of token embeddings [V, e], before positions and normalisation."""
        return self._net.get_input_embeddings().weight.detach().float()  # type: ignore[no-any-return]

    def output_matrix(self) -> Tensor:
        """A copy of the head's matrix [V, e] in fp32, with which others may learn. Raises as `decode` does."""
        self._require_head()
        with torch.inference_mode(False):
            return self._matrix.weight.detach().float().clone()  # type: ignore[no-any-return]

    @torch.inference_mode()
    def transform(self, hidden: Tensor) -> Tensor:
        """The head before its matrix, always in fp32: [..., d] → [..., e], e = d but for ALBERT and ELECTRA. Of masked
        models: dense layer, activation, LayerNorm. Of causal models and decoders: the final normalisation."""
        self._require_head()
        with torch.autocast(self.device.type, enabled=False):
            out = hidden.float() if self._final_norm is None else self._final_norm(hidden.float())
            for step in self._transform:
                out = step(out)
        return self._scaled(out)

    @torch.inference_mode()
    def decode(self, transformed: Tensor) -> Tensor:
        """The head's matrix, always in fp32: [..., e] → scores [..., V] = transformed · embeddingᵀ (+ bias)."""
        self._require_head()
        with torch.autocast(self.device.type, enabled=False):
            out: Tensor = self._matrix(transformed.float())
            if self._row.bias:
                out = out + self._net.get_buffer(self._row.bias)[0]
            if cap := getattr(self._net.config, "final_logit_softcapping", None):
                out = cap * torch.tanh(out / cap)
        return out

    @torch.inference_mode()
    def read(self, ids: Tensor, mask: Tensor | None = None) -> Past:
        """What a seq2seq model's encoder makes of ids[B, L]: the past from which `step` begins to write."""
        source = self._runner(ids, mask, None, None)().last_hidden_state
        return Past(new_cache(cross=True), source, torch.ones_like(ids).bool() if mask is None else mask)

    @torch.inference_mode()
    def step(self, ids: Tensor, past: Past | None = None) -> tuple[Tensor, Past]:
        """Reads ids[B, n] after `past`; returns the scores [B, V] of what follows the last, and the past with them.

        `past` stays as it was, so two different tokens may follow it (see kv_cache.py). A seq2seq model starts from
        `read(…)` with `start_id`; causal models from nothing. Texts of one batch are of one length.
        """
        self.forward_passes += 1
        cache = new_cache(cross=False) if past is None else past.cache_to_read_on()
        if self._decoder is None:
            out = self._body(ids, past_key_values=cache, use_cache=True)
            after = Past(cache)
        else:
            if past is None or past.source is None:
                raise ValueError("a seq2seq model writes after it has read: model.step(ids, model.read(source))")
            out = self._decoder(
                ids,
                encoder_hidden_states=past.source,
                encoder_attention_mask=past.source_mask,
                past_key_values=cache,
                use_cache=True,
            )
            after = Past(cache, past.source, past.source_mask)
        return self.decode(self._scaled(out.last_hidden_state[:, -1].float())), after

    @torch.inference_mode()
    def step_together(self, tokens: Sequence[int], pasts: Sequence[Past]) -> tuple[Tensor, list[Past]]:
        """One token of each of several texts after its own past, in one run: scores [B, V] and the pasts with them.

        The texts may be of different lengths; the same numbers as `step` gives for each alone. Causal models only.
        """
        if self.kind != "causal":
            raise ValueError(f"{self.info.id} is no causal model: its texts cannot be read on together")
        self.forward_passes += 1
        cache, missing = Past.side_by_side(pasts)
        longest = max(map(len, pasts))
        places = torch.arange(longest + 1, device=self.device)
        out = self._body(
            torch.tensor(list(tokens), device=self.device)[:, None],
            attention_mask=(places >= missing[:, None]).long(),
            position_ids=(longest - missing)[:, None],
            past_key_values=cache,
            use_cache=True,
        )
        scores = self.decode(self._scaled(out.last_hidden_state[:, -1].float()))
        return scores, Past.apart(cache, missing.tolist())

    @contextmanager
    def in_bf16(self) -> Iterator[None]:
        """Inside, the body multiplies matrices in bf16 (see `fast_pays`); weights and the head stay in fp32."""
        with torch.autocast(self.device.type, torch.bfloat16):
            yield

    @cached_property
    def fast_pays(self) -> bool:
        """Measured once, on one layer of this encoder: is bf16 clearly faster here than fp32?"""
        states = torch.zeros(PROBE_ROWS // 32, 32, self.d_model, device=self.device)
        layer = self._layers[0]
        in_fp32 = _seconds(partial(layer, states), self.device)
        with self.in_bf16():
            in_bf16 = _seconds(partial(layer, states), self.device)
        return in_bf16 < FAST_ENOUGH * in_fp32

    def _runner(
        self, ids: Tensor, mask: Tensor | None, type_ids: Tensor | None, targets: Tensor | None
    ) -> Callable[..., Any]:
        """One run of the body, or of the decoder after the encoder has run; options go to the library."""
        self.forward_passes += 1
        options: dict[str, Any] = {"attention_mask": mask}
        if type_ids is not None and self.has_segments:
            options["token_type_ids"] = type_ids
        if self.kind == "causal":
            options["use_cache"] = False
        if targets is None:
            return partial(self._body, ids, **options)
        if self._decoder is None:
            raise ValueError(f"{self.info.id} has no decoder: no targets")
        source = self._body(ids, attention_mask=mask).last_hidden_state
        self.forward_passes += 1
        return partial(
            self._decoder, targets, encoder_hidden_states=source, encoder_attention_mask=mask, use_cache=False
        )

    @contextmanager
    def _before_final_norm(self) -> Iterator[list[Tensor]]:
        """Inside, what goes into the final normalisation (if it runs) is put into the list."""
        raw: list[Tensor] = []
        if self._final_norm is None:
            yield raw
            return
        hook = self._final_norm.register_forward_pre_hook(lambda _, args: raw.append(args[0]))
        try:
            yield raw
        finally:
            hook.remove()

    def _scaled(self, vectors: Tensor) -> Tensor:
        return vectors if self._scale == 1 else vectors * self._scale

    def _require_shortcut(self) -> None:
        if self._row.last_row is None:
            raise ModelUnavailable("model_unsupported", model=self.info.name, model_type=self.info.family)

    def _require_head(self) -> None:
        if self.kind == "encoder":
            raise ModelUnavailable("head_missing", model=self.info.name)

    def _last_layer_at(self, hidden: Tensor, positions: Tensor, seen: Tensor | None) -> Tensor:
        names, layer = self._row.last_row, self._layers[-1]
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
