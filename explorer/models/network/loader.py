"""Loader: from a catalogue entry to a `Model`: checked, verified, read from safetensors or GGUF, on the best device.

Knows the `transformers` library; never downloads, never runs code that comes with a model, never unpickles.
Not a registry: every call loads anew (the engine keeps one copy a process).
"""

from __future__ import annotations

import hashlib
import importlib
import logging
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from explorer import settings
from explorer.errors import ModelUnavailable
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.network.architectures import Architecture, architecture
from explorer.models.network.construction import BUILDING
from explorer.models.network.gguf_cache import converted
from explorer.models.network.model import Model
from explorer.models.network.model_files import check, config, damaged
from explorer.models.network.tokenizer import for_model

DEVICE_VARIABLE = "SESAME_DEVICE"  # "cpu", "cuda", "mps", "cuda:1": overrides the automatic choice


def load(info: ModelInfo, *, device: str = "") -> Model:
    """The model, in fp32, ready to use.

    A head that the file lacks is never made up: head_missing, unless the entry's kind is "encoder", which uses none.
    Raises ModelUnavailable: model_missing, model_damaged (also where the weights' sha256 is not the catalogue's),
    model_too_large, model_unsupported, head_missing.
    """
    row = architecture(info.id, info.family)
    if info.kind not in (row.kind, "encoder"):
        raise ModelUnavailable("model_unsupported", model=info.id, model_type=f"{info.family} ({info.kind})")
    check(info)
    _verify(info)
    weights = info.weights_file
    if weights.suffix == ".gguf":
        weights = converted(info, _network_class(row))
    tensors = _tensors(info, weights)
    # The library ties the matrices of T5 and mT5, whatever their config says, if only one of them is there.
    untied = not config(info).get("tie_word_embeddings", row.files.tied)
    if untied and f"{row.matrix}.weight" not in tensors and info.kind != "encoder":
        raise ModelUnavailable("head_missing", model=info.name)
    net, report = _read(info, row, tensors)
    missing = set(report["missing_keys"]) | {key for key, *_ in report.get("mismatched_keys", ())}
    headless = {key for key in missing if key.startswith(row.files.head)}
    if headless and info.kind != "encoder":
        raise ModelUnavailable("head_missing", model=info.name)
    if missing - headless:
        raise damaged(info, info.weights_file, f"no weights for {min(missing - headless)}")
    return Model(info, net.eval().to(device or pick_device()), row, for_model(info))


def pick_device() -> str:
    """The device named in SESAME_DEVICE, else a CUDA GPU, else Apple's, else the CPU.

    Raises ModelUnavailable("setting_bad") for a device that this machine does not have.
    """
    if named := settings.value(DEVICE_VARIABLE).lower():
        if not _is_here(named):
            raise ModelUnavailable("setting_bad", name=DEVICE_VARIABLE, value=named, example="cpu")
        return named
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _is_here(device: str) -> bool:
    try:
        kind, number = torch.device(device).type, torch.device(device).index or 0
    except RuntimeError:
        return False
    if kind == "cuda":
        return number < torch.cuda.device_count()
    return kind == "cpu" or (kind == "mps" and torch.backends.mps.is_available())


def _verify(info: ModelInfo) -> None:
    if not info.revision:
        return
    with info.weights_file.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != info.revision:
        raise damaged(info, info.weights_file, f"sha256 {found[:12]}… instead of {info.revision[:12]}…")


def _network_class(row: Architecture) -> Any:
    return getattr(importlib.import_module(f"transformers.models.{row.module}"), row.name)


def _tensors(info: ModelInfo, weights: Path) -> dict[str, torch.Tensor]:
    try:
        return load_file(weights)
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise damaged(info, info.weights_file, str(error)) from error


def _read(info: ModelInfo, row: Architecture, tensors: dict[str, torch.Tensor]) -> tuple[Any, dict[str, Any]]:
    """The network with these weights, and the library's report of what was missing.

    The tensors are handed over, not a folder, so that what was verified is what is read: no other weights file,
    adapter or code beside it is looked at.
    """
    from transformers.utils import logging as reports

    reports.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.getLogger("transformers").setLevel(logging.ERROR)  # its load report would list heads we leave aside
    network = _network_class(row)
    own = {key: value for key, value in config(info).items() if key != "auto_map"}
    try:
        with BUILDING:
            net, report = network.from_pretrained(
                None,
                config=network.config_class.from_dict(own),
                state_dict=tensors,
                local_files_only=True,
                trust_remote_code=False,
                dtype=torch.float32,
                attn_implementation="sdpa",
                output_loading_info=True,
            )
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(info, info.weights_file, str(error)) from error
    return net, report
