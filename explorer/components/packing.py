"""One payload for a browser component: a JSON header and raw arrays in a single bytes object.

Knows the byte layout and nothing of what the numbers mean. Its reader in the browser is shared/packing.js.

Layout: header length (uint32, little-endian) · header (JSON, UTF-8) · zeros up to a multiple of 4 · arrays.
The header's "arrays" entry lists {name, dtype, shape, offset}; offsets count from the first byte after the
padding and are multiples of 4, so that the browser can look at most of them in place.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

_DTYPES = {"float64": "<f8", "float32": "<f4", "int32": "<i4", "uint16": "<u2", "uint8": "|u1"}
_ALIGN = 4
_SURROGATE = re.compile("[\ud800-\udfff]")


def pack(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]] | None = None) -> bytes:
    """`header` (JSON values, no NaN, no "arrays" entry of its own) and `arrays` (of _DTYPES) as bytes.

    Raises ValueError for another dtype or a number JSON does not know.
    """
    blocks: list[bytes] = []
    entries: list[dict[str, Any]] = []
    offset = 0
    for name, array in (arrays or {}).items():
        if array.dtype.name not in _DTYPES:
            raise ValueError(f"{name}: {array.dtype} cannot be packed; use one of {sorted(_DTYPES)}")
        entries.append({"name": name, "dtype": array.dtype.name, "shape": list(array.shape), "offset": offset})
        block = np.ascontiguousarray(array, dtype=_DTYPES[array.dtype.name]).tobytes()
        blocks.append(block + _padding(len(block)))
        offset += len(blocks[-1])
    text = as_json({**header, "arrays": entries})
    return struct.pack("<I", len(text)) + text + _padding(4 + len(text)) + b"".join(blocks)


def as_json(value: Any) -> bytes:
    """JSON in UTF-8, as short as it goes. Raises ValueError for a number JSON does not know."""
    plain = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    # Escapes keep lone surrogates of a broken input alive, which UTF-8 does not know.
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", plain).encode()


def json_array(value: Any) -> NDArray[np.uint8]:
    """A JSON value as an array: what stays the same from run to run need come only once, like any large array."""
    return np.frombuffer(as_json(value), dtype=np.uint8)


def planes(array: NDArray[Any]) -> bytes:
    """One array as it lies at an address: all first bytes of its numbers, then all second bytes, and so on.

    Neighbouring scores share their high bytes, so that compression finds them. Raises ValueError as `pack` does.
    """
    if array.dtype.name not in _DTYPES:
        raise ValueError(f"{array.dtype} cannot be packed; use one of {sorted(_DTYPES)}")
    plain = np.ascontiguousarray(array, dtype=_DTYPES[array.dtype.name])
    return plain.reshape(-1, 1).view(np.uint8).T.tobytes()


def unpack(payload: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The header (without "arrays") and read-only views of the arrays of a payload made by `pack`."""
    (length,) = struct.unpack_from("<I", payload)
    header: dict[str, Any] = json.loads(payload[4 : 4 + length])
    start = 4 + length + len(_padding(4 + length))
    arrays = {}
    for entry in header.pop("arrays"):
        count = int(np.prod(entry["shape"], dtype=np.int64))
        flat = np.frombuffer(payload, _DTYPES[entry["dtype"]], count, start + entry["offset"])
        arrays[entry["name"]] = flat.reshape(entry["shape"])
    return header, arrays


def _padding(length: int) -> bytes:
    return b"\0" * (-length % _ALIGN)
