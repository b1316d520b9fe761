"""A real Redis in a process of its own, as rooms want it: nothing on disk. Knows no room.

For tests and benchmarks; where none is installed (`python -m tests.install` brings Debian's), `there` is False.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.ports import answers, free_port

COMMAND = "redis-server"


def there() -> bool:
    return shutil.which(COMMAND) is not None


@contextmanager
def running(*, save: str = "") -> Iterator[str]:
    """Its address, once it answers; gone with everything in it at the end. `save`: when it writes to disk."""
    port = free_port()
    settings = ("--port", str(port), "--bind", "127.0.0.1", "--save", save, "--appendonly", "no", "--dir", "/tmp")
    process = subprocess.Popen([COMMAND, *settings], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        answers(port, process)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.kill()
        process.wait()
