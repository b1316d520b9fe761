"""Model files: sizes from config.json and the weights' header, and whether the model can be loaded here.

Knows config.json and the header of the weights file. Imports no torch; does not load, and does not hash (loader.py).
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from pathlib import Path
from typing import Any

import psutil

from explorer.errors import ModelUnavailable
from explorer.lab.types.core import ModelFacts
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.network import file_kinds, weight_headers
from explorer.models.network.architectures import GGUF_FILES, architecture

CONFIG_LIMIT = 2**20  # bytes of config.json
VOCABULARY_LIMIT = 2**20  # entries
DIMENSION_LIMIT = 2**16  # layers, heads, width beyond this are not a model for this app; positions: VOCABULARY_LIMIT
FP32_BYTES = 4
LOADING_OVERHEAD = 1.2  # activations and the file itself beside the weights


def check(info: ModelInfo) -> None:
    """Raises ModelUnavailable if the model can't be loaded here: model_missing, model_damaged or model_too_large.

    Judges from sizes and headers only, before any large allocation.
    """
    needed = needs(info)
    size = info.weights_file.stat().st_size
    if info.bytes and size != info.bytes:
        raise damaged(info, info.weights_file, f"{size} bytes instead of {info.bytes}")
    config(info)
    free = free_memory()
    if needed > free:
        raise ModelUnavailable("model_too_large", model=info.name, needed_gb=_gb(needed), free_gb=_gb(free))


def needs(info: ModelInfo) -> int:
    """Bytes of memory to load it, in fp32. Raises ModelUnavailable: missing, damaged."""
    return round(header(info).n_weights * FP32_BYTES * LOADING_OVERHEAD)


@lru_cache(maxsize=32)
def facts(info: ModelInfo) -> ModelFacts:
    """The model's sizes, from config.json and the weights' header.

    n_weights             every stored number; a matrix used twice (tied) counts once
    n_embedding_weights   token, position and segment embeddings with their LayerNorm
    n_head_weights        what turns an output vector into scores: dense layer and LayerNorm (masked models), the matrix
                          d_model × vocab_size, the bias; the matrix is counted in here although, where `tied_head`
                          is True, it is the embedding matrix and costs nothing more

    Raises ModelUnavailable (model_missing, model_damaged, model_unsupported).
    """
    settings = config(info)
    row = architecture(info.id, info.family)
    stored_shapes = shapes(info)
    prefixes = GGUF_FILES if info.weights_file.suffix == ".gguf" else row.files
    head = _below(prefixes.head, stored_shapes)
    matrix = (settings["vocab_size"], settings[row.sizes.embedding or row.sizes.width])
    stored = matrix in head.shapes.values()
    tied = settings.get("tie_word_embeddings", row.files.tied)
    numbers = math.prod(matrix)
    return ModelFacts(
        model_id=info.id,
        revision=info.revision,
        n_layers=settings[row.sizes.layers],
        n_heads=settings[row.sizes.heads],
        d_model=settings[row.sizes.width],
        d_output=matrix[1],
        vocab_size=settings["vocab_size"],
        max_positions=settings.get(row.sizes.positions, row.sizes.default_positions) - row.sizes.reserved,
        n_weights=weight_headers.Header(stored_shapes).n_weights - numbers * (tied and stored),
        n_embedding_weights=_below(prefixes.embeddings, stored_shapes).n_weights,
        n_head_weights=head.n_weights + numbers * (not stored),
        tied_head=tied,
    )


def shapes(info: ModelInfo) -> dict[str, tuple[int, ...]]:
    """Shape of every tensor by name, from the weights' header. Raises ModelUnavailable: missing, damaged."""
    return header(info).shapes


def config(info: ModelInfo) -> dict[str, Any]:
    """config.json, checked: an object of bounded size whose sizes are numbers within reason.

    Raises ModelUnavailable: model_missing; model_damaged; model_unsupported for an architecture without a row, and for
    weights quantised in a way that needs more than the file to be read.
    """
    path = info.folder / "config.json"
    try:
        settings = json.loads(read_capped(info, path, CONFIG_LIMIT))
    except (ValueError, RecursionError) as error:
        raise damaged(info, path, str(error)) from error
    if not isinstance(settings, dict):
        raise damaged(info, path, "not a JSON object")
    sizes = architecture(info.id, info.family).sizes
    limits = {"vocab_size": VOCABULARY_LIMIT, sizes.positions: VOCABULARY_LIMIT}
    defaults = {sizes.positions: sizes.default_positions}
    for key in ("vocab_size", sizes.layers, sizes.heads, sizes.width, sizes.positions, sizes.embedding):
        value = settings.get(key, defaults.get(key))
        if key and (not isinstance(value, int) or not 0 < value <= limits.get(key, DIMENSION_LIMIT)):
            raise damaged(info, path, f"{key} = {value!r}")
    if settings.get("model_type") != info.family:
        raise damaged(info, path, f"model_type = {settings.get('model_type')!r}, not {info.family!r}")
    if settings.get("quantization_config"):
        raise ModelUnavailable("model_unsupported", model=info.id, model_type=f"{info.family} (quantization_config)")
    return settings


def read_capped(info: ModelInfo, path: Path, limit: int) -> str:
    """The text of a file of at most `limit` bytes.

    Raises ModelUnavailable: model_missing, model_damaged, and what `file_kinds.require` raises.
    """
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise ModelUnavailable("model_missing", model=info.name, path=str(path)) from error
    file_kinds.require(data, info.name, str(path))
    if len(data) > limit:
        raise damaged(info, path, f"larger than {limit} bytes")
    try:
        return data.decode("utf-8-sig")  # Notepad begins a UTF-8 file with a mark
    except UnicodeDecodeError as error:
        raise damaged(info, path, "not UTF-8") from error


def damaged(info: ModelInfo, path: Path, reason: str) -> ModelUnavailable:
    return ModelUnavailable("model_damaged", model=info.name, path=str(path), reason=reason)


def free_memory() -> int:
    """Bytes that can still be allocated: what the system reports, or less where a container is limited."""
    free: int = psutil.virtual_memory().available
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
        used = int(Path("/sys/fs/cgroup/memory.current").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return free
    return free if limit == "max" else max(0, min(free, int(limit) - used))


def header(info: ModelInfo) -> weight_headers.Header:
    """What the weights' file says of itself. Raises ModelUnavailable: missing, damaged."""
    try:
        with info.weights_file.open("rb") as file:
            file_kinds.require(file.read(file_kinds.FIRST), info.name, str(info.weights_file))
        return weight_headers.read(info.weights_file)
    except OSError as error:
        raise ModelUnavailable("model_missing", model=info.name, path=str(info.weights_file)) from error
    except weight_headers.HeaderError as error:
        raise damaged(info, info.weights_file, str(error)) from error


def _below(prefixes: tuple[str, ...], shapes: dict[str, tuple[int, ...]]) -> weight_headers.Header:
    return weight_headers.Header({name: shape for name, shape in shapes.items() if name.startswith(prefixes)})


def _gb(n: float) -> float:
    return round(n / 2**30, 2)
