"""Weight file headers: shapes (and, for GGUF, places) of the tensors in a weights file, without its weights.

Knows the two formats the app accepts, safetensors and GGUF (version 2 and 3), and imports no torch. Reads no weights.
Formats: github.com/huggingface/safetensors (Format) and github.com/ggml-org/ggml (docs/gguf.md).
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

HEADER_LIMIT = 64 * 2**20  # bytes; the header of a model with 100,000 tensors is far smaller
COUNT_LIMIT = 10**6  # tensors, metadata entries
ARRAY_LIMIT = 10**7  # entries of one metadata array (a vocabulary)

_GGUF_SCALAR_BYTES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_GGUF_STRING, _GGUF_ARRAY = 8, 9
_GGUF_ALIGNMENT = b"general.alignment"
_GGUF_TEMPLATE = b"tokenizer.chat_template"


class HeaderError(Exception):
    """The header can't be read, or the file is shorter than its header says."""


@dataclass(frozen=True)
class Place:
    """Where a GGUF file keeps a tensor: bytes from the file's start, and the number of its number format."""

    offset: int
    type: int


@dataclass(frozen=True)
class Header:
    """`shapes`: tensor name → shape, outermost dimension first; GGUF only: `places`: tensor name → place, and
    `chat_template`, "" where the file has none."""

    shapes: dict[str, tuple[int, ...]]
    places: dict[str, Place] = field(default_factory=dict)
    chat_template: str = ""

    @property
    def n_weights(self) -> int:
        return sum(math.prod(shape) for shape in self.shapes.values())


def read(path: Path) -> Header:
    """The header of a .safetensors or .gguf file. Raises HeaderError; OSError where the file can't be opened."""
    try:
        with path.open("rb") as file:
            if path.suffix == ".gguf":
                return _gguf(file)
            return _safetensors(file, path.stat().st_size)
    except (struct.error, ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise HeaderError(f"unreadable header: {error}") from error


def _safetensors(file: BinaryIO, size: int) -> Header:
    (length,) = struct.unpack("<Q", file.read(8))
    if length > min(HEADER_LIMIT, size - 8):
        raise HeaderError("the header is longer than the file")
    tensors = json.loads(file.read(length))
    tensors.pop("__metadata__", None)
    end = max((entry["data_offsets"][1] for entry in tensors.values()), default=0)
    if 8 + length + end != size:
        raise HeaderError(f"{8 + length + end} bytes expected, {size} found")
    return Header({name: tuple(entry["shape"]) for name, entry in tensors.items()})


def _gguf(file: BinaryIO) -> Header:
    magic, version, n_tensors, n_entries = struct.unpack("<4sIQQ", file.read(24))
    if magic != b"GGUF" or version not in (2, 3):
        raise HeaderError("not a GGUF file of version 2 or 3")
    if n_tensors > COUNT_LIMIT or n_entries > COUNT_LIMIT:
        raise HeaderError("impossible number of tensors")
    alignment, template = 32, b""
    for _ in range(n_entries):
        key = _string(file)
        (kind,) = struct.unpack("<I", file.read(4))
        if key == _GGUF_ALIGNMENT:
            (alignment,) = struct.unpack("<I", file.read(4))
        elif key == _GGUF_TEMPLATE and kind == _GGUF_STRING:
            template = _string(file)
        else:
            _skip_value(file, kind)
    shapes, places = {}, {}
    for _ in range(n_tensors):
        name = _string(file).decode("utf-8")
        (n_dims,) = struct.unpack("<I", file.read(4))
        if n_dims > 8:
            raise HeaderError("impossible shape")
        dims = struct.unpack(f"<{n_dims}Q", file.read(8 * n_dims))
        kind, offset = struct.unpack("<IQ", file.read(12))
        shapes[name] = tuple(reversed(dims))  # GGUF writes the innermost dimension first
        places[name] = Place(offset, kind)
    start = -(-file.tell() // alignment) * alignment
    moved = {name: Place(start + place.offset, place.type) for name, place in places.items()}
    return Header(shapes, moved, template.decode("utf-8"))


def _string(file: BinaryIO) -> bytes:
    (length,) = struct.unpack("<Q", file.read(8))
    if length > HEADER_LIMIT:
        raise HeaderError("impossible length of a string")
    text = file.read(length)
    if len(text) < length:
        raise HeaderError("the file ends inside its header")
    return text


def _skip_value(file: BinaryIO, kind: int) -> None:
    if kind == _GGUF_STRING:
        _string(file)
    elif kind == _GGUF_ARRAY:
        inner, count = struct.unpack("<IQ", file.read(12))
        if count > ARRAY_LIMIT:
            raise HeaderError("impossible length of an array")
        if inner in _GGUF_SCALAR_BYTES:
            file.seek(count * _GGUF_SCALAR_BYTES[inner], 1)
        else:
            for _ in range(count):
                _skip_value(file, inner)
    else:
        file.seek(_GGUF_SCALAR_BYTES[kind], 1)
