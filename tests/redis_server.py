"""A real Redis in a process of its own, as rooms want it: nothing on disk. Knows no room.

For tests and benchmarks; where none is installed (`python -m tests.install` brings Debian's), `there` is False.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

COMMAND = "redis-server"


def there() -> bool:
    return shutil.which(COMMAND) is not None


@contextmanager
def running(*, save: str = "") -> Iterator[str]:
    """Its address, once it answers; gone with everything in it at the end. `save`: when it writes to disk."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = ("--port", str(port), "--bind", "127.0.0.1", "--save", save, "--appendonly", "no", "--dir", "/tmp")
    process = subprocess.Popen([COMMAND, *settings], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise
                time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.kill()
        process.wait()
