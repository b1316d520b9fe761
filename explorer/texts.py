"""Texts: the sentence for a key in a language, from assets/text/<lang>/<chapter>.toml. No Streamlit.

A key is "chapter.section.name". Every layer may use it; which language a reader has is explorer/ui/i18n.py's to know.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import Any

from explorer import paths

LANGUAGES = ("zh", "en")
HTML_LANG = {"zh": "zh-CN", "en": "en"}


def text(key: str, lang: str, /, **values: object) -> str:
    """The text of `key` in `lang`, with {placeholders} filled. KeyError for an unknown key: a test finds every such."""
    found = _lookup(key, lang)
    if not isinstance(found, str):
        raise KeyError(f"{key} is a section, not a text")
    return found.format(**values) if values else found


def section(key: str, lang: str) -> dict[str, Any]:
    """All texts below `key` in `lang`, as they stand. KeyError for an unknown key."""
    found = _lookup(key, lang)
    if not isinstance(found, dict):
        raise KeyError(f"{key} is a text, not a section")
    return found


def chapter(name: str, lang: str) -> dict[str, Any]:
    """All texts of one file, as they stand."""
    return _chapter(lang, name)


def _lookup(key: str, lang: str) -> Any:
    chapter, *path = key.split(".")
    found: Any = _chapter(lang, chapter)
    for name in path:
        try:
            found = found[name]
        except (KeyError, TypeError) as error:
            raise KeyError(f"no text {key!r} in {lang}") from error
    return found


@lru_cache(maxsize=64)
def _chapter(lang: str, chapter: str) -> dict[str, Any]:
    return tomllib.loads((paths.TEXT / lang / f"{chapter}.toml").read_text(encoding="utf-8"))
