"""The examples of a page as data: assets/examples/<page>.toml, in both languages."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parents[2] / "assets" / "examples"


@lru_cache(maxsize=32)
def load(page: str) -> dict[str, Any]:
    """Everything in the page's file."""
    return tomllib.loads((_FOLDER / f"{page}.toml").read_text(encoding="utf-8"))


def entry(page: str, name: str, lang: str) -> dict[str, Any]:
    """The example `name` in `lang`, with what all languages share."""
    both = load(page)[name]
    return {**{key: value for key, value in both.items() if key not in ("zh", "en")}, **both[lang]}
