"""Companions: weights that were trained on one model's body and fit no other, in a folder of their own beside it.

Knows what such a folder holds: config.json with the checksums of the body and of the weights, and model.safetensors.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from torch import Tensor

from explorer.errors import ModelUnavailable
from explorer.models.catalog.catalog import ModelInfo


def opened(
    info: ModelInfo, part: str, folder: Path, missing: ModelUnavailable
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Settings and fp32 tensors of what `folder` holds for this model.

    part      what it is called after the model's name
    missing   the error where there is none

    Raises ModelUnavailable: `missing`; model_damaged where it was made for other weights or has changed.
    """
    try:
        settings: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        weights = folder / "model.safetensors"
        with weights.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        raise missing from error
    for what, wanted, have in (("sha256", settings["sha256"], found), ("body", settings["body"], info.revision)):
        if wanted != have:
            reason = f"{what} {have[:12]}… instead of {wanted[:12]}…"
            raise ModelUnavailable("model_damaged", model=f"{info.name}-{part}", path=str(weights), reason=reason)
    return settings, {name: tensor.float() for name, tensor in tensors(weights, missing).items()}


def tensors(path: Path, missing: ModelUnavailable) -> dict[str, Tensor]:
    """The tensors of a safetensors file. Raises `missing` for any other kind of file."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return dict(load_file(path))
    except (OSError, SafetensorError) as error:
        raise missing from error
