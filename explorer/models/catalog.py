"""Which models exist: catalog.toml, read once into frozen entries.

Knows names, places, sizes and checksums. Does not open a model's files (files.py) and never loads one (loader.py).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from explorer.models.errors import ModelError

EMBEDDED = Path(__file__).resolve().parents[2] / "assets" / "models"
KINDS = ("masked", "causal", "seq2seq", "encoder")


@dataclass(frozen=True)
class TrainedWith:
    """How a masked model was trained: the share of tokens covered, and of these [MASK] / random / kept."""

    mask_share: float
    mask_split: tuple[float, float, float]


@dataclass(frozen=True)
class ModelInfo:
    """One entry of the catalogue; the fields are explained at the top of catalog.toml."""

    id: str
    name: str
    family: str
    kind: str
    parameters: int
    languages: tuple[str, ...]
    simplified: bool
    licence: str
    sources: tuple[str, ...]
    path: str
    weights: str
    revision: str
    bytes: int
    licence_file: str = ""
    trained_with: TrainedWith | None = None

    @property
    def folder(self) -> Path:
        """Where the files lie: below assets/models, or at `path` itself if that is absolute."""
        return EMBEDDED / self.path

    @property
    def weights_file(self) -> Path:
        return self.folder / self.weights


@cache
def all_entries() -> tuple[ModelInfo, ...]:
    """Every model of the catalogue, in its order."""
    tables = tomllib.loads((Path(__file__).parent / "catalog.toml").read_text(encoding="utf-8"))["model"]
    entries = tuple(_entry(table) for table in tables)
    if len({info.id for info in entries}) != len(entries):
        raise ValueError("catalog.toml: two models share an id")
    return entries


def entry(model_id: str) -> ModelInfo:
    """The model called `model_id`. Raises ModelError("model_unknown") if the catalogue has none."""
    for info in all_entries():
        if info.id == model_id:
            return info
    raise ModelError("model_unknown", model=model_id)


def default(kind: str) -> ModelInfo:
    """The model a page starts with: the catalogue's first of this kind. Raises LookupError if there is none."""
    for info in all_entries():
        if info.kind == kind:
            return info
    raise LookupError(f"no {kind!r} model in catalog.toml")


def _entry(table: dict[str, Any]) -> ModelInfo:
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    if trained := fields.pop("trained_with", None):
        fields["trained_with"] = TrainedWith(trained["mask_share"], tuple(trained["mask_split"]))
    info = ModelInfo(**fields)
    if info.kind not in KINDS:
        raise ValueError(f"catalog.toml: {info.id}: unknown kind {info.kind!r}")
    return info
