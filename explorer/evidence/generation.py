"""Evidence of chapter 7, 接龙: order, context, search, and direction, measured on whole sets of sentences.

Knows the claims and how each is measured through the engine. It knows neither torch nor a page. The sentences are
those of 填空, which were written before anything of this chapter was measured.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from explorer.engine import get_engine
from explorer.evidence.texts import OWN, Row, Sample, Texts, own, row, sampled
from explorer.lab.types.experiment import Experiment, Inputs, Partial, Result
from explorer.lab.types.generation import (
    CONTEXT,
    LEFT,
    SCAN,
    WAYS,
    ContextInputs,
    LeftInputs,
    ScanInputs,
    Settings,
    WaysInputs,
)
from explorer.lab.types.masking import SCAN as COVER
from explorer.lab.types.masking import ScanInputs as CoverInputs
from explorer.models.catalog import catalog

EVERY = 6  # of the sentences, where every position is read again
BEGINNING, STEPS, BEAMS = 5, 6, 3
HELD_OUT = Sample("ud-pud", n=200, seed=0)
ENDS = "。？！，.?!,…”\"'"


def measure(data: Path | None) -> Iterator[Row]:
    """The chapter's rows, each as soon as it is measured. With `data`, losses are measured on text lying there."""
    zh, en = own("masking", "zh"), own("masking", "en")
    yield _order(zh, en)
    yield _context(zh, en)
    yield _beam(zh, en)
    yield from _direction(zh, en)
    for texts in (sampled(data, "zh", HELD_OUT), sampled(data, "en", HELD_OUT)) if data else (zh, en):
        yield _loss(texts, held_out=data is not None)


def _row(**fields: Any) -> Row:
    return row("generation", catalog.default("causal").id, **fields)


def _run(experiment: Experiment[Inputs, Result, Partial], inputs: Inputs) -> Result:
    return get_engine().run(experiment, catalog.default("causal").id, inputs).result


def _ids(text: str) -> tuple[int, ...]:
    return get_engine().tokens(catalog.default("causal").id, text).ids


def _nats(row: Any) -> float:
    return float(row.nats.sum(dtype=np.float64))


def _order(zh: Texts, en: Texts) -> Row:
    """Each sentence against its own tokens in one random order."""
    rng = np.random.default_rng(0)
    falls = []
    for line in zh.lines + en.lines:
        ids = _ids(line)
        mixed = (ids[0], *(ids[place] for place in rng.permutation(len(ids) - 1) + 1))
        result = _run(SCAN, ScanInputs((ids, mixed)))
        falls.append(_nats(result.rows[1]) > _nats(result.rows[0]))
    return _row(
        id="generation.natural_over_scrambled",
        source=OWN,
        measured=float(np.mean(falls)),
        op=">=",
        target=0.98,
        n=len(falls),
        data=f"{zh.origin}, {en.origin}",
    )


def _context(zh: Texts, en: Texts) -> Row:
    """Mean loss with one token in view against that with all, over every `EVERY`-th sentence."""
    near, far = [], []
    for line in (zh.lines + en.lines)[::EVERY]:
        result = _run(CONTEXT, ContextInputs(_ids(line), (1, 4)))
        near.append(result.nats[0])
        far.append(result.nats[-1])
    one, every = (float(np.concatenate(part).mean()) for part in (near, far))
    return _row(
        id="generation.context_helps",
        words={"one": one, "every": every},
        source=OWN,
        measured=one - every,
        op=">=",
        target=0.5,
        n=int(sum(map(len, near))),
        data=f"{zh.origin}, {en.origin}, every {EVERY}th",
    )


def _beam(zh: Texts, en: Texts) -> Row:
    """Beam search without length penalty against greedy, after the first tokens of every `EVERY`-th sentence."""
    wins = []
    for line in (zh.lines + en.lines)[::EVERY]:
        inputs = WaysInputs(_ids(line)[:BEGINNING], STEPS, BEAMS, 0.0, Settings(), ())
        result = _run(WAYS, inputs)
        score = {way.name: way.log_p for way in result.ways}
        wins.append(score["beam"] >= score["greedy"] - 1e-4)
    return _row(
        id="generation.beam_over_greedy",
        words={"steps": STEPS, "beams": BEAMS},
        source=OWN,
        measured=float(np.mean(wins)),
        op=">=",
        target=0.9,
        n=len(wins),
        data=f"{zh.origin}, {en.origin}, every {EVERY}th",
    )


def _direction(zh: Texts, en: Texts) -> Iterator[Row]:
    """−ln P of every piece with the left alone (GPT) minus that with both sides (BERT): inside, and at the end."""
    inner: list[float] = []
    end: list[float] = []
    bert = catalog.default("masked").id
    for line in (zh.lines + en.lines)[::EVERY]:
        text = line.rstrip(ENDS)
        tokens = get_engine().tokens(bert, text)
        places = [n for n in range(len(tokens)) if not tokens.special[n] and not tokens.unknown[n]]
        spans = tuple(tokens.offsets[n] for n in places)
        left = _run(LEFT, LeftInputs(text, spans, 0))
        covered = get_engine().run(COVER, bert, CoverInputs(text)).result
        both = {int(n): float(p) for n, p in zip(covered.positions, covered.p_original, strict=True)}
        gaps = [
            math.log(max(both[n], 1e-9)) - math.log(max(float(p), 1e-9)) for n, p in zip(places, left.p, strict=True)
        ]
        inner += gaps[1:-1]
        end.append(gaps[-1])
    fields: dict[str, Any] = {
        "source": f"{OWN}; the two models differ in size and reading as well",
        "op": ">",
        "data": f"{zh.origin}, {en.origin}, every {EVERY}th, without the final stop",
    }
    yield _row(
        id="generation.bert_over_gpt_inner",
        measured=float(np.mean([gap > 0 for gap in inner])),
        target=0.5,
        n=len(inner),
        **fields,
    )
    yield _row(
        id="generation.bert_gpt_gap_end",
        words={"inner": np.mean(inner), "end": np.mean(end)},
        measured=float(np.mean(inner) - np.mean(end)),
        target=0.0,
        n=len(end),
        **fields,
    )


def _loss(texts: Texts, *, held_out: bool) -> Row:
    """Cross-entropy of whole sentences, shared out over their characters."""
    nats, characters = 0.0, 0
    for line in texts.lines:
        result = _run(SCAN, ScanInputs((_ids(line),)))
        nats += _nats(result.rows[0])
        characters += len(line)
    zh = texts.lang == "zh"
    return _row(
        held_out=held_out,
        id=f"generation.loss_{texts.lang}",
        source=OWN,
        measured=nats / characters,
        op="<=",
        target=5.0 if zh else 1.6,
        n=len(texts.lines),
        data=texts.origin,
    )
