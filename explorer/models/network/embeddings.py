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
_NAMES = {  # Google's own files call the two vectors of a LayerNorm gamma and beta
    "token": ("word_embeddings.weight",),
    "segment": ("token_type_embeddings.weight",),
    "position": ("position_embeddings.weight",),
    "gain": ("LayerNorm.weight", "LayerNorm.gamma"),
    "bias": ("LayerNorm.bias", "LayerNorm.beta"),
}
_PREFIXES = ("bert.embeddings.", "embeddings.")  # the second: saved from the body alone


@lru_cache(maxsize=16)
def table(info: ModelInfo, name: str) -> Floats:
    """A small table whole: "segment", "position", "gain", "bias". Raises ModelUnavailable("inputs_elsewhere")."""
    with _opened(info) as (file, names):
        return _plain(file.get_tensor(names[name]))


def token_rows(info: ModelInfo, ids: Sequence[int]) -> Floats:
    """rows[len(ids), d] of the token table. Raises ModelUnavailable("inputs_elsewhere")."""
    with _opened(info) as (file, names):
        rows = file.get_slice(names["token"])
        return np.stack([_plain(rows[i : i + 1])[0] for i in ids])


def token_table(info: ModelInfo) -> Floats:
    """The whole token table [V, d]; large, so it is not kept. Raises ModelUnavailable("inputs_elsewhere")."""
    with _opened(info) as (file, names):
        return _plain(file.get_tensor(names["token"]))


@contextmanager
def _opened(info: ModelInfo) -> Iterator[tuple[Any, dict[str, str]]]:
    """The file and what it calls the tables. Raises ModelUnavailable("inputs_elsewhere")."""
    from safetensors import safe_open

    if info.weights_file.suffix != ".safetensors":
        raise ModelUnavailable("inputs_elsewhere", model=info.name)
    with safe_open(info.weights_file, "numpy") as file:
        names, stored = {}, set(file.keys())
        for table_name, spellings in _NAMES.items():
            found = (prefix + spelling for prefix in _PREFIXES for spelling in spellings)
            names[table_name] = next((name for name in found if name in stored), "")
        if not all(names.values()):
            raise ModelUnavailable("inputs_elsewhere", model=info.name)
        yield file, names


def _plain(array: Any) -> Floats:
    return np.asarray(array, dtype=np.float32)
