"""The app on every version of Python it promises: installed anew, painted once, and the suite without the browser.

    python -m tests.versions [3.12 …]

Interpreters are looked for on the search path and where pyenv keeps its own; nothing is downloaded but packages. A
version that cannot be had here is named; one that fails ends the command with an error.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROMISED = ("3.11", "3.12", "3.13")
STEPS = {
    "install": ["-m", "pip", "install", "--quiet", "--retries", "1", "-r", "requirements-dev.txt"],
    "first paint": ["-m", "pytest", "-n", "0", "-q", "tests/contract/test_first_paint.py"],
    "suite without browser": ["-m", "pytest", "-q", "-m", "not browser and not walk"],
}


def main() -> int:
    failed = False
    for version in sys.argv[1:] or PROMISED:
        python = interpreter(version)
        said = "not to be had here" if python is None else _tried(python)
        failed |= python is not None and said != "passes"
        print(f"Python {version}: {said}", flush=True)
    return int(failed)


def interpreter(version: str) -> str | None:
    """A Python of this version that runs, or None."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    folders = sorted(kept.glob(f"{version}.*/bin/python"))
    for candidate in [*map(str, folders), shutil.which(f"python{version}")]:
        if candidate is not None and _says(candidate) == version:
            return candidate
    return None


def _says(python: str) -> str:
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _tried(python: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        if subprocess.run([python, "-m", "venv", folder], check=False).returncode:
            return "no venv"
        own = Path(folder) / ("Scripts" if os.name == "nt" else "bin") / "python"
        for name, arguments in STEPS.items():
            if subprocess.run([str(own), *arguments], cwd=ROOT, check=False).returncode:
                return f"{name} failed"
    return "passes"


if __name__ == "__main__":
    sys.exit(main())
