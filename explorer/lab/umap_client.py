"""UMAP and t-SNE of points at one layer, and new points landing on a UMAP that stands already.

Asked of a process of their own (explorer.lab.umap_worker.py), started with the first call and one for all: compiling
UMAP holds Python's lock for seconds, and with it every reader of this process. Knows vectors; no model, no words.

Why not a pool of joblib's (loky): measured with joblib 1.6, its process outlives an app that dies (it still stood
fifteen minutes later), an app that ends waits for the fit in hand (12.5 s for one of 12 s), and the process's number,
which its threads' schedule needs, is private. Here an input that ends is the word to go.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from explorer import paths
from explorer.errors import Told
from explorer.lab.umap_worker import receive, send

__all__ = ["MapError", "landed", "told", "tsne_of", "umap_of", "warm"]

Array = NDArray[Any]
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}  # clicks need the others

_one_at_a_time = threading.Lock()
_scheduling = threading.Lock()
_waiting = 0  # calls that somebody waits for
_starting = threading.Lock()
_process: subprocess.Popen[bytes] | None = None
_leaving = False  # this process ends: a call whose answer its end has cut off must not start another
_unusable = ""  # why UMAP cannot be used on this machine, once `warm` has found out


class MapError(RuntimeError):
    """A map could not be made; the message is the library's own."""


@contextlib.contextmanager
def told(method: str) -> Iterator[None]:
    """Within, a map that cannot be made is the reader's to know. Raises Told("map_failed")."""
    try:
        yield
    except MapError as error:
        raise Told("map_failed", method=method, reason=str(error)[:200]) from error


def warm() -> None:
    """Let UMAP compile, with what nobody else wants of the processor until a map is asked for. Raises MapError.

    (Elsewhere than on Linux the system shares the processor out as it always does.)
    """
    global _unusable
    rows = np.random.default_rng(0).normal(size=(24, 16))
    try:
        _ask("umap_of", rows, hurry=False, dims=2)
        _ask("landed", rows, rows[:2] + 0.1, hurry=False)
    except MapError as error:
        _unusable = str(error)
        raise


def umap_of(rows: Array, dims: int) -> Array:
    """Coordinates[n, dims] of rows[n, d], the same for the same rows. Raises MapError."""
    return _ask("umap_of", rows, dims=dims)


def landed(rows: Array, new: Array) -> Array:
    """Where new[m, d] land on the 2-D map of rows[n, d], whose own points stay: [m, 2]. Raises MapError."""
    return _ask("landed", rows, new)


def tsne_of(rows: Array, dims: int) -> Array:
    """Coordinates[n, dims] of rows[n, d]; t-SNE has no way to add points later. Raises MapError."""
    return _ask("tsne_of", rows, dims=dims)


def _ask(call: str, *arrays: Array, hurry: bool = True, **words: int) -> Array:
    """The answer of the process; one that has died since the last call is started again, once.

    What could not be compiled when it was tried first is not tried again for every reader.
    """
    if _unusable and call != "tsne_of":
        raise MapError(_unusable)
    with _waited_for() if hurry else contextlib.nullcontext(), _one_at_a_time:
        for last in (False, True):
            try:
                process = _running()
                assert process.stdin and process.stdout
                send(process.stdin, {"call": call, **words}, *arrays)
                answer, found = receive(process.stdout)
            except (OSError, EOFError) as error:
                _end()
                if last:
                    raise MapError("the process that makes maps has ended") from error
            else:
                if "error" in answer:
                    raise MapError(answer["error"])
                if not np.isfinite(found[0]).all():
                    raise MapError("the map holds what is no number")
                return found[0]
    raise AssertionError("unreachable")


@contextlib.contextmanager
def _waited_for() -> Iterator[None]:
    """While somebody waits the process works like any other, also at what is in hand and must end first."""
    _schedule(more=1)
    try:
        yield
    finally:
        _schedule(more=-1)


def _running() -> subprocess.Popen[bytes]:
    """The process, started where there is none. Raises EOFError where the app ends."""
    global _process
    with _starting:
        if _leaving:
            raise EOFError
        if _process is None:
            command = [sys.executable, "-m", "explorer.lab.umap_worker"]
            environment = {"NUMBA_CACHE_DIR": compiled_folder()} | dict(os.environ) | ONE_THREAD
            _process = subprocess.Popen(
                command, cwd=paths.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
            )
            _schedule()
        return _process


def compiled_folder() -> str:
    """Where UMAP's compiler keeps what it has compiled: by itself it would look beside the packages and in the home
    folder, and give up where an install cannot be written to (a container, a shared machine)."""
    wanted = paths.cache_folder() / "compiled"
    return str(wanted if paths.can_be_written(wanted) else paths.temporary_folder() / "compiled")


def _schedule(more: int = 0) -> None:
    """For every thread of it: one left behind with idle time only would let the others wait for it without end."""
    global _waiting
    with _scheduling:
        _waiting += more
        policy = "SCHED_OTHER" if _waiting else "SCHED_IDLE"
        if (process := _process) is None or not hasattr(os, policy):
            return
        with contextlib.suppress(psutil.Error):  # it has just ended
            for thread in psutil.Process(process.pid).threads():
                with contextlib.suppress(OSError):  # this one has just ended, or the system will not have it
                    os.sched_setscheduler(thread.id, getattr(os, policy), os.sched_param(0))


@atexit.register
def _leave() -> None:
    global _leaving
    _leaving = True
    _end()


def _end() -> None:
    """End the process; the next call starts another."""
    global _process
    with _starting:
        process, _process = _process, None
    if process is not None:
        process.kill()
        process.communicate()
