"""Evidence of chapter 10, 还原: how much of a broken sentence comes back, beside what a masked model fills in.

Knows the claims, their sources and how each is measured through the engine. It knows neither torch nor a page. The
sentences are the project's own, in Chinese and in English; nothing was trained on them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from explorer.content import corpora
from explorer.engine import get_engine
from explorer.evidence import texts
from explorer.evidence.texts import OWN, Row
from explorer.lab.types.breaking import Breakage
from explorer.lab.types.contest import BAND, CONTEST, ENTRANTS, KINDS, PAIRS, TASKS, UNTAUGHT, ContestInputs, ahead
from explorer.lab.types.pairs import difference
from explorer.lab.types.restoring import REGAIN, RegainInputs, RegainResult
from explorer.models.catalog import catalog
from explorer.texts import LANGUAGES

BART = "Lewis et al. 2020, BART (arXiv 1910.13461)"
SENTENCES = 112  # a language: every second line of the parallel sentences
MOVED, TAKEN = ("permute", "rotate"), ("mask", "delete", "infill")
RATE = 0.15


def measure(data: Path | None) -> Iterator[Row]:
    """The chapter's rows; nothing of it is measured on other people's sentences."""
    if data:
        return
    for kind in (*MOVED, *TAKEN):
        found = regained(kind)
        asked, back, copied = (int(column.sum()) for column in (found.asked, found.back, found.copied))
        yield _row(
            f"restore_{kind}", back / asked, 0.75 if kind in MOVED else 0.2, len(found.asked),
            words={"asked": asked, "copied": copied / asked},
        )  # fmt: skip
    yield _row("beats_mlm", *beats(found), len(found.asked), op=">", words=shares(found))
    yield from contest()


def regained(kind: str) -> RegainResult:
    """All sentences broken in this way and restored; runs of words are also filled in by the masked model."""
    inputs = RegainInputs(sentences(), Breakage(kind, rate=RATE), blanks=kind == "infill")
    return get_engine().run(REGAIN, catalog.default("masked").id, inputs).result


def sentences() -> tuple[str, ...]:
    return tuple(line for lang in LANGUAGES for line in corpora.sentences(lang)[::2][:SENTENCES])


def beats(found: RegainResult) -> tuple[float, float]:
    """By how much the decoder brings back more than one filled token a hole: the lower end of the 95 % interval of the
    mean over sentences, and 0."""
    mean, half = difference(found.back / found.asked, found.filled / found.asked)
    return mean - half, 0.0


def shares(found: RegainResult) -> Mapping[str, object]:
    total = int(found.asked.sum())
    return {name: float(getattr(found, name).sum()) / total for name in ("back", "filled", "told")}


def _row(
    name: str, measured: float, target: float, n: int, *, op: str = ">=", words: Mapping[str, object] | None = None
) -> Row:
    return texts.row(
        "denoising", catalog.default("masked").id, id=f"denoising.{name}", source=BART if op == ">=" else OWN,
        measured=measured, op=op, target=target, n=n, data="parallel/sentences.tsv", words={"n": n, **(words or {})},
    )  # fmt: skip


def contest() -> Iterator[Row]:
    """The order of the five, and whether the best of them is better than a network that was taught nothing."""
    right = np.array([get_engine().run(CONTEST, None, ContestInputs(seed=seed)).result.right for seed in BAND])
    shares = right.mean((0, -1))
    mean = {entrant: float(shares[:, n].mean()) for n, entrant in enumerate(ENTRANTS)}
    n = ahead(shares)
    shown = {name: f"{100 * value:.1f}" for name, value in mean.items()}
    yield _contest_row("contest_order", n, len(PAIRS), len(BAND) * right.shape[-1] * len(TASKS), words=shown)
    best = int(np.argmax([mean[kind] for kind in KINDS]))
    everything = right.transpose(2, 0, 1, 3).reshape(len(ENTRANTS), -1)
    gap, half = difference(everything[best], everything[ENTRANTS.index(UNTAUGHT)])
    yield _contest_row("contest_helps", gap - half, 0, everything.shape[1], op=">", words=shown)


def _contest_row(
    name: str, measured: float, target: float, n: int, *, op: str = ">=", words: Mapping[str, object] | None = None
) -> Row:
    return texts.row(
        "denoising", "", id=f"denoising.{name}", source=BART, measured=measured, op=op, target=target, n=n,
        data="lab/contest_tasks.py", words={"seeds": len(BAND), "pairs": len(PAIRS), **(words or {})},
    )  # fmt: skip
