"""Claim → published figure → measured figure. One module a chapter; this file says which chapters have one."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

from explorer.evidence.texts import Row

CHAPTERS = ("input", "masking", "pairs", "attention", "context", "languages", "generation")


def measure(chapter: str, data: Path | None = None) -> Iterator[Row]:
    """The rows of one chapter, each as soon as it is measured. Raises LookupError for a chapter without evidence."""
    if chapter not in CHAPTERS:
        raise LookupError(f"no evidence for chapter {chapter!r}; there is: {', '.join(CHAPTERS)}")
    rows: Iterator[Row] = importlib.import_module(f"explorer.evidence.{chapter}").measure(data)
    return rows
