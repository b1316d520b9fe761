"""Paths: the repository's root, the folders of it that code reads, and the cache folder, computed in one place.

Knows the layout of the repository and nothing else; every layer may use it.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from functools import lru_cache
from pathlib import Path

import platformdirs

ROOT = Path(__file__).resolve().parents[1]
ASSETS = ROOT / "assets"
MODELS = ASSETS / "models"
TEXT = ASSETS / "text"
EXAMPLES = ASSETS / "examples"
EVAL = EXAMPLES / "eval"
CODE = EXAMPLES / "code"
PRECOMPUTED = ASSETS / "precomputed"
HELDOUT = ROOT / "explorer" / "evidence" / "heldout_results.toml"
CACHE_VARIABLE = "SESAME_CACHE"  # another place for the cache folder


def cache_folder() -> Path:
    """The folder named in SESAME_CACHE, else the platform's own place for caches (~/.cache/open-sesame on Linux).

    Where that cannot be written to (a container without a home, a read-only one), a folder of this user's own beside
    other temporary files.
    """
    if named := os.environ.get(CACHE_VARIABLE, "").strip().strip("\"'"):
        return Path(named).expanduser().absolute()
    own = platformdirs.user_cache_path("open-sesame", appauthor=False)
    return own if can_be_written(own) else temporary_folder()


def can_be_written(folder: Path) -> bool:
    """Whether files can be made in `folder`, which need not be there yet. Nothing is made by asking."""
    there = next(place for place in (folder, *folder.parents) if place.exists())
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def temporary_folder() -> Path:
    """This user's own folder beside other temporary files, the same until the process ends."""
    return _temporary(tempfile.gettempdir())


@lru_cache(maxsize=1)
def _temporary(beside: str) -> Path:
    """A folder that no other user of this machine could have made: what is loaded from a cache is trusted."""
    if not hasattr(os, "getuid"):
        return Path(beside) / "open-sesame"  # Windows has a temporary folder for every user
    folder = Path(beside) / f"open-sesame-{os.getuid()}"
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        if not folder.is_symlink() and folder.stat().st_uid == os.getuid():
            return folder
    return Path(tempfile.mkdtemp(prefix="open-sesame-", dir=beside))
