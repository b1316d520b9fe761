"""Chapter 7, 接龙: what a causal language model expects next, and what comes of taking it.

Every experiment takes a `Model` handle and frozen inputs (lab/types/generation.py) and returns arrays in fp32. The
other experiments of the chapter live beside this file and are found under this name too: ways to choose (choosing.py),
how much context helps and the KV cache (reach.py), inside one step and beside BERT (looking.py).
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.errors import Told
from explorer.lab.choosing import log_p_of, tree, ways
from explorer.lab.decoding import Reading, Shelf, alone, read_on, visible
from explorer.lab.experiment import implements
from explorer.lab.looking import inside, left
from explorer.lab.reach import cached, context, ngram
from explorer.lab.sampling import chance_at, draw, offer
from explorer.lab.types.arrays import Floats
from explorer.lab.types.generation import (
    FOLLOW,
    SCAN,
    WRITE,
    FollowInputs,
    FollowResult,
    ScanInputs,
    ScannedRow,
    ScanResult,
    WriteInputs,
    WriteResult,
    Written,
)

if TYPE_CHECKING:
    from explorer.models.network.model import Model

__all__ = ["cached", "context", "follow", "inside", "left", "ngram", "scan", "tree", "ways", "write"]

TOP = 5
SCAN_ROWS = 8
SCORES_AT_ONCE = 128  # a row of scores is as wide as the vocabulary


@implements(FOLLOW)
def follow(model: Model, requests: Sequence[FollowInputs], shelves: Sequence[Shelf | None]) -> list[FollowResult]:
    """What may follow each text; each reader's keys and values are kept, and readers that wait together share a run.

    Raises Told: token_outside, text_empty, scores_broken.
    """
    answers = read_on(model, [Reading(r.ids, shelf) for r, shelf in zip(requests, shelves, strict=True)])
    for shelf in shelves if len(shelves) > 1 else ():
        alone(shelf)
    return answers


@implements(SCAN)
def scan(model: Model, inputs: ScanInputs) -> ScanResult:
    """Every token of each text predicted from those before it, all at once under the causal mask.

    Raises Told: token_outside, text_empty, scores_broken.
    """
    seen = [visible(model, row) for row in inputs.rows]
    rows: list[ScannedRow] = []
    for start in range(0, len(seen), SCAN_ROWS):
        part = seen[start : start + SCAN_ROWS]
        ids, mask = model.tensor_inputs([row for row, _ in part])
        hidden = model.hidden_states(ids, mask)[-1]
        for n, (row, dropped) in enumerate(part):
            if len(row) < 2:
                raise Told("text_empty")
            parts = []
            for at in range(0, len(row) - 1, SCORES_AT_ONCE):
                end = min(at + SCORES_AT_ONCE, len(row) - 1)
                logits = model.decode(model.transform(hidden[n, at:end])).cpu().numpy()
                parts.append(_scanned(logits, row[at + 1 : end + 1], dropped))
            rows.append(_joined(parts))
    return ScanResult(tuple(rows))


def _joined(parts: Sequence[ScannedRow]) -> ScannedRow:
    """One row of several pieces of it."""
    arrays = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("target", "p", "rank", "nats", "entropy", "top_ids", "top_p")
    }
    return ScannedRow(**arrays, dropped=parts[0].dropped)


def _scanned(logits: Floats, target: Sequence[int], dropped: int) -> ScannedRow:
    log_p = log_p_of(logits)
    wanted = np.array(target, dtype=np.int64)
    places = np.arange(len(wanted))
    own = log_p[places, wanted]
    top = np.argsort(-log_p, axis=-1, kind="stable")[:, :TOP]
    p = np.exp(log_p)
    return ScannedRow(
        target=wanted,
        p=np.exp(own).astype(np.float32),
        rank=(logits > logits[places, wanted][:, None]).sum(axis=-1).astype(np.int64) + 1,
        nats=(-own).astype(np.float32),
        entropy=(-(p * log_p).sum(axis=-1)).astype(np.float32),
        top_ids=top.astype(np.int64),
        top_p=np.take_along_axis(p, top, axis=-1).astype(np.float32),
        dropped=dropped,
    )


@implements(WRITE, batch_forward=read_on)
def write(model: Model, inputs: WriteInputs, shelf: Shelf | None) -> Generator[Any, Any, None]:
    """A long continuation, one token at a time; readers who write at the same time are read on in one run.

    Yields a `Reading` for each forward pass it needs (and is sent the answer), a `Written` for each token, and the
    whole as a WriteResult.
    Raises Told: token_outside, text_empty, scores_broken.
    """
    start = time.perf_counter()
    ids = list(visible(model, inputs.ids)[0]) if not inputs.ids else list(inputs.ids)
    written: list[Written] = []
    dropped, ended = 0, False
    try:
        while len(written) < inputs.n and not ended:
            answer: FollowResult = yield Reading(tuple(ids), shelf)
            one = choose(answer.logits, ids, inputs)
            dropped, ended = answer.dropped, one.token_id in model.stop_ids
            ids.append(one.token_id)
            written.append(one)
            yield one
    finally:
        alone(shelf)
    yield WriteResult(tuple(written), ended, dropped, (time.perf_counter() - start) * 1000)


def choose(logits: Floats, ids: Sequence[int], inputs: WriteInputs) -> Written:
    """The token that follows `ids`, and what a reader is told about it."""
    offered = offer(logits, ids, inputs.settings)
    chance = chance_at(inputs.seed, len(ids))
    token = draw(offered, chance)
    own = float(logits[token])
    shifted = logits - logits.max()
    weights = np.exp(shifted)  # float32 is enough for what is only shown
    total = float(weights.sum(dtype=np.float64))
    nats = float(np.log(total) - shifted[token])
    top = np.argpartition(-logits, TOP)[:TOP] if len(logits) > TOP else np.arange(len(logits))
    top = top[np.argsort(-logits[top], kind="stable")]
    return Written(
        token_id=token,
        p=float(offered.p[np.flatnonzero(offered.ids == token)[0]]),
        p_model=float(np.exp(-nats)),
        rank=int((logits > own).sum()) + 1,
        nats=nats,
        entropy=float(np.log(total) - (weights * shifted).sum(dtype=np.float64) / total),
        top_ids=tuple(int(i) for i in top),
        top_p=tuple(float(weights[i] / total) for i in top),
        chance=chance,
    )
