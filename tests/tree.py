"""A copy of the project's files, to change and to run; models are not copied but linked to.

Used by the tests and the benchmarks of what the command line writes into the tree.
"""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("app.py", "pyproject.toml", "pages", "explorer", "tests", "benchmarks", "training", "assets", ".streamlit")
LEFT = shutil.ignore_patterns("__pycache__", ".*_cache", "node_modules", "models")


def copy_of(folder: Path) -> Path:
    """The app, its tests and its benchmarks below `folder`, which becomes the copy's root."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=LEFT if name == "assets" else _caches)
        elif source.exists():
            shutil.copy2(source, folder / name)
    (folder / "assets" / "models").symlink_to(ROOT / "assets" / "models", target_is_directory=True)
    return folder


_caches = shutil.ignore_patterns("__pycache__", ".*_cache", "node_modules")
