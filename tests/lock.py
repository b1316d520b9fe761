"""requirements.lock: what requirements.txt brings, each package at one version and with the checksums of its files.

    python -m tests.lock            makes it anew, by uv: the newest versions within the ranges
    python -m tests.lock without-torch
                                    prints it without torch and what only torch with CUDA needs: for machines on which
                                    torch comes from PyTorch's index of CPU builds (deploy/Dockerfile)

Runs on the standard library until uv is asked. Which versions the app was tested with, the ranges say; the lock says
which files are meant.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
OLDEST = "3.11"  # pyproject.toml: requires-python
WITH_TORCH = re.compile(r"torch|triton|cuda-.*|nvidia-.*")
_PIN = re.compile(r"(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>[^\s;]+)(?: ; (?P<marker>[^\\]+?))?(?: \\)?")
_HASH = re.compile(r"    --hash=sha256:([0-9a-f]{64})(?: \\)?")


@dataclass(frozen=True)
class Pin:
    """A package at one version, where `marker` (PEP 508; "": everywhere) is true, and its files' SHA-256."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    text: str


def pins(text: str) -> tuple[Pin, ...]:
    """Every package of a lock. Raises ValueError for a line that is none of those uv writes."""
    found: list[Pin] = []
    for line in text.splitlines():
        if not line or line.lstrip().startswith("#"):
            continue
        if pin := _PIN.fullmatch(line):
            found.append(Pin(pin["name"], pin["version"], pin["marker"] or "", (), line))
        elif found and (digest := _HASH.fullmatch(line)):
            last = found[-1]
            found[-1] = Pin(last.name, last.version, last.marker, (*last.hashes, digest[1]), f"{last.text}\n{line}")
        else:
            raise ValueError(f"not a pin with its checksums: {line!r}")
    return tuple(found)


def read() -> tuple[Pin, ...]:
    return pins(LOCK.read_text(encoding="utf-8"))


def make() -> None:
    """Ask uv. The index of CPU builds is left out: a lock names files, and a second index would offer others."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = "\n".join(line for line in lines if not line.startswith("--"))
    options = ["--universal", "--generate-hashes", "--upgrade", "--python-version", OLDEST, "--output-file", str(LOCK)]
    told = ["--quiet", "--custom-compile-command", "python -m tests.lock"]
    command = [sys.executable, "-m", "uv", "pip", "compile", *options, *told, "-"]
    subprocess.run(command, input=wanted, text=True, check=True, cwd=ROOT)


def main() -> None:
    if sys.argv[1:] == ["without-torch"]:
        print("\n".join(pin.text for pin in read() if not WITH_TORCH.fullmatch(pin.name)))
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        make()


if __name__ == "__main__":
    main()
