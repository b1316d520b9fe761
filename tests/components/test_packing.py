"""The payload: what goes in comes out, arrays start on multiples of four, and what JSON cannot say is refused."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest

from explorer.components.packing import pack, unpack


def test_round_trip_of_header_and_arrays() -> None:
    arrays = {
        "bytes": np.arange(5, dtype=np.uint8),
        "matrix": np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4),
        "ids": np.array([-1, 2**31 - 1], dtype=np.int32),
        "none": np.empty((0, 3), dtype=np.float32),
        "short": np.array([1, 65535, 3], dtype=np.uint16),
        "long": np.array([-np.inf, 1 / 3]),
    }
    header, found = unpack(pack({"word": "好", "labels": {"a": "<b>"}}, arrays))
    assert header == {"word": "好", "labels": {"a": "<b>"}}
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype


@pytest.mark.parametrize("text", ["", "x", "xx", "xxx", "xxxx", "字", "𰻝"])
def test_arrays_are_aligned_whatever_the_header(text: str) -> None:
    payload = pack({"text": text}, {"odd": np.ones(3, dtype=np.uint8), "wide": np.ones(2, dtype=np.float32)})
    (length,) = struct.unpack_from("<I", payload)
    start = 4 + length + -(4 + length) % 4
    entries = json.loads(payload[4 : 4 + length])["arrays"]
    assert all((start + entry["offset"]) % 4 == 0 for entry in entries)
    assert payload[start + entries[1]["offset"] :] == np.ones(2, dtype="<f4").tobytes()


def test_arrays_need_not_be_contiguous() -> None:
    matrix = np.arange(12, dtype=np.float32).reshape(3, 4)
    _, found = unpack(pack({}, {"column": matrix[:, 1], "turned": matrix.T}))
    np.testing.assert_array_equal(found["column"], matrix[:, 1])
    np.testing.assert_array_equal(found["turned"], matrix.T)


def test_lone_surrogates_survive() -> None:
    header, _ = unpack(pack({"broken": "a\ud800b"}))
    assert header["broken"] == "a\ud800b"


def test_other_types_are_refused() -> None:
    with pytest.raises(ValueError, match="float16"):
        pack({}, {"narrow": np.zeros(2, dtype=np.float16)})
    with pytest.raises(ValueError):
        pack({"p": float("nan")})
