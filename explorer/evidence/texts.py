"""The texts that rows of evidence are measured on (what a row is: lab/types/evidence.py).

Knows where the project's own evaluation sentences lie, and how a data folder is laid out
(`parallel/<name>.<a>-<b>.tsv.xz`, `text/<lang>.txt.xz`). It knows no chapter and runs nothing.
"""

from __future__ import annotations

import hashlib
import lzma
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer import paths
from explorer.lab.types.evidence import OWN, Row
from explorer.models.catalog import catalog

__all__ = ["OWN", "Row", "Texts", "own", "row", "sampled"]


@dataclass(frozen=True)
class Texts:
    """Sentences to measure on, and where they are from: a file of the project, or a data set with its checksum."""

    lang: str
    lines: tuple[str, ...]
    origin: str


def row(chapter: str, model_id: str, *, held_out: bool = False, **fields: Any) -> Row:
    """A row of `chapter` measured with this model; `held_out`: on a data folder that is not part of the project."""
    return Row(
        chapter=chapter,
        model=model_id,
        revision=catalog.entry(model_id).revision,
        command=f"python -m explorer evidence --chapter {chapter}" + (" --data DIR" if held_out else ""),
        **fields,
    )


def own(chapter: str, lang: str) -> Texts:
    """The project's own evaluation sentences for a chapter (lines that begin with # are remarks)."""
    path = paths.EVAL / f"{chapter}.{lang}.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    return Texts(lang, tuple(line for line in lines if line and not line.startswith("#")), f"eval/{path.name}")


def sampled(data: Path, lang: str, *, name: str, n: int, seed: int) -> Texts:
    """`n` sentences of one side of `parallel/<name>.en-<other>.tsv.xz`, drawn with `seed`, in the file's order."""
    other = "zh" if lang == "en" else lang
    path = data / "parallel" / f"{name}.en-{other}.tsv.xz"
    packed = path.read_bytes()
    rows = [line.split("\t") for line in lzma.decompress(packed).decode("utf-8").splitlines() if "\t" in line]
    chosen = sorted(random.Random(seed).sample(range(len(rows)), min(n, len(rows))))
    lines = tuple(rows[i][0 if lang == "en" else 1] for i in chosen)
    return Texts(lang, lines, f"{path.name} sha256:{hashlib.sha256(packed).hexdigest()[:12]} n={n} seed={seed}")
