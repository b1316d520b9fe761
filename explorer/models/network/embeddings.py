"""Input embeddings of a BERT, read from its file: token, segment and position tables, and their LayerNorm.

Knows names of tensors and reads rows, so that adding them up can be shown outside the network. Runs no network.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.errors import ModelUnavailable
from explorer.models.catalog.catalog import ModelInfo

Floats = NDArray[np.float32]
_NAMES = {
    "token": "bert.embeddings.word_embeddings.weight",
    "segment": "bert.embeddings.token_type_embeddings.weight",
    "position": "bert.embeddings.position_embeddings.weight",
    "gain": "bert.embeddings.LayerNorm.weight",
    "bias": "bert.embeddings.LayerNorm.bias",
}


@lru_cache(maxsize=16)
def table(info: ModelInfo, name: str) -> Floats:
    """A small table whole: "segment", "position", "gain", "bias". Raises ModelUnavailable("inputs_elsewhere")."""
    with _opened(info) as file:
        return _plain(file.get_tensor(_NAMES[name]))


def token_rows(info: ModelInfo, ids: Sequence[int]) -> Floats:
    """rows[len(ids), d] of the token table. Raises ModelUnavailable("inputs_elsewhere")."""
    with _opened(info) as file:
        rows = file.get_slice(_NAMES["token"])
        return np.stack([_plain(rows[i : i + 1])[0] for i in ids])


def token_table(info: ModelInfo) -> Floats:
    """The whole token table [V, d]; large, so it is not kept. Raises ModelUnavailable("inputs_elsewhere")."""
    with _opened(info) as file:
        return _plain(file.get_tensor(_NAMES["token"]))


@contextmanager
def _opened(info: ModelInfo) -> Iterator[Any]:
    from safetensors import safe_open

    if info.weights_file.suffix != ".safetensors":
        raise ModelUnavailable("inputs_elsewhere", model=info.name)
    with safe_open(info.weights_file, "numpy") as file:
        if not set(_NAMES.values()) <= set(file.keys()):
            raise ModelUnavailable("inputs_elsewhere", model=info.name)
        yield file


def _plain(array: Any) -> Floats:
    return np.asarray(array, dtype=np.float32)
