"""From a catalogue entry to a loaded `Model`: checked, verified, read from safetensors, on the best device.

Knows the `transformers` library; never downloads, never runs code that comes with a model, never unpickles.
Not a registry: every call loads anew (the engine keeps one copy a process).
"""

from __future__ import annotations

import hashlib
import importlib
import logging
import os
from typing import Any

import torch

from explorer.models.architectures import MaskedParts, masked_parts
from explorer.models.catalog import ModelInfo
from explorer.models.errors import ModelError
from explorer.models.files import check, damaged
from explorer.models.model import Model
from explorer.models.tokenizer import for_model

DEVICE_VARIABLE = "SESAME_DEVICE"  # "cpu", "cuda", "mps", "cuda:1": overrides the automatic choice


def load(info: ModelInfo, *, device: str = "") -> Model:
    """The model, in fp32, ready to use.

    Raises ModelError: model_missing, model_damaged (also where the weights' sha256 is not the catalogue's),
    model_too_large, model_unsupported, head_missing.
    """
    parts = masked_parts(info.id, info.family)
    check(info)
    _verify(info)
    net, report = _read(info, parts)
    missing = set(report["missing_keys"]) | {key for key, *_ in report.get("mismatched_keys", ())}
    if any(key.startswith(parts.head) for key in missing):
        raise ModelError("head_missing", model=info.name)
    if missing:
        raise damaged(info, info.weights_file, f"no weights for {min(missing)}")
    return Model(info, net.eval().to(device or pick_device()), parts, for_model(info))


def pick_device() -> str:
    """The device named in SESAME_DEVICE, else a CUDA GPU, else Apple's, else the CPU."""
    if named := os.environ.get(DEVICE_VARIABLE):
        return named
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _verify(info: ModelInfo) -> None:
    if not info.revision:
        return
    with info.weights_file.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != info.revision:
        raise damaged(info, info.weights_file, f"sha256 {found[:12]}… instead of {info.revision[:12]}…")


def _read(info: ModelInfo, parts: MaskedParts) -> tuple[Any, dict[str, Any]]:
    from transformers.utils import logging as reports

    reports.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.getLogger("transformers").setLevel(logging.ERROR)  # its load report would list heads we leave aside
    model_class = getattr(importlib.import_module(parts.module), parts.model_class)
    try:
        net, report = model_class.from_pretrained(
            info.folder,
            local_files_only=True,
            use_safetensors=True,
            dtype=torch.float32,
            attn_implementation="sdpa",
            output_loading_info=True,
        )
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(info, info.weights_file, str(error)) from error
    return net, report
