"""Evidence of chapter 8's 像人话吗: of two sentences, how often the causal model prefers the one that people say.

Ours, and, where a data folder is given, the public sets `pairs/<name>.tsv.xz` (paradigm, …, good, bad): so many pairs
of every paradigm, drawn by seed, so that each kind counts as much as another. Targets were written before measuring.
"""

from __future__ import annotations

import csv
import hashlib
import lzma
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from explorer.content import minimal_pairs
from explorer.engine import get_engine
from explorer.evidence.texts import OWN, Row, row
from explorer.lab.types.likelihood import LIKELIHOOD, LikelihoodInputs
from explorer.lab.types.pairs import interval
from explorer.models.catalog import catalog

SEED = 8


@dataclass(frozen=True)
class Public:
    """A public set: its file, so many pairs of each paradigm, whose it is."""

    file: str
    each: int
    source: str


PUBLIC = {
    "blimp": Public("blimp_en", 10, "Warstadt et al. 2020 (TACL 8), BLiMP"),
    "sling": Public("sling_zh_a", 15, "Song et al. 2022 (EMNLP), SLING"),
    "zhoblimp": Public("zhoblimp_zh", 6, "ZhoBLiMP (github.com/sjtu-compling/ZhoBLiMP)"),
}


def measure(data: Path | None) -> Iterator[Row]:
    """A row a set."""
    for lang in ("zh", "en"):
        pairs = [(one.good, one.bad) for one in minimal_pairs.pairs(lang)]
        yield _row(f"pairs_{lang}", pairs, OWN, f"minimal_pairs/{lang}.tsv", 0.7)
    if data is None:
        return
    for name, public in PUBLIC.items():
        pairs, origin = drawn(data / "pairs" / f"{public.file}.tsv.xz", public.each)
        yield _row(name, pairs, public.source, origin, 0.6, held_out=True)


def drawn(path: Path, each: int) -> tuple[list[tuple[str, str]], str]:
    """Good and bad of `each` pairs of every paradigm of a set, and where they are from."""
    packed = path.read_bytes()
    lines = lzma.decompress(packed).decode("utf-8").splitlines()
    kinds: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for line in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
        kinds[line["paradigm"]].append((line["good"], line["bad"]))
    chance = random.Random(SEED)
    pairs = [pair for kind in sorted(kinds) for pair in chance.sample(kinds[kind], min(each, len(kinds[kind])))]
    digest = hashlib.sha256(packed).hexdigest()[:12]
    return pairs, f"{path.name} sha256:{digest} {each} of each of {len(kinds)} paradigms, seed={SEED}"


def _row(
    name: str, pairs: list[tuple[str, str]], source: str, origin: str, target: float, *, held_out: bool = False
) -> Row:
    model = catalog.default_for("in_context").id
    texts = tuple(text for pair in pairs for text in pair)
    right = get_engine().run(LIKELIHOOD, model, LikelihoodInputs(texts), session="evidence").result.firsts()
    low, high = interval(right)
    return row(
        "in_context", model, id=f"in_context.{name}", source=source, measured=float(right.mean()), op=">=",
        target=target, n=len(pairs), data=origin, words={"n": len(pairs), "low": low, "high": high}, held_out=held_out,
    )  # fmt: skip
