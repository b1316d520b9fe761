"""Run in a network of one's own that leads nowhere: `unshare -rn python -m tests.cli.without_network FOLDER`.

Starts what `python -m explorer offline` wrote there, opens every page as a reader does, and prints what came of it.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.reader import Reader
from explorer import chapters
from tests import loops
from tests.browser.server import Server, await_health, stop
from tests.pace import PATIENCE
from tests.ports import free_port

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
OUTSIDE = "192.0.2.1", 80  # an address for documents (RFC 5737)
SENTENCE = "操场边的银杏树一夜之间全黄了。"


def loopback_up() -> None:
    """In a new network even the machine's own address is down."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asks:
        flags = struct.unpack("16sh", fcntl.ioctl(asks, SIOCGIFFLAGS, struct.pack("16sh14x", b"lo", 0))[:18])[1]
        fcntl.ioctl(asks, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def reached() -> bool:
    """Whether anything outside could be; without a route the answer is an error at once."""
    try:
        socket.create_connection(OUTSIDE, timeout=2).close()
    except TimeoutError:
        return True  # it left this machine
    except OSError:
        return False
    return True


async def _visited(server: Server) -> None:
    for page in chapters.PAGES:
        async with Reader(server.url, page, v="2", lang="zh") as reader:
            await reader.visit(seconds=PATIENCE)
    async with Reader(server.url, "masking", v="2", lang="zh", text=SENTENCE, masks="1", focus="1") as reader:
        await reader.open(seconds=PATIENCE)
        await reader.cover(3)


def main(folder: Path) -> None:
    loopback_up()
    port = free_port()
    with tempfile.TemporaryDirectory() as kept:
        output = Path(kept) / "output.txt"
        with output.open("wb") as out:
            process = psutil.Popen(
                [sys.executable, str(folder / "start.py"), "--server.port", str(port), "--server.headless", "true"],
                stdout=out, stderr=out, cwd=kept,
                env=os.environ | {"SESAME_MODELS": str(Path(kept) / "models"), "PYTHONPATH": ""},
            )  # fmt: skip
        server = Server(f"http://127.0.0.1:{port}", process, time.perf_counter(), output)
        try:
            await_health(server, seconds=300)  # the first start installs
            loops.run(_visited(server))
            found = {"outside": reached(), "runs": server.status()["runs"], "log": server.log()}
        finally:
            stop(process)
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
