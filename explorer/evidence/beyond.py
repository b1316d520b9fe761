"""Evidence of chapter 11, 文字之外: collapse counted over ten seeds; the page's own trainings on DNA and on nonsense.

Knows the claims, their sources and how each is measured through the engine. It knows neither torch nor a page. One seed
and one set of words: what several sets say is in the grid (`explorer/evidence/dna_grid.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from explorer.content import dna, three_starts
from explorer.content.three_starts import AMOUNT, STARTS, WIDTH
from explorer.engine import get_engine
from explorer.evidence import texts
from explorer.evidence.texts import OWN, Row
from explorer.lab.types.collapse import COLLAPSE, COLLAPSED, KEPT, CollapseInputs, spread
from explorer.lab.types.finetuning import TUNE, TuneInputs, TuneResult, rights
from explorer.lab.types.kmers import KMERS, KmersInputs
from explorer.lab.types.pairs import difference
from explorer.models.catalog import catalog
from explorer.texts import LANGUAGES

KAO = "Kao & Lee 2021 (Findings of EMNLP, arXiv 2103.07162)"
SIMSIAM = "Chen & He 2021, SimSiam (arXiv 2011.10566)"
SEEDS = 10


def measure(data: Path | None) -> Iterator[Row]:
    """The chapter's rows; nothing of it is measured on other people's sentences."""
    if data:
        return
    yield _row("collapse", collapses(range(SEEDS)), SEEDS, SEEDS, "lab/collapse.py", source=SIMSIAM)
    inputs = dna_inputs(dna.FIRST["zh"], AMOUNT)
    found = _trained(inputs)
    tuned, again, random = accuracies(inputs, found)
    counted, placed = baselines(AMOUNT)
    n, origin = len(inputs.held_out), "sequences/splice.tsv"
    shown: Mapping[str, object] = {
        "taught": AMOUNT, "tuned": tuned, "again": again, "random": random, "counted": counted, "placed": placed
    }  # fmt: skip
    for name, start in (("dna_gap", 0), ("reembedded", 1)):
        yield _row(name, at_least(inputs, found, start), 0, n, origin, op=">", source=KAO, words=shown, model=True)
    yield _row("dna_placed", placed - tuned, 0, n, origin, op=">", words=shown, model=True)
    for lang in LANGUAGES:
        inputs = three_starts.sentences("swapped", lang)
        found = _trained(inputs)
        tuned, again, random = accuracies(inputs, found)
        told = {"taught": len(inputs.train), "tuned": tuned, "random": random}
        n, origin = len(inputs.held_out), f"teaching/judgement.{lang}.tsv"
        yield _row(f"nonsense_{lang}", at_least(inputs, found, 0), 0, n, origin, op=">", words=told, model=True)


def collapses(seeds: range) -> int:
    """The number of seeds with which the points fall into one without a stop-gradient, and stay apart with it."""
    held = 0
    for seed in seeds:
        on, off = (
            spread(get_engine().run(COLLAPSE, None, CollapseInputs(stop, seed=seed)).result.points[-1])
            for stop in (True, False)
        )
        held += off < COLLAPSED and on > KEPT
    return held


def dna_inputs(words: tuple[str, ...], amount: int, seed: int = 0) -> TuneInputs:
    """So many of the sequences, as the page opens, written with these words."""
    return three_starts.sequences(*dna.parts(amount, WIDTH), words, seed=seed)


def accuracies(inputs: TuneInputs, found: TuneResult) -> list[float]:
    """Of each start, in the order of STARTS, at the end."""
    shares: list[float] = rights(found, inputs.held_out).mean(axis=-1).tolist()
    return shares


def at_least(inputs: TuneInputs, found: TuneResult, start: int) -> float:
    """By how much this start is better than the random one: the lower end of the 95 % interval, paired item by item."""
    right = rights(found, inputs.held_out)
    mean, half = difference(right[start], right[STARTS.index("random")])
    return mean - half


def baselines(amount: int) -> tuple[float, float]:
    """Accuracy of counted pieces, and of letters in their places, on the same sequences."""
    train, held_out = dna.parts(amount, WIDTH)
    said = get_engine().run(KMERS, None, KmersInputs(train, held_out)).result
    truth = np.array([label for _, label in held_out])
    return float((said.counted == truth).mean()), float((said.placed == truth).mean())


def _trained(inputs: TuneInputs) -> TuneResult:
    return get_engine().run(TUNE, catalog.default("masked").id, inputs).result


def _row(
    name: str, measured: float, target: float, n: int, data: str, *, op: str = ">=", source: str = OWN,
    words: Mapping[str, object] | None = None, model: bool = False,
) -> Row:  # fmt: skip
    return texts.row(
        "beyond", catalog.default("masked").id if model else "", id=f"beyond.{name}", source=source, measured=measured,
        op=op, target=target, n=n, data=data, words={"n": n, **(words or {})},
    )  # fmt: skip
