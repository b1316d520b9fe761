"""A real nginx in a process of its own, with deploy/nginx.conf, before processes of the app on loopback.

For tests; where none is installed (`python -m tests.install` brings Debian's), `there` is False.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.ports import answers, free_port

CONF = Path(__file__).resolve().parents[1] / "deploy" / "nginx.conf"
WRITES = ("/run/nginx", "/var/cache/nginx")  # all that it writes to
WHO = "X-Process"  # in answers of a test's nginx alone: which process answered
_SERVER = re.compile(r"^( *server )app-\d+:\d+( .*;)$", re.MULTILINE)


def command() -> str | None:
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def there() -> bool:
    return command() is not None


def conf(port: int, apps: Sequence[str], folder: Path) -> str:
    """deploy/nginx.conf with these addresses ("127.0.0.1:8501") in place of the services of deploy/compose.yml."""
    text = CONF.read_text(encoding="utf-8")
    first = _SERVER.search(text)
    assert first is not None
    servers = "\n".join(f"{first[1]}{app}{first[2]}" for app in apps)
    text = _SERVER.sub("", text[: first.start()]) + servers + _SERVER.sub("", text[first.end() :])
    text = text.replace("listen 8080;", f"listen 127.0.0.1:{port};\n        add_header {WHO} $upstream_addr always;")
    for path in WRITES:
        text = text.replace(path, str(folder))
    return text if os.geteuid() else f"user root;\n{text}"  # else its workers could not write to the test's folder


@contextmanager
def running(apps: Sequence[str], folder: Path) -> Iterator[tuple[str, Path]]:
    """Its address, once it answers, and the file of what it has logged; gone at the end."""
    program = command()
    assert program is not None
    port = free_port()
    path, log = folder / "nginx.conf", folder / "log.txt"
    path.write_text(conf(port, apps, folder), encoding="utf-8")
    with log.open("wb") as out:
        process = subprocess.Popen([program, "-e", "stderr", "-c", str(path)], stdout=out, stderr=out)
    try:
        try:
            answers(port, process)
        except OSError:
            raise RuntimeError(log.read_text(encoding="utf-8")) from None
        yield f"http://127.0.0.1:{port}", log
    finally:
        process.terminate()
        process.wait()
