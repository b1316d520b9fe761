"""Reading on: what a causal model says after a text, with the keys and values of what it has read kept for each reader.

Knows token ids, pasts and the shelf on which a session's pasts lie. Knows nothing of sampling or of pages.
Texts longer than the limit lose their oldest half; then the model reads what is left once and goes on from there.

The library's own continuous batching (transformers 5) would not do here: it hands out tokens, not the distribution of
every step, draws by itself without a seed for each reader, and runs in a thread of its own.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from explorer.errors import Told
from explorer.lab.experiment import ForwardRequest
from explorer.lab.types.arrays import Floats
from explorer.lab.types.generation import FollowResult

if TYPE_CHECKING:
    from explorer.models.network.kv_cache import Past
    from explorer.models.network.model import Model

LIMIT = 1024  # tokens that are kept and looked at; the cost of a step and the bytes kept grow with them
LINES_KEPT = 6  # different continuations of which a session keeps the past
NAME = "lines"


class Shelf(Protocol):
    """Where a session's pasts lie (explorer.engine.handles); what lies there may be gone at any time."""

    def get(self, name: str) -> Any | None: ...

    def put(self, name: str, obj: Any, nbytes: int) -> None: ...


@dataclass(frozen=True)
class Reading(ForwardRequest):
    """A wish to know what follows `ids`."""

    ids: tuple[int, ...]
    shelf: Shelf | None = None


@dataclass(frozen=True)
class Line:
    """A text that was read, and its keys and values."""

    ids: tuple[int, ...]
    past: Past


def limit_of(model: Model) -> int:
    """How many tokens this model may see at once here."""
    return min(LIMIT, model.max_positions)


def begins(model: Model) -> tuple[int, ...]:
    """The token that stands before every text: <bos>, or for GPT-2 and Qwen the one that ends texts."""
    special = model.tokenizer.cls_id if model.tokenizer.cls_id is not None else model.tokenizer.sep_id
    return () if special is None else (special,)


def visible(model: Model, ids: Sequence[int], ahead: int = 0) -> tuple[tuple[int, ...], int]:
    """The part of a text that the model sees, and how many tokens at the beginning were dropped.

    Whenever the text outgrows the limit half of the limit goes at once, so that what was read stays of use for as many
    steps again. A special token at the very beginning stays. `ahead`: so many tokens will be read after it, all of
    which the model must have a position for. Raises Told("token_outside").
    """
    whole = tuple(ids) or begins(model)
    for token in whole:
        if not 0 <= token < model.vocab_size:
            raise Told("token_outside", token_id=token, count=model.vocab_size)
    if not whole:
        raise Told("text_empty")
    limit = max(2, min(limit_of(model), model.max_positions - ahead))
    if len(whole) <= limit:
        return whole, 0
    first = whole[:1] if whole[0] in model.tokenizer.special_ids else ()
    half = limit // 2
    dropped = half * -(-(len(whole) - limit) // half)
    return first + whole[len(first) + dropped :], dropped


def read_on(model: Model, wishes: Sequence[Reading]) -> list[FollowResult]:
    """What follows each text. Texts of which all but the last token is known are read in one run, others one by one."""
    start = time.perf_counter()
    seen = [visible(model, wish.ids) for wish in wishes]
    lines = [_known(wish.shelf, ids) for wish, (ids, _) in zip(wishes, seen, strict=True)]
    scores: list[Any] = [None] * len(wishes)
    pasts: list[Any] = [None] * len(wishes)
    ready = [n for n, (ids, _) in enumerate(seen) if lines[n] is not None and len(lines[n]) == len(ids) - 1]  # type: ignore[arg-type]
    if len(ready) > 1:
        together, after = model.step_together([seen[n][0][-1] for n in ready], [lines[n] for n in ready])  # type: ignore[misc]
        for place, n in enumerate(ready):
            scores[n], pasts[n] = together[place], after[place]
    for n, (ids, _) in enumerate(seen):
        if scores[n] is None:
            past = lines[n]
            tensor, _mask = model.tensor_inputs([ids[0 if past is None else len(past) :]])
            row, pasts[n] = model.step(tensor, past)
            scores[n] = row[0]
    answers = []
    for n, (ids, dropped) in enumerate(seen):
        _keep(wishes[n].shelf, Line(ids, pasts[n]))
        logits: Floats = scores[n].float().cpu().numpy()
        if not np.isfinite(logits.max()):
            raise Told("scores_broken")
        kept = 0 if lines[n] is None else len(lines[n])  # type: ignore[arg-type]
        ms = (time.perf_counter() - start) * 1000
        answers.append(FollowResult(logits, kept, len(ids) - kept, dropped, limit_of(model), pasts[n].n_bytes, ms))
    return answers


def _known(shelf: Shelf | None, ids: tuple[int, ...]) -> Past | None:
    """The longest beginning of `ids`, short of the last token, whose keys and values are kept."""
    best: Line | None = None
    most = 0
    for line in _lines(shelf):
        shared = shared_beginning(line.ids, ids[:-1])
        if shared > most:
            best, most = line, shared
    return None if best is None else best.past.crop(most)


def _keep(shelf: Shelf | None, line: Line) -> None:
    """Keep the line in place of the one it goes on from; the oldest others go."""
    if shelf is None:
        return
    others = [old for old in _lines(shelf) if line.ids[: len(old.ids)] != old.ids]
    lines = (line, *others[: LINES_KEPT - 1])
    shelf.put(NAME, lines, sum(one.past.n_bytes for one in lines))


def alone(shelf: Shelf | None) -> None:
    """Have what the shelf keeps lie by itself: a past that comes from a run with others holds all of theirs."""
    if lines := _lines(shelf):
        assert shelf is not None
        lines = tuple(Line(line.ids, line.past.compact()) for line in lines)
        shelf.put(NAME, lines, sum(line.past.n_bytes for line in lines))


def _lines(shelf: Shelf | None) -> tuple[Line, ...]:
    return () if shelf is None else shelf.get(NAME) or ()


def shared_beginning(a: Sequence[int], b: Sequence[int]) -> int:
    """How many tokens two texts begin with in common."""
    for n, (one, other) in enumerate(zip(a, b, strict=False)):
        if one != other:
            return n
    return min(len(a), len(b))
