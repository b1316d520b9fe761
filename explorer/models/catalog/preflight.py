"""Preflight checks before a download: a config within reason, a known architecture, room on disk, memory.

Knows config.json as plain data and the sizes that a source announced. Imports no torch.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

from explorer.errors import ModelUnavailable
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.download.sources.base import CONFIG, LIMITS, Offer, Product, RemoteFile, gb
from explorer.models.network import model_files
from explorer.models.network.architectures import architecture
from explorer.models.network.model_files import FP32_BYTES, LOADING_OVERHEAD

SPARE_DISK = 256 * 2**20  # bytes left free on purpose: a full disk stops more than this app
HEADLESS = ("Model", "EncoderModel")  # endings of class names without a head to predict with
LEAST_BYTES_A_WEIGHT = 2  # of safetensors whose number format is not known yet
GGUF_BYTES_A_WEIGHT = 0.6  # 4-bit blocks with their scales


def config(info: ModelInfo, path: Path) -> ModelInfo:
    """The entry, completed from a fetched config.json where it was typed by name.

    Raises ModelUnavailable("config_refused"), ModelUnavailable("model_unsupported").
    """
    try:
        settings = json.loads(model_files.read_capped(info, path, LIMITS[CONFIG]))
        family = settings.get("model_type") if isinstance(settings, dict) else None
        if not isinstance(family, str) or (info.family and family != info.family):
            raise ModelUnavailable(
                "config_refused", model=info.name, reason=f"model_type = {family!r}, not {info.family!r}"
            )
        row = architecture(info.id, family)
        found = replace(info, family=family, kind=info.kind if info.family else _kind(settings, row.kind))
        model_files.config(replace(found, path=str(path.parent.absolute())))
    except (ValueError, RecursionError) as error:
        raise ModelUnavailable("config_refused", model=info.name, reason=str(error)) from error
    except ModelUnavailable as error:
        if error.key != "model_damaged":
            raise
        raise ModelUnavailable("config_refused", model=info.name, reason=str(error.values["reason"])) from error
    return found


def disk(folder: Path, coming: tuple[RemoteFile, ...], product: Product | None) -> None:
    """Raises ModelUnavailable("disk_full") if what is still to come would not fit."""
    there = sum(part.stat().st_size for part in folder.iterdir() if part.is_file())
    needed = max(0, sum(file.size for file in coming) - there) + (product.size if product else 0) + SPARE_DISK
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise ModelUnavailable("disk_full", path=str(folder), needed_gb=gb(needed), free_gb=gb(free))


def memory(info: ModelInfo, offer: Offer) -> None:
    """Raises ModelUnavailable("model_too_large") if this machine could never hold the model, even empty."""
    if info.parameters:
        weights = float(info.parameters)
    elif offer.product is not None:
        weights = offer.product.size / GGUF_BYTES_A_WEIGHT
    else:
        weights = offer.files[-1].size / LEAST_BYTES_A_WEIGHT
    needed, total = weights * FP32_BYTES * LOADING_OVERHEAD, total_memory()
    if needed > total:
        raise ModelUnavailable("model_too_large", model=info.name, needed_gb=gb(needed), free_gb=gb(total))


def total_memory() -> int:
    """Bytes of memory of this machine, or of its container."""
    total: int = psutil.virtual_memory().total
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return total
    return min(total, int(limit)) if limit.isdigit() else total


def _kind(settings: dict[str, Any], kind: str) -> str:
    """The architecture's kind, or "encoder" for a checkpoint that names a class without a head."""
    names = settings.get("architectures")
    name = str(names[0]) if isinstance(names, list) and names else ""
    headless = name.endswith(HEADLESS) and not name.endswith("LMHeadModel")
    return "encoder" if headless else kind
