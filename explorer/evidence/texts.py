"""The texts that rows of evidence are measured on (what a row is: lab/types/evidence.py).

Knows where the project's own evaluation sentences lie, where a row's words stand, and how a data folder is laid out
(`parallel/<name>.<a>-<b>.tsv.xz`, `text/<lang>.txt.xz`). It knows no chapter and runs nothing.
"""

from __future__ import annotations

import hashlib
import lzma
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from explorer import paths, texts
from explorer.lab.types.evidence import OWN, Row
from explorer.models.catalog import catalog

__all__ = ["OWN", "Row", "Texts", "own", "row", "sampled"]


@dataclass(frozen=True)
class Texts:
    """Sentences to measure on, and where they are from: a file of the project, or a data set with its checksum."""

    lang: str
    lines: tuple[str, ...]
    origin: str


def row(
    chapter: str,
    model_id: str,
    *,
    id: str,
    source: str,
    measured: float,
    op: str,
    target: float,
    n: int,
    data: str,
    words: Mapping[str, object] | None = None,
    held_out: bool = False,
) -> Row:
    """A row of `chapter` measured with this model ("": with none that lies in a file, but one that was trained for it).

    held_out  on a data folder that is not part of the project

    What it claims, what was published and what is measured stand in assets/text/<lang>/claims.toml under its id;
    `words` fills their {placeholders}, a tuple as a list in that language.
    """
    zh, en = (_said(id, lang, words or {}) for lang in ("zh", "en"))
    return Row(
        id=id,
        chapter=chapter,
        claim_zh=zh["claim"],
        claim_en=en["claim"],
        published=en.get("published", ""),
        published_zh=zh.get("published", ""),
        source=source,
        measured=measured,
        unit=en["unit"],
        unit_zh=zh["unit"],
        op=op,
        target=target,
        model=model_id,
        revision=catalog.entry(model_id).revision if model_id else "",
        command=f"python -m explorer evidence --chapter {chapter}" + (" --data DIR" if held_out else ""),
        n=n,
        data=data,
    )


def _said(id: str, lang: str, words: Mapping[str, object]) -> dict[str, str]:
    comma = texts.text("common.list_comma", lang)
    filled = {name: comma.join(value) if isinstance(value, tuple) else value for name, value in words.items()}
    return {part: said.format(**filled) for part, said in texts.section(f"claims.{id}", lang).items()}


def own(chapter: str, lang: str) -> Texts:
    """The project's own evaluation sentences for a chapter (lines that begin with # are remarks)."""
    path = paths.EVAL / f"{chapter}.{lang}.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    return Texts(lang, tuple(line for line in lines if line and not line.startswith("#")), f"eval/{path.name}")


@dataclass(frozen=True)
class Sample:
    """Which sentences of a parallel corpus are measured: its name, how many, and the seed they are drawn with."""

    name: str
    n: int
    seed: int


def sampled(data: Path, lang: str, sample: Sample) -> Texts:
    """The sample's sentences of one side of `parallel/<name>.en-<other>.tsv.xz`, in the file's order."""
    name, n, seed = sample.name, sample.n, sample.seed
    other = "zh" if lang == "en" else lang
    path = data / "parallel" / f"{name}.en-{other}.tsv.xz"
    packed = path.read_bytes()
    rows = [line.split("\t") for line in lzma.decompress(packed).decode("utf-8").splitlines() if "\t" in line]
    chosen = sorted(random.Random(seed).sample(range(len(rows)), min(n, len(rows))))
    lines = tuple(rows[i][0 if lang == "en" else 1] for i in chosen)
    return Texts(lang, lines, f"{path.name} sha256:{hashlib.sha256(packed).hexdigest()[:12]} n={n} seed={seed}")
