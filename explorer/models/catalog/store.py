"""Store of fetched models: one folder a model and revision, whole or not there at all.

Knows folders, manifests and checksums; does not know where models come from (sources/) nor what a config means.
A model is whole when its folder has a manifest, and the manifest is the last file written before the folder gets its
name in one step. What is on its way lies below `.parts` and is never looked at by anything but a fetch.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import platformdirs
from filelock import FileLock, Timeout

from explorer import settings
from explorer.errors import ModelUnavailable

VARIABLE = "SESAME_MODELS"  # the folder of fetched models; without it, the platform's place for a program's data
MANIFEST = "manifest.json"
DAMAGED = "damaged.json"
NOTES = "notes.json"
MANIFEST_LIMIT = 2**20
FORMAT = 1
STATES = ("absent", "partial", "damaged", "whole")
LEFTOVERS = (".part", ".etag", ".whl")  # what only a fetch in progress has


@dataclass(frozen=True)
class Stored:
    """One file of a kept model."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Kept:
    """A whole model. `revision` is the sha256 of its weights; `commit` is what its source calls this version."""

    id: str
    folder: Path
    weights: str
    revision: str
    bytes: int
    source: str
    commit: str
    fetched: str
    info: dict[str, Any]
    files: dict[str, Stored]


def default() -> Store:
    """The store in SESAME_MODELS, or in the user's data folder."""
    if named := settings.value(VARIABLE):
        return Store(Path(named).expanduser().absolute())
    return Store(platformdirs.user_data_path("open-sesame", appauthor=False) / "models")


def slug(name: str) -> str:
    """A folder name for any id; different for different ids, also where case is not told apart."""
    plain = re.sub(r"[^a-z0-9._-]", "-", name.lower()).strip(".")
    if plain == name and len(name) <= 60:
        return plain
    return f"{plain[:60]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


class Store:
    """The models below one folder. Safe for several processes: who changes a model holds its lock."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def home(self, model_id: str) -> Path:
        """The folder that holds the revisions of a model."""
        return self.root / slug(model_id)

    def parts(self, model_id: str) -> Path:
        """The folder in which a model grows while it is fetched."""
        return self.root / ".parts" / slug(model_id)

    def kept(self, model_id: str) -> Kept | None:
        """The newest whole model of this id; None if there is none. Reads the manifest only."""
        local = self._registered().get(model_id)
        if local is not None:
            return _local(model_id, local)
        found = [kept for folder in _folders(self.home(model_id)) if (kept := _read(folder)) and kept.id == model_id]
        return max(found, key=lambda kept: kept.fetched, default=None)

    def ids(self) -> tuple[str, ...]:
        """Ids of all that is kept, registered folders among them."""
        found = {kept.id for home in _folders(self.root) for folder in _folders(home) if (kept := _read(folder))}
        return tuple(sorted(found | self._registered().keys()))

    def state(self, model_id: str) -> str:
        """ "whole", "damaged" (files lack or have another size, or `verify` found one wrong), "partial" or "absent"."""
        growing = self._bytes_in(self.parts(model_id))  # looked at first: a fetch that ends now is seen as whole
        kept = self.kept(model_id)
        if kept is not None:
            complete = all(_size(kept.folder / name) == stored.size for name, stored in kept.files.items())
            return "whole" if complete else "damaged"
        if any((folder / DAMAGED).is_file() for folder in _folders(self.home(model_id))):
            return "damaged"
        return "partial" if growing else "absent"

    def bytes_on_disk(self, model_id: str) -> int:
        """What a model takes up here, what is half fetched included; a registered folder counts nothing."""
        return self._bytes_in(self.home(model_id)) + self._bytes_in(self.parts(model_id))

    def verify(self, model_id: str) -> Iterator[tuple[str, bool]]:
        """Reads every file of a kept model again: its name, and whether it is what was fetched.

        If one is not, the model is not whole any more once this has been read to its end; fetching it again replaces
        only what is wrong. Raises LookupError if there is none.
        """
        kept = self.kept(model_id)
        if kept is None:
            raise LookupError(model_id)
        wrong = []
        for name, stored in kept.files.items():
            right = _size(kept.folder / name) == stored.size and sha256_of(kept.folder / name) == stored.sha256
            if not right:
                wrong.append(name)
            yield name, right
        if wrong and kept.folder.is_relative_to(self.root):
            with self.locked(model_id):
                write_json(kept.folder / DAMAGED, {"id": model_id, "wrong": wrong})
                (kept.folder / MANIFEST).unlink(missing_ok=True)

    def remove(self, model_id: str) -> int:
        """Deletes what is kept and what is half fetched; the bytes freed. A registered folder is only forgotten."""
        with self.locked(model_id):
            freed = self.bytes_on_disk(model_id)
            for folder in _folders(self.home(model_id)):
                (folder / MANIFEST).unlink(missing_ok=True)  # first: half removed must not look whole
            shutil.rmtree(self.home(model_id), ignore_errors=True)
            shutil.rmtree(self.parts(model_id), ignore_errors=True)
            if model_id in self._registered():
                self.register(model_id, None)
        return freed

    def reopen(self, model_id: str) -> None:
        """Makes damaged folders material for the next fetch: their sound files are used again, the others deleted.

        Call it with the lock held.
        """
        for folder in _folders(self.home(model_id)):
            note = _json(folder / DAMAGED)
            kept = _read(folder)
            if note is None and kept is not None:
                wrong = [name for name, stored in kept.files.items() if _size(folder / name) != stored.size]
            else:
                wrong = [str(name) for name in (note or {}).get("wrong", ())]
            if note is None and not wrong:
                continue
            (folder / MANIFEST).unlink(missing_ok=True)
            self.parts(model_id).mkdir(parents=True, exist_ok=True)
            for file in folder.iterdir():
                if file.name not in wrong and file.name != DAMAGED:
                    os.replace(file, self.parts(model_id) / file.name)
            shutil.rmtree(folder)

    def finish(self, model_id: str, manifest: dict[str, Any]) -> Kept:
        """Turns the grown folder into a kept model: the manifest is written, then the folder gets its name.

        `manifest` has weights, source, commit and info. Call it with the lock held.
        """
        parts = self.parts(model_id)
        for file in parts.iterdir():
            if file.name.startswith(".") or file.suffix in LEFTOVERS or file.name == MANIFEST:
                file.unlink()
        files = {file.name: file for file in sorted(parts.iterdir())}
        stored = {name: Stored(file.stat().st_size, sha256_of(file)) for name, file in files.items()}
        weights = stored[manifest["weights"]]
        write_json(
            parts / MANIFEST,
            {
                "format": FORMAT,
                "id": model_id,
                "revision": weights.sha256,
                "bytes": weights.size,
                "fetched": datetime.now(UTC).isoformat(timespec="microseconds"),
                "files": {name: [one.size, one.sha256] for name, one in stored.items()},
                **manifest,
            },
        )
        target = self.home(model_id) / weights.sha256[:12]
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            shutil.rmtree(target)
        os.replace(parts, target)
        for folder in _folders(self.home(model_id)):
            if folder != target:
                shutil.rmtree(folder, ignore_errors=True)  # an older revision: nothing asks for it any more
        kept = _read(target)
        assert kept is not None
        return kept

    @contextlib.contextmanager
    def locked(self, model_id: str) -> Iterator[None]:
        """Alone with this model, across processes; a killed one lets go. Raises ModelUnavailable("fetch_running")."""
        folder = self.root / ".locks"
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(folder / f"{slug(model_id)}.lock", timeout=0, thread_local=False):
                yield
        except Timeout as error:
            raise ModelUnavailable("fetch_running", model=model_id) from error

    def note(self, topic: str) -> dict[str, Any]:
        """What this machine remembers under a topic: "pins", "terms", "folders" or "chapters"."""
        notes = (_json(self.root / NOTES) or {}).get(topic)
        return notes if isinstance(notes, dict) else {}

    def remember(self, topic: str, key: str, value: object | None) -> None:
        """Write one entry of a topic; None forgets it."""
        self.root.mkdir(parents=True, exist_ok=True)
        with FileLock(self.root / ".notes.lock", thread_local=False):
            notes = _json(self.root / NOTES) or {}
            entries = notes.setdefault(topic, {})
            if value is None:
                entries.pop(key, None)
            else:
                entries[key] = value
            write_json(self.root / NOTES, notes)

    def register(self, model_id: str, folder: dict[str, Any] | None) -> None:
        """Remember a folder outside the store under an id (`path`, `weights`, `revision`, `info`); None forgets it."""
        self.remember("folders", model_id, folder)

    def _registered(self) -> dict[str, Any]:
        return self.note("folders")

    def _bytes_in(self, folder: Path) -> int:
        # not rglob: a fetch that ends renames the folder, and os.walk alone takes it for empty then
        return sum(_size(Path(place) / name) for place, _, names in os.walk(folder) for name in names)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_json(path: Path, value: object) -> None:
    """The whole file or the old one: written beside it, forced to disk, then renamed."""
    beside = path.with_name(f".{path.name}.new")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def _read(folder: Path) -> Kept | None:
    manifest = _json(folder / MANIFEST)
    try:
        if manifest is None or manifest["format"] != FORMAT:
            return None
        return Kept(
            id=manifest["id"],
            folder=folder,
            weights=manifest["weights"],
            revision=manifest["revision"],
            bytes=manifest["bytes"],
            source=manifest["source"],
            commit=manifest["commit"],
            fetched=manifest["fetched"],
            info=manifest["info"],
            files={str(name): Stored(int(size), str(sha256)) for name, (size, sha256) in manifest["files"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None  # not a manifest of ours: the folder is not a model


def _local(model_id: str, entry: dict[str, Any]) -> Kept | None:
    folder = Path(entry["path"])
    files = {str(name): Stored(int(size), str(sha256)) for name, (size, sha256) in entry["files"].items()}
    weights = files[entry["weights"]]
    return Kept(
        id=model_id,
        folder=folder,
        weights=entry["weights"],
        revision=weights.sha256,
        bytes=weights.size,
        source="directory",
        commit="",
        fetched=entry["fetched"],
        info=entry["info"],
        files=files,
    )


def _folders(path: Path) -> list[Path]:
    try:
        return sorted(folder for folder in path.iterdir() if folder.is_dir() and not folder.name.startswith("."))
    except OSError:
        return []


def _json(path: Path) -> dict[str, Any] | None:
    try:
        if path.stat().st_size > MANIFEST_LIMIT:
            return None
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0
