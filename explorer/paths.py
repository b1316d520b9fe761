"""Paths: the repository's root, the folders of it that code reads, and the cache folder, computed in one place.

Knows the layout of the repository and nothing else; every layer may use it.
"""

from __future__ import annotations

import os
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
    """The folder named in SESAME_CACHE, else the platform's own place for caches (~/.cache/open-sesame on Linux)."""
    if named := os.environ.get(CACHE_VARIABLE, "").strip().strip("\"'"):
        return Path(named).expanduser().absolute()
    return platformdirs.user_cache_path("open-sesame", appauthor=False)
