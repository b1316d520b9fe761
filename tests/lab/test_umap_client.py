"""The process that makes maps comes and goes with the app."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from explorer import paths
from tests.pace import PACE, PATIENCE

# An app that ends while its first map is being made: the answer is cut off by the end itself.
LEAVES = """
import contextlib, threading, time
from explorer.lab import umap_client
def warm():
    with contextlib.suppress(umap_client.MapError):
        umap_client.warm()
threading.Thread(target=warm, daemon=True).start()
while umap_client._process is None:
    time.sleep(0.01)
"""


def test_an_app_that_ends_leaves_no_process_behind(tmp_path: Path) -> None:
    mark = str(tmp_path)
    environment = dict(os.environ) | {"NUMBA_CACHE_DIR": mark, "PYTHONPATH": str(paths.ROOT)}
    subprocess.run([sys.executable, "-c", LEAVES], env=environment, check=True, timeout=PATIENCE)
    assert not _marked(mark)


@pytest.mark.skipif(sys.platform == "win32", reason="no process ends by this signal there")
def test_an_app_that_is_killed_leaves_no_process_behind(tmp_path: Path) -> None:
    """Nobody asks any more: no map may be made to its end, which takes ten seconds to compile."""
    mark = str(tmp_path)
    environment = dict(os.environ) | {"NUMBA_CACHE_DIR": mark, "PYTHONPATH": str(paths.ROOT), "NUMBA_DISABLE_JIT": "0"}
    killed = LEAVES + "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"
    done = subprocess.run([sys.executable, "-c", killed], env=environment, check=False, timeout=PATIENCE)
    assert done.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 4 * PACE
    while _marked(mark) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _marked(mark)


def _marked(mark: str) -> list[psutil.Process]:
    """Every process that runs with this mark in its environment."""
    found = []
    for one in psutil.process_iter():
        try:
            if one.status() != psutil.STATUS_ZOMBIE and one.environ().get("NUMBA_CACHE_DIR") == mark:
                found.append(one)
        except psutil.Error:
            continue
    return found
