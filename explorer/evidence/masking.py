"""Evidence of chapter 2, 填空: what masking does, measured on whole sets of sentences.

Knows the claims, their sources and how each is measured through the engine. It knows neither torch nor a page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.engine import get_engine
from explorer.evidence.texts import OWN, Row, Sample, Texts, own, row, sampled
from explorer.lab.types.masking import (
    AVERAGE,
    FILL,
    AverageInputs,
    Edit,
    FillInputs,
)
from explorer.models.catalog import catalog

PER_TEXT = 6
EVERY = 7
HELD_OUT = Sample("ud-pud", n=200, seed=0)
DEVLIN = "Devlin, Chang, Lee & Toutanova 2019, BERT (NAACL)"
LAN = "Lan et al. 2020, ALBERT (ICLR)"


def measure(data: Path | None) -> Iterator[Row]:
    """The chapter's rows, each as soon as it is measured. With `data`, accuracy is measured on text lying there."""
    model_id = catalog.default("masked").id
    zh, en = own("masking", "zh"), own("masking", "en")
    yield from _treatments(model_id, zh, en)
    for texts in (sampled(data, "zh", HELD_OUT), sampled(data, "en", HELD_OUT)) if data else (zh, en):
        yield from _accuracy(model_id, texts, held_out=data is not None)
    yield _language_kept(model_id, zh)


_row = partial(row, "masking")


def _treatments(model_id: str, zh: Texts, en: Texts) -> Iterator[Row]:
    """The same positions visible, covered, and replaced by a random token; `PER_TEXT` positions of every sentence."""
    lines = zh.lines + en.lines
    result = get_engine().run(AVERAGE, model_id, AverageInputs(lines, PER_TEXT, seed=0)).result
    visible, masked, random = (float(p.mean()) for p in (result.visible, result.masked, result.random))
    n, data = len(result.masked), f"{zh.origin}, {en.origin}"
    yield _row(
        model_id,
        id="masking.see_itself",
        words={"visible": visible, "masked": masked},
        source=f"{DEVLIN}, §3.1",
        measured=visible - masked,
        op=">=",
        target=0.3,
        n=n,
        data=data,
    )
    frequency = _unigram_expectation(model_id, lines)
    yield _row(
        model_id,
        id="masking.repair",
        source=f"{DEVLIN}, §3.1 and appendix A.1",
        measured=random,
        op=">",
        target=frequency,
        n=n,
        data=data,
    )
    yield _row(
        model_id,
        id="masking.repair_below_mask",
        source=OWN,
        measured=random,
        op="<",
        target=masked,
        n=n,
        data=data,
    )


def _unigram_expectation(model_id: str, lines: tuple[str, ...]) -> float:
    """The mean frequency of a token drawn as the positions are: a sentence first, then any of its tokens.

    Frequencies are counted on the sentences themselves (special tokens left out), which flatters this baseline.
    """
    sentences = [
        [i for i, special in zip(tokens.ids, tokens.special, strict=True) if not special]
        for tokens in (get_engine().tokens(model_id, line) for line in lines)
    ]
    counts = Counter(i for ids in sentences for i in ids)
    return float(np.mean([np.mean([counts[i] for i in ids]) for ids in sentences]) / counts.total())


def _accuracy(model_id: str, texts: Texts, *, held_out: bool) -> Iterator[Row]:
    """Every `EVERY`-th token of the running text covered, one at a time: right at first guess, among five."""
    ranks = [int((logits > logits[original]).sum()) + 1 for original, logits in _covered(model_id, texts)]
    zh = texts.lang == "zh"
    for suffix, top, target in (("", 1, 0.25 if zh else 0.2), ("_top5", 5, 0.4 if zh else 0.35)):
        yield _row(
            model_id,
            held_out=held_out,
            id=f"masking.accuracy_{texts.lang}{suffix}",
            words={"every": EVERY},
            source=f"{OWN}; the BERT paper reports no accuracy of its masked-word predictions"
            if zh or top > 1
            else LAN,
            measured=float(np.mean([rank <= top for rank in ranks])),
            op=">=",
            target=target,
            n=len(ranks),
            data=texts.origin,
        )


def _language_kept(model_id: str, texts: Texts) -> Row:
    """How many of the 100 likeliest tokens are 汉字, at every `EVERY`-th 汉字, covered one at a time."""
    han = np.array([_is_han(piece) for piece in get_engine().vocabulary(model_id)])
    shares = [float(han[np.argpartition(-logits, 100)[:100]].mean()) for _, logits in _covered(model_id, texts, han)]
    return _row(
        model_id,
        id="masking.language_kept",
        words={"every": EVERY},
        source=OWN,
        measured=float(np.mean(shares)),
        op=">=",
        target=0.8,
        n=len(shares),
        data=texts.origin,
    )


def _covered(
    model_id: str, texts: Texts, wanted: NDArray[np.bool_] | None = None
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """(original id, logits[vocab] in fp32) at every `EVERY`-th token of the running text, covered one at a time.

    Only tokens that `wanted[id]` names are counted and covered; by default all but special ones.
    """
    engine = get_engine()
    mask_id = engine.tokens(model_id, "[MASK]").ids[1]
    running = 0
    for line in texts.lines:
        tokens = engine.tokens(model_id, line)
        for position, original in enumerate(tokens.ids):
            if tokens.special[position] or (wanted is not None and not wanted[original]):
                continue
            running += 1
            if running % EVERY == 0:
                inputs = FillInputs(line, (Edit(position, mask_id),), (position,))
                result = engine.run(FILL, model_id, inputs).result
                yield original, result.logits[0]


def _is_han(piece: str) -> bool:
    return len(piece) == 1 and "\u4e00" <= piece <= "\u9fff"
