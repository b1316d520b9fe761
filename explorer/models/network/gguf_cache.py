"""GGUF cache: weights of a GGUF file turned once into safetensors that load in a second.

Knows GGUF's number formats through the `gguf` package and, through the `transformers` library, what each family calls
its tensors there. The copy lies in the user's cache folder under the sha256 of the file it was made from; it is
in fp16, which keeps eleven bits where the file had four to eight, and is used the first time too, so that the same
weights answer today and tomorrow.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from filelock import FileLock
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from explorer import paths
from explorer.errors import ModelUnavailable
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.network import weight_headers
from explorer.models.network.construction import BUILDING
from explorer.models.network.model_files import config, damaged

FORMAT = 1  # raise it when the same file would give other numbers
LARGEST = 65504.0  # of fp16
WEIGHTS, NOTE = "model.safetensors", "converted.json"


def converted(info: ModelInfo, network: Any) -> Path:
    """The safetensors copy of a GGUF model whose file was verified; made now, by one process, if there is no sound one.

    `network` is the class of the `transformers` library that will read it.
    Raises ModelUnavailable: model_damaged for a file or tensor that can't be read, disk_full where there is no room,
    setting_bad where SESAME_CACHE names a place that cannot be written to.
    """
    folder = paths.cache_folder() / "converted" / f"{_fingerprint(info)}-{FORMAT}"
    if not _is_sound(folder):
        if not paths.can_be_written(folder.parent):
            example = str(paths.temporary_folder())
            raise ModelUnavailable(
                "setting_bad", name=paths.CACHE_VARIABLE, value=str(folder.parents[1]), example=example
            )
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(paths.cache_folder() / "converting.lock"):
            if not _is_sound(folder):  # another may have made it while this one waited
                _replace(folder, info, tensors(info, network))
    return folder / WEIGHTS


def tensors(info: ModelInfo, network: Any) -> dict[str, Tensor]:
    """Every tensor of a GGUF file in fp32, under the library's names. Raises ModelUnavailable("model_damaged")."""
    import gguf
    from transformers import modeling_gguf_pytorch_utils as library

    settings = config(info)
    with BUILDING, torch.device("meta"):
        empty = network(network.config_class.from_dict(settings))
    try:
        header = weight_headers.read(info.weights_file)
        family = info.family.removesuffix("_text")
        make_processor: Any = library.TENSOR_PROCESSORS.get(family, library.TensorProcessor)
        processor = make_processor(config=empty.config.to_dict())
        names = _names(empty.state_dict(), family, empty.config.num_hidden_layers)
        data = np.memmap(info.weights_file, dtype=np.uint8, mode="r")
        found: dict[str, Tensor] = {}
        for name, place in header.places.items():
            kind = gguf.GGMLQuantizationType(place.type)
            shape = gguf.quant_shape_to_byte_shape(header.shapes[name], kind)
            raw = data[place.offset : place.offset + math.prod(shape)].reshape(shape)
            whole = gguf.dequantize(raw, kind).reshape(header.shapes[name])
            done = processor.process(weights=whole, name=name, tensor_key_mapping=names, parsed_parameters={})
            if done.name in names:
                found[names[done.name]] = torch.from_numpy(np.array(done.weights, dtype=np.float32))
    except (weight_headers.HeaderError, OSError, ValueError, KeyError, NotImplementedError) as error:
        raise damaged(info, info.weights_file, str(error)) from error
    return found


def _names(wanted: Iterable[str], family: str, n_layers: int) -> dict[str, str]:
    """GGUF's name of a tensor → the library's. Raises ValueError for a family that the format does not know."""
    import gguf

    known = {name: arch for arch, name in gguf.MODEL_ARCH_NAMES.items()}
    if family not in known:
        raise ValueError(f"{family} is no architecture of GGUF")
    table = gguf.get_tensor_name_map(known[family], n_layers)
    parts = [(name, *name.rpartition(".")) for name in wanted]
    return {f"{short}.{last}": name for name, stem, _, last in parts if (short := table.get_name(stem))}


def _replace(folder: Path, info: ModelInfo, wanted: dict[str, Tensor]) -> None:
    """Writes the copy beside its place, reads it back, and moves it there: no half a copy is ever taken for whole."""
    needed = sum(tensor.numel() * 2 for tensor in wanted.values()) + 2**20
    free = shutil.disk_usage(folder.parent).free
    if needed > free:
        raise ModelUnavailable("disk_full", path=str(folder.parent), needed_gb=_gb(needed), free_gb=_gb(free))
    beside = Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))
    try:
        path = beside / WEIGHTS
        halves = _halved(info, wanted)
        save_file(halves, path, metadata={"format": "pt"})
        _compare(info, path, halves)
        note = {"source": info.weights_file.name, "bytes": path.stat().st_size, "sha256": _sha256(path)}
        (beside / NOTE).write_text(json.dumps(note), encoding="utf-8")
        if folder.exists():  # damaged: a sound one would have been used
            shutil.rmtree(folder)
        os.replace(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _halved(info: ModelInfo, wanted: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors in fp16. Raises ModelUnavailable("model_damaged") for a number that fp16 has no place for."""
    halves = {name: tensor.to(torch.float16).contiguous() for name, tensor in wanted.items()}
    for name in halves:
        if not -LARGEST <= float(wanted[name].min()) <= float(wanted[name].max()) <= LARGEST:  # false for "no number"
            raise damaged(info, info.weights_file, f"{name} does not fit into fp16")
    return halves


def _compare(info: ModelInfo, path: Path, halves: dict[str, Tensor]) -> None:
    """Raises ModelUnavailable("model_damaged") unless every number on the disk is the one that was to be written."""
    with safe_open(path, framework="pt") as copy:
        for name, half in halves.items():
            if not torch.equal(copy.get_tensor(name), half):
                raise damaged(info, path, f"{name} was not written as it is")


def _is_sound(folder: Path) -> bool:
    try:
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        path = folder / WEIGHTS
        return bool(path.stat().st_size == note["bytes"] and _sha256(path) == note["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _fingerprint(info: ModelInfo) -> str:
    return info.revision or _sha256(info.weights_file)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _gb(n: float) -> float:
    return round(n / 2**30, 2)
