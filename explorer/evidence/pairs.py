"""Evidence of chapter 3, 句对: how often the two heads are right, beside a baseline of shared words.

Knows the claims, their sources and how each is measured through the engine. It knows neither torch nor a page.
"""

from __future__ import annotations

import hashlib
import lzma
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from explorer.content import examples
from explorer.content.sentences import neighbours
from explorer.engine import get_engine
from explorer.evidence import texts
from explorer.evidence.texts import OWN, Row
from explorer.lab.types.pairs import MEASURE, MeasureInputs, Pair, interval
from explorer.models.catalog import catalog

LAN = "Lan et al. 2020, ALBERT (ICLR)"
LANGUAGES = ("zh", "en", "de", "es")
PER_LANGUAGE, SEED = 150, 0  # two questions a pair: n = 1,200
LENGTHS = {"zh": (8, 90)}  # characters of a sentence
LATIN = (25, 260)


def measure(data: Path | None) -> Iterator[Row]:
    """The chapter's rows, on our own pairs, or with `data` on neighbouring sentences of the XQuAD passages there.

    Our own pairs are short and follow one another clearly: little topic to go by, and an order that shows. On them
    NSP is hardly the easier question, so that claim, and how well the head should do, is left to the passages.
    """
    model_id = catalog.default("masked").id
    groups, origin = _passages(data) if data else _own()
    found = get_engine().run(MEASURE, model_id, MeasureInputs(groups, SEED)).result
    next_right, order_right = found.next_right(), found.order_right()
    next_span, order_span = interval(next_right), interval(order_right)
    nsp, sop = float(next_right.mean()), float(order_right.mean())

    def row(**fields: Any) -> Row:
        own = {"n": len(next_right), "data": origin, **fields}
        return texts.row("pairs", model_id, held_out=bool(data), **own)

    yield row(
        id="pairs.nsp_accuracy",
        words={"low": next_span[0], "high": next_span[1]},
        source=LAN,
        measured=nsp,
        op=">=" if data else ">",
        target=0.75 if data else 0.5,
    )
    yield row(
        id="pairs.nsp_overlap",
        source=OWN,
        measured=float(found.overlap_next_right().mean()),
        op="<",
        target=nsp,
    )
    yield row(
        id="pairs.sop_accuracy",
        words={"low": order_span[0], "high": order_span[1]},
        source=LAN,
        measured=sop,
        op=">=",
        target=0.55,
    )
    overlap = float(found.overlap_order_right().mean())
    yield row(
        id="pairs.sop_overlap",
        source="by construction: the overlap of A with B is that of B with A",
        measured=overlap,
        op="<=",
        target=0.5,
    )
    if data:
        yield row(
            id="pairs.nsp_easier",
            source=LAN,
            measured=float(next_span[0] > order_span[1]),
            op=">=",
            target=1,
        )
    swapped, other = (float((found.next[:, k] > 0.5).mean()) for k in (1, 2))
    fooled: dict[str, Any] = {"source": LAN, "n": len(found.next)}
    yield row(
        id="pairs.swap_fools_nsp",
        words={"swapped": swapped, "other": other},
        measured=float(swapped > other),
        op=">=",
        target=1,
        **fooled,
    )
    yield row(id="pairs.swapped_called_next", measured=swapped, op=">", target=other, **fooled)
    yield row(id="pairs.random_called_next", measured=other, op="<", target=swapped, **fooled)


def _own() -> tuple[tuple[tuple[Pair, ...], ...], str]:
    groups = tuple(examples.own_pairs(lang) for lang in examples.LANGUAGES)
    return groups, ", ".join(f"eval/pairs.{lang}.txt" for lang in examples.LANGUAGES)


def _passages(data: Path) -> tuple[tuple[tuple[Pair, ...], ...], str]:
    """PER_LANGUAGE pairs a language of neighbouring sentences in the passages (the lines that are no questions)."""
    groups, digest = [], hashlib.sha256()
    for lang in LANGUAGES:
        packed = (data / "parallel" / f"xquad.en-{'zh' if lang == 'en' else lang}.tsv.xz").read_bytes()
        digest.update(packed)
        rows = [line.split("\t") for line in lzma.decompress(packed).decode("utf-8").splitlines() if "\t" in line]
        lines = dict.fromkeys(row[0 if lang == "en" else 1] for row in rows)
        low, high = LENGTHS.get(lang, LATIN)
        pairs = [pair for text in lines for pair in neighbours(text, low, high)]
        chosen = sorted(random.Random(SEED).sample(range(len(pairs)), min(PER_LANGUAGE, len(pairs))))
        groups.append(tuple(pairs[i] for i in chosen))
    n = sum(map(len, groups))
    return tuple(groups), f"xquad.en-{{zh,de,es}} sha256:{digest.hexdigest()[:12]} pairs={n} seed={SEED}"
