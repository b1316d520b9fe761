"""Sentences with labels, the project's own, that a head is taught on and tested on.

At the bottom of the house: it knows files (assets/examples/teaching). "judgement" says outright what it thinks;
"sentiment" leaves that to be understood.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from explorer import paths

Name = Literal["judgement", "sentiment"]
Part = Literal["train", "test"]
LABELS = ("negative", "positive")


@lru_cache(maxsize=8)
def sentences(name: Name, lang: str, part: Part) -> tuple[tuple[str, int], ...]:
    """(text, number of its label in LABELS) of every sentence of one part, in the file's order."""
    lines = (paths.EXAMPLES / "teaching" / f"{name}.{lang}.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return tuple((text, LABELS.index(label)) for its_part, label, text in rows if its_part == part)
