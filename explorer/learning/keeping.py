"""Heads to keep: what a training has changed and the names of its labels, as a safetensors file; and where they lie.

Knows the file's form and a shelf of this process, bounded in bytes and time. No sentence is in a file, and no pickle.
A file is from a stranger until `about` has read its header.
"""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cachetools import TTLCache

from explorer.errors import Told

FORM = "open-sesame-head/1"
CLASSIFIER = "head.classify.weight"
MOST_BYTES = 128 * 2**20  # of one
ALL_BYTES = 512 * 2**20
EXPIRY_S = 3 * 60 * 60.0  # from the last time that it was asked for: a morning at school
MOST_HEADER = 2**20
SHAPES = ("class", "pair", "tokens")
POOLINGS = ("cls", "mean", "last_four")


@dataclass(frozen=True)
class About:
    """What a head is: the model (its revision) that it stands on, its labels, and what makes its body anew."""

    model: str
    labels: tuple[str, ...]
    shape: str
    pooling: str
    start: str
    layers: int
    kept_layers: int
    seed: int


def written(tensors: Mapping[str, Any], about: About) -> bytes:
    """The file, with the weights in 16 bits. Raises Told("handle_too_large")."""
    from safetensors.torch import save

    data = save(
        {name: one.half().contiguous() for name, one in tensors.items()},
        {"form": FORM, "about": json.dumps(asdict(about), ensure_ascii=False)},
    )
    if len(data) > MOST_BYTES:
        raise Told("handle_too_large", needed=len(data), budget=MOST_BYTES)
    return data


def about(data: bytes) -> About:
    """What a file says of itself, without a weight being read. Raises Told: head_too_large (limit), head_no_file,
    head_other_labels."""
    if len(data) > MOST_BYTES:
        raise Told("head_too_large", limit=MOST_BYTES // 2**20)
    try:
        length = int.from_bytes(data[:8], "little")
        if not 0 < length <= min(MOST_HEADER, len(data) - 8):
            raise ValueError("no header")
        header = json.loads(data[8 : 8 + length].decode("utf-8"))
        meta = header.pop("__metadata__")
        if meta["form"] != FORM or max(one["data_offsets"][1] for one in header.values()) != len(data) - 8 - length:
            raise ValueError("another form, or cut off")
        raw = json.loads(meta["about"])
        found = About(**{**raw, "labels": tuple(map(str, raw["labels"]))})
        rows = int(header[CLASSIFIER]["shape"][0])
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise Told("head_no_file") from error
    numbers = (found.layers, found.kept_layers, found.seed)
    if not all(isinstance(one, int) for one in numbers) or found.shape not in SHAPES or found.pooling not in POOLINGS:
        raise Told("head_no_file")
    if found.start not in ("pre-trained", "random", "re-embedded"):
        raise Told("head_no_file")
    if len(set(found.labels)) != len(found.labels) or len(found.labels) != rows:
        raise Told("head_other_labels")
    return found


def tensors(data: bytes) -> dict[str, Any]:
    """The weights of a file. Raises Told("head_no_file")."""
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        return {name: one.float() for name, one in load(data).items()}
    except (SafetensorError, ValueError, KeyError) as error:
        raise Told("head_no_file") from error


class Kept:
    """Files by name, until nobody has asked for them for a while or newer ones need the room."""

    def __init__(
        self, all_bytes: int = ALL_BYTES, expiry: float = EXPIRY_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._files: TTLCache[str, bytes] = TTLCache(all_bytes, expiry, clock, getsizeof=len)
        self._lock = threading.Lock()

    def put(self, name: str, data: bytes) -> None:
        """`name` must be unguessable: whoever knows it has the head."""
        with self._lock:
            self._files[name] = data

    def get(self, name: str) -> bytes:
        """Raises Told("head_lost")."""
        with self._lock:
            data = self._files.get(name)
            if data is None:
                raise Told("head_lost")
            self._files[name] = data  # its time begins anew
            return data


kept = Kept()
HOURS = math.floor(EXPIRY_S / 3600)
