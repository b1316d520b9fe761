"""The process that makes maps: `python -m explorer.lab.umap_worker` reads calls from its input and answers them.

Knows umap-learn and scikit-learn, both imported with the first call: the first fit compiles for ten seconds. Here no
reader's click waits for that. A fit has a fixed seed, so a map that was forgotten and is made again is the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import queue
import sys
import threading
import warnings
from typing import IO, Any

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

Array = NDArray[Any]
SEED = 42
KEPT = 64  # fitted maps that new points can land on
_fitted: LRUCache[tuple[str, int], Any] = LRUCache(KEPT)


def neighbours(n: int) -> int:
    """Neighbours that UMAP looks at among `n` points."""
    return min(15, max(2, n - 1))


def umap_of(rows: Array, dims: int) -> Array:
    """Coordinates[n, dims] of rows[n, d]."""
    return np.asarray(_fit(rows, dims).embedding_, dtype=np.float64)


def landed(rows: Array, new: Array) -> Array:
    """Where new[m, d] land on the 2-D map of rows[n, d], whose own points stay where they are: [m, 2]."""
    return np.asarray(_fit(rows, 2).transform(new.astype(np.float32)), dtype=np.float64)


def tsne_of(rows: Array, dims: int) -> Array:
    """Coordinates[n, dims] of rows[n, d]; t-SNE has no way to add points later."""
    from sklearn.manifold import TSNE

    perplexity = min(30.0, max(1.5, (len(rows) - 1) / 3))
    start = "pca" if min(rows.shape) > dims else "random"
    model = TSNE(n_components=dims, perplexity=perplexity, init=start, metric="euclidean", random_state=SEED, n_jobs=1)
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)  # then Euclidean is cosine's order
    return np.asarray(model.fit_transform(unit.astype(np.float32)), dtype=np.float64)


def _fit(rows: Array, dims: int) -> Any:
    rows = np.ascontiguousarray(rows, dtype=np.float32)
    key = hashlib.sha256(rows.tobytes()).hexdigest() + str(rows.shape), dims
    if key not in _fitted:
        from umap import UMAP

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a fixed seed means one thread is known and meant
            reducer = UMAP(
                n_components=dims, n_neighbors=neighbours(len(rows)), init="pca" if len(rows) > dims + 1 else "random",
                metric="cosine", random_state=SEED, n_jobs=1,
            )  # fmt: skip
            _fitted[key] = reducer.fit(rows)
    return _fitted[key]


def send(stream: IO[bytes], words: dict[str, Any], *arrays: Array) -> None:
    """One message: a line of JSON with the arrays' shapes, then their numbers as float64."""
    rows = [np.ascontiguousarray(array, dtype=np.float64) for array in arrays]
    stream.write(json.dumps(words | {"shapes": [row.shape for row in rows]}).encode() + b"\n")
    for row in rows:
        stream.write(row.tobytes())
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], list[Array]]:
    """The next message. Raises EOFError where the stream has ended, also within one."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    words, arrays = json.loads(line), []
    for shape in words.pop("shapes"):
        size = 8 * int(np.prod(shape))
        found = stream.read(size)
        if len(found) < size:
            raise EOFError
        arrays.append(np.frombuffer(found).reshape(shape))
    return words, arrays


CALLS: dict[str, Any] = {call.__name__: call for call in (umap_of, landed, tsne_of)}


def main() -> None:
    """Answer calls {"call", "dims"} with an array, or with {"error"} and none, until the input ends: whoever asked is
    gone then, and so is this process, in the middle of a fit if need be."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is no answer
    calls: queue.SimpleQueue[tuple[dict[str, Any], list[Array]]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(calls,), daemon=True).start()
    while True:
        words, arrays = calls.get()
        call = CALLS[words.pop("call")]
        try:
            answer = call(*arrays, **words)
        except Exception as error:
            send(answers, {"error": f"{type(error).__name__}: {error}"})
        else:
            send(answers, {}, answer)


def _listen(calls: queue.SimpleQueue[tuple[dict[str, Any], list[Array]]]) -> None:
    while True:
        try:
            calls.put(receive(sys.stdin.buffer))
        except EOFError:
            os._exit(0)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        main()
