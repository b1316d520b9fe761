"""Before the first request numpy is whole: threads that began with different parts of it left a process without any."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# The first thread that is started, and what stands by then.
CODE = """
import asyncio, sys, threading
import app

stood = []

def start(self):
    numpy = sys.modules.get("numpy")
    stood.append(numpy is not None and not numpy.__spec__._initializing)

threading.Thread.start = start

async def begins():
    async with app.lifespan(app.app):
        pass

asyncio.run(begins())
print(stood)
"""


def test_numpy_is_whole_before_a_thread_is_started() -> None:
    told = subprocess.run(
        [sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True
    )
    stood = told.stdout.strip()
    assert stood.startswith("[True"), stood + told.stderr
    assert "False" not in stood
