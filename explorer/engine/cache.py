"""Where finished results lie: in memory, and as files that come with the app.

Knows keys, bytes and files. Knows nothing of models, queues or what a result means. Torch is not imported here,
nor by `explorer.lab.experiment.find`, which keys need for an experiment's version: modules of `explorer/lab`
import torch inside their functions only, so the first paint can look results up without it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import re
import sys
import tempfile
import threading
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from cachetools import LRUCache

from explorer import paths
from explorer.lab.types import codec

DEFAULT_MEMORY = 256 * 2**20

_NAME = re.compile(r"[a-z0-9-]+/[a-z0-9-]+")
_log = logging.getLogger(__name__)


def key(revision: str, experiment: str, version: int, inputs: Any) -> str:
    """What a result is kept under: 64 hex digits. `revision` is the SHA-256 of the model's weights."""
    parts = json.dumps([revision, experiment, version, codec.canonical(inputs)], ensure_ascii=False)
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()


def own(value: Any) -> Any:
    """`value` with arrays that are read-only and own their memory.

    Every reader gets the same arrays, so none may write into them. A view is copied: it would keep alive all of
    what it looks into (the logits of 32 readers for the one row of one of them), and its base could still change.
    """
    if isinstance(value, np.ndarray):
        array = value if value.flags.owndata else value.copy()
        array.setflags(write=False)
        return array
    if isinstance(value, tuple):
        items = tuple(own(item) for item in value)
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    if is_dataclass(value) and not isinstance(value, type):
        old_fields = {field.name: getattr(value, field.name) for field in fields(value)}
        changed = {name: new for name, old in old_fields.items() if (new := own(old)) is not old}
        return replace(value, **changed) if changed else value
    return value


def size(value: Any) -> int:
    """Bytes that `value` takes: the arrays' own, and Python's for the rest."""
    if isinstance(value, np.ndarray):
        return value.nbytes + sys.getsizeof(None)
    if isinstance(value, tuple):
        return sys.getsizeof(value) + sum(map(size, value))
    if is_dataclass(value) and not isinstance(value, type):
        return sys.getsizeof(value) + sum(size(getattr(value, field.name)) for field in fields(value))
    return sys.getsizeof(value)


class MemoryCache:
    """The most recently used results, up to `max_bytes` together. Every method may be called from any thread."""

    def __init__(self, max_bytes: int = DEFAULT_MEMORY) -> None:
        self.max_bytes = max_bytes
        self._kept: LRUCache[str, Any] = LRUCache(max_bytes, getsizeof=size)
        self._lock = threading.Lock()

    def get(self, key: str) -> Any | None:
        with self._lock:
            return self._kept.get(key)

    def put(self, key: str, value: Any) -> None:
        """Keep `value` (see `own`) and let the least recently used go. One that exceeds the bound is not kept."""
        with self._lock:
            self._kept.pop(key, None)
            with contextlib.suppress(ValueError):  # too large
                self._kept[key] = value

    def evict(self, nbytes: int) -> bool:
        """Let the least recently used go until `nbytes` less are kept; False where nothing was."""
        with self._lock:
            wanted, before = self._kept.currsize - nbytes, len(self._kept)
            while self._kept and self._kept.currsize > wanted:
                self._kept.popitem()
            return before > 0

    @property
    def used(self) -> int:
        """Bytes kept now."""
        with self._lock:
            return int(self._kept.currsize)

    def __len__(self) -> int:
        with self._lock:
            return len(self._kept)


TOKENS = "input/tokens"  # no experiment: how tokenizers cut the texts that 输入 opens with
TOKENS_VERSION = 1


class Precomputed:
    """Results that come with the app: <folder>/<chapter>/<experiment>/<the key's first 20 digits>.npz."""

    def __init__(self, folder: Path = paths.PRECOMPUTED) -> None:
        self.folder = folder

    def path(self, experiment: str, key: str) -> Path:
        if not _NAME.fullmatch(experiment):
            raise LookupError(f"no experiment {experiment!r}")
        return self.folder / experiment / f"{key[:20]}.npz"

    def get(self, experiment: str, key: str) -> Any | None:
        """The result, or None. A damaged file counts as none: the model can still answer."""
        path = self.path(experiment, key)
        try:
            return own(codec.decode(path.read_bytes()))
        except OSError:
            return None
        except codec.CodecError as error:
            _log.warning("%s is damaged: %s", path, error)
            return None

    def put(self, experiment: str, key: str, value: Any) -> Path:
        """Write the result's file and return its path. A file half written is never seen under that name."""
        path = self.path(experiment, key)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
            part.write(codec.encode(value))
        os.chmod(part.name, 0o644)  # temporary files are private; these are to be committed
        os.replace(part.name, path)
        return path
