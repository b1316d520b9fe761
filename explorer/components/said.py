"""What a browser was told of a figure in an earlier run is named in the next, not said again.

Labels, sentences and small arrays of a figure mostly stay the same from run to run: each entry of some length travels
once a session with its digest, afterwards the digest alone. The browser keeps what it was told (shared/said.js); where
it lacks something after all, it has the page run again, and everything is said anew. Knows no figure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st
from cachetools import LRUCache
from numpy.typing import NDArray

LEAST = 120  # bytes: a name and a digest take some thirty
MOST = 100  # entries remembered a figure; the browser remembers more

Header = dict[str, Any]
Arrays = dict[str, NDArray[Any]]


def shortened(key: str, header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> tuple[Header, Arrays]:
    """Without what the browser of this session knows of the figure `key`: "known" names that, "fresh" what is to be
    kept, each by the name of its entry in the header, or by that of an array with a "$" before it."""
    memory: LRUCache[str, None] = st.session_state.setdefault(_memory(key), LRUCache(MOST))
    digests = {
        name: _digest(text.encode()) for name, value in header.items() if len(text := json.dumps(value)) >= LEAST
    }
    for name, array in arrays.items():
        if array.nbytes >= LEAST:
            digests[f"${name}"] = _digest(
                f"{array.dtype}{array.shape}".encode() + np.ascontiguousarray(array).tobytes()
            )
    known = {name: digest for name, digest in digests.items() if digest in memory}
    fresh = {name: digest for name, digest in digests.items() if digest not in memory}
    for digest in digests.values():
        memory[digest] = None
    left = {name: value for name, value in header.items() if name not in known}
    return (
        left | ({"known": known} if known else {}) | ({"fresh": fresh} if fresh else {}),
        {name: array for name, array in arrays.items() if f"${name}" not in known},
    )


def forget(key: str) -> None:
    """Everything of the figure `key` is said anew."""
    st.session_state.pop(_memory(key), None)


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:12]


def _memory(key: str) -> str:
    return f"component-said:{key}"
