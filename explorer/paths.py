"""Paths: the repository's root and the folders of it that code reads, computed in one place.

Knows the layout of the repository and nothing else; every layer may use it.
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ASSETS = ROOT / "assets"
MODELS = ASSETS / "models"
TEXT = ASSETS / "text"
EXAMPLES = ASSETS / "examples"
EVAL = EXAMPLES / "eval"
CODE = EXAMPLES / "code"
PRECOMPUTED = ASSETS / "precomputed"
HELDOUT = ROOT / "explorer" / "evidence" / "heldout_results.toml"
