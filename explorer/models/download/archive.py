"""Archives of models: one file with everything in it and a list of checksums, packed here and unpacked anywhere.

A pack is a zip archive without compression (weights do not get smaller): pack.json first, then models/SLUG/FILE. Knows
the store; does not trust an archive: only files that the list names are read, under plain names, in the sizes and
with the checksums it says, and never a program.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from explorer.errors import ModelUnavailable
from explorer.models.catalog import catalog, preflight
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.catalog.store import FORMAT, MANIFEST_LIMIT, Kept, Store, slug
from explorer.models.catalog.terms import accept, require
from explorer.models.download.download_file import BLOCK
from explorer.models.download.fetch import Progress
from explorer.models.download.sources.base import CONFIG, gb, is_allowed, limit_of
from explorer.models.network import weight_headers

LIST = "pack.json"
KNOWN_AS = "open-sesame models"
# What Python's zipfile raises over an archive that lies: a place beyond the file, data that end early or make no sense.
UNREADABLE = (
    KeyError,
    OSError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
)


def pack(model_ids: Sequence[str], target: Path, store: Store) -> Iterator[Progress]:
    """Writes kept models into one file. Embedded ones are left out: every copy of the app has them.

    Raises ModelUnavailable("pack_refused") for a model that is not there or not sound, ModelUnavailable("disk_full").
    """
    kept = [_whole(model_id, store) for model_id in model_ids]
    total = sum(stored.size for one in kept for stored in one.files.values())
    free = shutil.disk_usage(target.absolute().parent).free
    if total > free:
        raise ModelUnavailable("disk_full", path=str(target), needed_gb=gb(total), free_gb=gb(free))
    done, growing = 0, target.with_name(f"{target.name}.part")
    try:
        with zipfile.ZipFile(growing, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(LIST, json.dumps(_list(kept), ensure_ascii=False, indent=1))
            for one in kept:
                for name, stored in one.files.items():
                    digest = hashlib.sha256()
                    member = zipfile.ZipInfo(f"models/{slug(one.id)}/{name}")
                    with (one.folder / name).open("rb") as source, archive.open(member, "w", force_zip64=True) as out:
                        while block := source.read(BLOCK):
                            out.write(block)
                            digest.update(block)
                            done += len(block)
                            yield Progress(one.id, "packing", str(target), name, done, total)
                    if digest.hexdigest() != stored.sha256:
                        raise _refused(one.folder / name, "checksum")
        os.replace(growing, target)
    finally:
        growing.unlink(missing_ok=True)


def contents(path: Path) -> tuple[ModelInfo, ...]:
    """The models that a pack holds, as entries: to show their terms before unpacking. Raises ModelUnavailable."""
    with _opened(path) as archive:
        return tuple(_info(path, model) for model in _models(path, archive))


def unpack(path: Path, store: Store, *, accepted: bool = False) -> Iterator[Progress]:
    """Brings the models of a pack into the store; those that are there already are passed over.

    `accepted`: whoever unpacks has accepted the terms of all of them. Raises ModelUnavailable: pack_refused,
    terms_first, disk_full, checksum_wrong (another file than the catalogue's), config_refused …
    """
    with _opened(path) as archive:
        models = _models(path, archive)
        total = sum(size for model in models for size, _ in model["files"].values())
        store.root.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(store.root).free
        if total > free:
            raise ModelUnavailable("disk_full", path=str(store.root), needed_gb=gb(total), free_gb=gb(free))
        done = 0
        for model in models:
            info = _info(path, model)
            if accepted:
                accept(info, store)
            require(info, store)
            with store.locked(info.id):
                if store.state(info.id) != "whole":
                    for step in _bring(path, archive, model, info, store):
                        yield Progress(info.id, "unpacking", str(path), step[0], done + step[1], total)
            done += sum(size for size, _ in model["files"].values())
            yield Progress(info.id, "done", str(path), "", done, total)


def _bring(
    path: Path, archive: zipfile.ZipFile, model: dict[str, Any], info: ModelInfo, store: Store
) -> Iterator[tuple[str, int]]:
    folder, done = store.parts(info.id), 0
    shutil.rmtree(folder, ignore_errors=True)  # half a fetch gives way: all of it is in the pack
    shutil.rmtree(store.home(info.id), ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        for name, (size, sha256) in model["files"].items():
            digest, written = hashlib.sha256(), 0
            with (folder / name).open("wb") as out:
                for block in _blocks(path, archive, f"models/{slug(info.id)}/{name}"):
                    written += len(block)
                    if written > size:
                        break
                    out.write(block)
                    digest.update(block)
                    yield name, done + written
                out.flush()
                os.fsync(out.fileno())
            if written != size or digest.hexdigest() != sha256:
                raise _refused(path, f"{name}: checksum")
            done += size
        _judge(path, folder, model, info)
        store.finish(info.id, {key: model[key] for key in ("weights", "source", "commit", "info")})
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _blocks(path: Path, archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """What a member holds. Raises ModelUnavailable("pack_refused") for whatever goes wrong in reading."""
    try:
        with archive.open(member) as source:
            while block := source.read(BLOCK):
                yield block
    except UNREADABLE as error:
        raise _refused(path, f"{member}: {error}") from error


def _judge(path: Path, folder: Path, model: dict[str, Any], info: ModelInfo) -> None:
    """The same questions that a fetched model has to answer."""
    weights = model["weights"]
    known = next((entry for entry in catalog.all_entries() if entry.id == info.id), None)
    if known is not None and known.revision and known.revision != model["files"][weights][1]:
        raise ModelUnavailable("checksum_wrong", place=str(path), file=weights)
    preflight.config(info, folder / CONFIG)
    try:
        weight_headers.read(folder / weights)
    except weight_headers.HeaderError as error:
        raise _refused(path, f"{weights}: {error}") from error


def _whole(model_id: str, store: Store) -> Kept:
    kept = store.kept(model_id)
    if kept is None or store.state(model_id) != "whole" or not kept.folder.is_relative_to(store.root):
        raise _refused(model_id, store.state(model_id))
    return kept


def _list(kept: list[Kept]) -> dict[str, Any]:
    models = [
        {
            "id": one.id,
            "weights": one.weights,
            "source": one.source,
            "commit": one.commit,
            "info": one.info,
            "files": {name: [stored.size, stored.sha256] for name, stored in one.files.items()},
        }
        for one in kept
    ]
    return {"kind": KNOWN_AS, "format": FORMAT, "models": models}


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (*UNREADABLE, ValueError) as error:
        raise _refused(path, str(error)) from error


def _refused(path: Path | str, reason: str) -> ModelUnavailable:
    return ModelUnavailable("pack_refused", path=str(path), reason=reason)


def _models(path: Path, archive: zipfile.ZipFile) -> list[dict[str, Any]]:
    """The pack's list, every name and number in it checked. Raises ModelUnavailable("pack_refused")."""
    try:
        if archive.getinfo(LIST).file_size > MANIFEST_LIMIT:
            raise ValueError(f"{LIST} is too large")
        listed = json.loads(archive.read(LIST))
        if listed["kind"] != KNOWN_AS or listed["format"] != FORMAT:
            raise ValueError("not a pack of this version")
        for model in listed["models"]:
            files = model["files"]
            if not all(isinstance(model[key], str) for key in ("id", "weights", "source", "commit")):
                raise ValueError("a name is missing")
            if model["weights"] not in files or CONFIG not in files:
                raise ValueError(f"{model['id']}: weights or {CONFIG} missing")
            for name, (size, sha256) in files.items():
                if not is_allowed(name):
                    raise ValueError(f"{name}: not a file of a model")
                if not isinstance(size, int) or not 0 <= size <= limit_of(name) or len(sha256) != 64:
                    raise ValueError(f"{name}: size or checksum")
                if archive.getinfo(f"models/{slug(model['id'])}/{name}").file_size != size:
                    raise ValueError(f"{name}: another size than listed")
        return list(listed["models"])
    except (*UNREADABLE, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise _refused(path, str(error) or type(error).__name__) from error


def _info(path: Path, model: dict[str, Any]) -> ModelInfo:
    """The catalogue's entry where it has one: a pack can't talk itself out of terms."""
    for entry in catalog.all_entries():
        if entry.id == model["id"]:
            if entry.embedded:
                raise _refused(path, f"{entry.id} ships with the app")
            return entry
    try:
        info = catalog.from_dict(model["info"] | {"id": model["id"], "terms": [], "path": ""})
    except (KeyError, TypeError, ValueError) as error:
        raise _refused(path, str(error)) from error
    if not info.family:
        raise _refused(path, "no model_type")
    return info
