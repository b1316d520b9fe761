"""Models outside the catalogue: a hub's id that the teacher types, a folder on this machine.

Knows how such a name becomes an entry; fetches nothing (fetch.py). What an id stands for is found out from its
config.json, before anything large moves.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from explorer.errors import ModelUnavailable
from explorer.models.catalog import catalog, preflight, store
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.catalog.policy import FOLDER, Policy
from explorer.models.download.sources.base import CONFIG, WEIGHTS
from explorer.models.download.sources.directory import Directory
from explorer.models.download.sources.huggingface import REPO, REVISION
from explorer.models.network import file_kinds, special_tokens, weight_headers

TOKENIZER, VOCABULARY = "tokenizer.json", "vocab.txt"  # the second: BERT's word pieces, a line each
UNSTATED = "see the model card"


def by_name(name: str) -> ModelInfo:
    """The entry for an id of the catalogue, of the store, or of the hub: OWNER/NAME or OWNER/NAME@REVISION.

    A hub's id that the catalogue has under a shorter name is that entry. Raises ModelUnavailable("id_refused"),
    ModelUnavailable("model_unknown").
    """
    name = name.strip()
    try:
        return catalog.entry(name)
    except ModelUnavailable:
        if "/" not in name:
            raise
    repo, at, revision = name.partition("@")
    if not REPO.fullmatch(repo) or (at and not REVISION.fullmatch(revision)) or ".." in name:
        raise ModelUnavailable("id_refused", id=name)
    for info in catalog.all_entries():
        if f"huggingface:{name}" in info.sources:
            return catalog.entry(info.id)
    sources = (f"huggingface:{name}",) if at else (f"huggingface:{name}", f"modelscope:{name}")
    return _entry(name, repo.rpartition("/")[2], sources, store.default().home(name), WEIGHTS)


def register(folder: Path, policy: Policy) -> ModelInfo:
    """A folder of this machine as a model, used where it is. Its id is "folder:" and the folder's name.

    Every file that will be read is opened now: what is broken is told here, and not in class.

    Raises ModelUnavailable: not_allowed, folder_refused, config_refused, only_pickle, model_unsupported, file_pointer …
    """
    policy.require(FOLDER)
    folder = folder.expanduser().resolve()
    offer = Directory(folder).look(Event(), "")
    files = {file.name: [file.size, file.sha256] for file in offer.files}
    if not {TOKENIZER, VOCABULARY} & set(files):
        raise ModelUnavailable("folder_refused", path=str(folder), reason=f"no {TOKENIZER}")
    model_id = f"folder:{folder.name}"
    info = preflight.config(_entry(model_id, folder.name, ("folder",), folder, offer.weights), folder / CONFIG)
    with (folder / offer.weights).open("rb") as file:
        file_kinds.require(file.read(file_kinds.FIRST), info.name, str(folder / offer.weights))
    try:
        info = replace(info, parameters=weight_headers.read(folder / offer.weights).n_weights)
    except weight_headers.HeaderError as error:
        raise ModelUnavailable("folder_refused", path=str(folder), reason=f"{offer.weights}: {error}") from error
    special_tokens.require(info)
    note = {
        "path": str(folder),
        "weights": offer.weights,
        "fetched": datetime.now(UTC).isoformat(timespec="microseconds"),
        "files": files,
        "info": asdict(info),
    }
    store.default().register(model_id, note)
    return catalog.entry(model_id)


def _entry(model_id: str, name: str, sources: tuple[str, ...], folder: Path, weights: str) -> ModelInfo:
    return ModelInfo(
        id=model_id,
        name=name,
        family="",
        kind="encoder",
        parameters=0,
        languages=(),
        simplified=False,
        licence=UNSTATED,
        sources=sources,
        path=str(folder),
        weights=weights,
        revision="",
        bytes=0,
    )
