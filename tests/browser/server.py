"""The app as a reader starts it: `streamlit run app.py` in a process of its own, ended for sure.

Knows how to start, await, ask and stop the process, and how to find Chromium. It knows no page.
Used by the browser journeys and by the benchmarks.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import psutil
from playwright.sync_api import Browser, Playwright

from tests.pace import PACE
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
SHELL = "chromium-headless-shell"  # Debian's package of that name brings it
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class Server:
    """A running app: where it answers, its process, when that was started (time.perf_counter), and its output."""

    url: str
    process: psutil.Process
    started: float
    output: Path

    def status(self) -> dict[str, Any]:
        """The counters of GET /status."""
        with WITHOUT_PROXY.open(f"{self.url}/status", timeout=10 * PACE) as answer:
            counters: dict[str, Any] = json.load(answer)
        return counters

    def log(self) -> str:
        """Everything the process has printed so far."""
        return self.output.read_text(encoding="utf-8", errors="replace")


_COMMANDS = {
    "streamlit": lambda address, port: [
        "streamlit",
        "run",
        "app.py",
        "--server.port",
        port,
        "--server.address",
        address,
    ],
    "uvicorn": lambda address, port: ["uvicorn", "app:app", "--port", port, "--host", address],
}


@contextmanager
def running(
    *,
    address: str = "127.0.0.1",
    environment: Mapping[str, str] | None = None,
    root: Path = ROOT,
    by: Literal["streamlit", "uvicorn"] = "streamlit",
    wait: bool = True,
    base: str = "",
    port: int | None = None,
) -> Iterator[Server]:
    """The app that lies in `root`, on `port` or a free one, started by either of the two commands that know how.

    With `wait` it has answered its health check; without, it was just spawned. `base` is a path that it lies below.
    """
    port = port or free_port()
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output.txt"
        command = [sys.executable, "-m", *_COMMANDS[by](address, str(port))]
        with output.open("wb") as out:
            started = time.perf_counter()
            process = psutil.Popen(
                command,
                cwd=root,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={**os.environ, "STREAMLIT_SERVER_BASE_URL_PATH": base, **(environment or {})},
            )
        server = Server(f"http://127.0.0.1:{port}" + f"/{base}" * bool(base), process, started, output)
        try:
            if wait:
                await_health(server)
            yield server
        finally:
            stop(process)


def await_health(server: Server, *, seconds: float = 60) -> None:
    """Return as soon as the server answers. Raises RuntimeError with its output if it ends or never does.

    `seconds` are those of a quiet machine (tests/pace.py).
    """
    deadline = time.monotonic() + seconds * PACE
    while time.monotonic() < deadline and server.process.is_running():
        try:
            with WITHOUT_PROXY.open(f"{server.url}/_stcore/health", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.02)  # nothing tells another process that a port has opened
    raise RuntimeError(f"the app did not start:\n{server.log()}")


def launch_chromium(playwright: Playwright, *, bare: bool = False) -> Browser:
    """The system's Chromium where there is one, else the one that `playwright install chromium` fetched.

    With `bare`, its headless shell where that is installed: the same engine without the window around the page, which
    takes a second of processor time for every page that is opened and is never looked at.
    """
    path = (shutil.which(SHELL) if bare else None) or system_chromium()
    return playwright.chromium.launch(executable_path=path, args=list(QUIET))


def system_chromium() -> str | None:
    """Path of a Chromium or Chrome on the search path, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((found for name in names if (found := shutil.which(name))), None)


def stop(process: psutil.Popen) -> None:
    """Ask the process and its children to end, then make them."""
    try:
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for member in family:
        member.terminate() if member.is_running() else None
    _, alive = psutil.wait_procs(family, timeout=5)
    for member in alive:
        member.kill()
    psutil.wait_procs(alive, timeout=5)
