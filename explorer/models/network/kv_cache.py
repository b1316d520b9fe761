"""KV cache: keys and values of every layer for what a generating model has read so far; nothing is read twice.

Knows the caches of the `transformers` library. A `Past` is never changed: reading on gives a new one that shares the
tensors of the old, so that to branch is to keep the old one and read on from it twice.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache, EncoderDecoderCache


class Past:
    """Made by `Model.step` and `Model.read`; len() is the number of tokens read (of a seq2seq model: written).

    `source[B, S, d]`, `source_mask[B, S]`: what a seq2seq model read before it began to write.
    """

    def __init__(self, cache: Any, source: Tensor | None = None, source_mask: Tensor | None = None) -> None:
        self._cache = cache
        self.source = source
        self.source_mask = source_mask

    def __len__(self) -> int:
        return int(self._cache.get_seq_length())

    @property
    def n_bytes(self) -> int:
        """Bytes that keys, values and source take. A branch that read on has its own: count each in full."""
        tensors = [tensor for layer in _layers(self._cache) for tensor in (layer.keys, layer.values)]
        tensors += [tensor for tensor in (self.source, self.source_mask) if tensor is not None]
        return sum(tensor.numel() * tensor.element_size() for tensor in tensors if tensor is not None)

    @torch.inference_mode()
    def crop(self, length: int) -> Past:
        """The same past after its first `length` tokens. Raises ValueError for more tokens than it has."""
        if not 0 <= length <= len(self):
            raise ValueError(f"{length} tokens of {len(self)}")
        if length == 0:
            return Past(new_cache(self.source is not None), self.source, self.source_mask)
        cache = self.cache_to_read_on()
        for layer in _written(cache).layers:
            layer.keys, layer.values = layer.keys[..., :length, :], layer.values[..., :length, :]
        return Past(cache, self.source, self.source_mask)

    @torch.inference_mode()
    def compact(self) -> Past:
        """The same past in memory of its own, if it is a small part of larger tensors; else itself."""
        layers = [layer for layer in _layers(self._cache) if layer.keys is not None]
        held = sum(one.untyped_storage().nbytes() for layer in layers for one in (layer.keys, layer.values))
        if held <= 2 * self.n_bytes:
            return self
        cache = self.cache_to_read_on()
        for layer in _layers(cache):
            layer.keys, layer.values = layer.keys.clone(), layer.values.clone()
        return Past(cache, self.source, self.source_mask)

    @torch.inference_mode()
    def take(self, rows: Sequence[int]) -> Past:
        """The texts `rows` of the batch, in this order; [0, 0, 0] makes three branches of a single text."""
        index = torch.tensor(list(rows))
        cache = self.cache_to_read_on()
        for layer in _layers(cache):
            if layer.keys is not None and layer.keys.numel():
                layer.keys = layer.keys[index.to(layer.keys.device)]
                layer.values = layer.values[index.to(layer.values.device)]
        source, mask = (
            None if tensor is None else tensor[index.to(tensor.device)] for tensor in (self.source, self.source_mask)
        )
        return Past(cache, source, mask)

    @staticmethod
    @torch.inference_mode()
    def side_by_side(pasts: Sequence[Past]) -> tuple[Any, Tensor]:
        """One cache of several single texts, the shorter ones padded on the left, and how much padding each has [B].

        What lies in the padding is never to be looked at: the mask of the next step has to hide it.
        """
        longest = max(map(len, pasts))
        missing = [longest - len(past) for past in pasts]
        cache = pasts[0].cache_to_read_on()
        for n, layer in enumerate(_written(cache).layers):
            own = [_written(past._cache).layers[n] for past in pasts]
            layer.keys = torch.cat([_pad_left(one.keys, more) for one, more in zip(own, missing, strict=True)])
            layer.values = torch.cat([_pad_left(one.values, more) for one, more in zip(own, missing, strict=True)])
        return cache, torch.tensor(missing, device=_written(cache).layers[0].keys.device)

    @staticmethod
    def apart(cache: Any, missing: Sequence[int]) -> list[Past]:
        """The single texts of a cache made by `side_by_side` and read on from; they share its tensors."""
        pasts = []
        for row, padding in enumerate(missing):
            fork = _fork(cache)
            for layer in fork.layers:
                layer.keys = layer.keys[row : row + 1, :, padding:]
                layer.values = layer.values[row : row + 1, :, padding:]
            pasts.append(Past(fork))
        return pasts

    def cache_to_read_on(self) -> Any:
        """A cache for the network to add to; this one stays as it is, the tensors are shared."""
        if isinstance(self._cache, EncoderDecoderCache):
            fork = copy.copy(self._cache)
            fork.self_attention_cache = _fork(self._cache.self_attention_cache)
            fork.cross_attention_cache = _fork(self._cache.cross_attention_cache)
            fork.is_updated = dict(self._cache.is_updated)
            return fork
        return _fork(self._cache)


def new_cache(cross: bool) -> Any:
    """An empty cache. Every layer keeps all it read, sliding windows too: the mask hides what lies beyond them, and
    a past can be cropped to any length."""
    return EncoderDecoderCache(DynamicCache(), DynamicCache()) if cross else DynamicCache()


def _fork(cache: Any) -> Any:
    """Layers of its own around the same tensors: the library joins new keys to old ones in a new tensor."""
    fork = copy.copy(cache)
    fork.layers = [copy.copy(layer) for layer in cache.layers]
    return fork


def _pad_left(tensor: Tensor, more: int) -> Tensor:
    return torch.nn.functional.pad(tensor, (0, 0, more, 0)) if more else tensor


def _written(cache: Any) -> Any:
    return cache.self_attention_cache if isinstance(cache, EncoderDecoderCache) else cache


def _layers(cache: Any) -> list[Any]:
    if isinstance(cache, EncoderDecoderCache):
        return [*cache.self_attention_cache.layers, *cache.cross_attention_cache.layers]
    return list(cache.layers)
