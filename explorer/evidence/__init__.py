"""Claim → published figure → measured figure. One module for every chapter that has evidence."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

from explorer import chapters
from explorer.evidence.texts import Row

CHAPTERS = tuple(chapter.id for chapter in chapters.CHAPTERS if chapter.evidence)


def measure(chapter: str, data: Path | None = None) -> Iterator[Row]:
    """The rows of one chapter, each as soon as it is measured. Raises LookupError for a chapter without evidence."""
    if chapter not in CHAPTERS:
        raise LookupError(f"no evidence for chapter {chapter!r}; there is: {', '.join(CHAPTERS)}")
    rows: Iterator[Row] = importlib.import_module(f"explorer.evidence.{chapter}").measure(data)
    return rows
