"""Breaking a text in seven ways, of BART, MASS and T5. Knows token ids and where words begin; knows no model.

The five of BART: Lewis et al. 2020; MASS: Song et al. 2019; sentinels: Raffel et al. 2020, section 3.1.4.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.errors import Told
from explorer.lab.types.breaking import HOLE, Breakage, Broken

Span = tuple[int, int]  # words first … last − 1
_TRIES = 50  # drawings of runs before what there is must do


def break_up(ids: Sequence[int], begins: Sequence[bool], how: Breakage, mask_id: int) -> Broken:
    """`ids` broken; begins[n]: the n-th token begins a word. The same seed breaks alike.

    Raises Told("too_short_to_break") where the text has too few words for it, Told("breaks_to_nothing") where nothing
    would be left to read.
    """
    words = _words(begins)
    rng = np.random.default_rng(how.seed)
    if how.kind == "permute":
        return _reordered(ids, words, _exchanged(len(words), how, rng))
    if how.kind == "rotate":
        if len(words) < 2:
            raise Told("too_short_to_break", words=2)
        start = int(rng.integers(1, len(words)))
        return _reordered(ids, words, [(start, len(words)), (0, start)])
    spans = _taken(len(words), how, rng)
    covered = sum(last - first for first, last in spans)
    if covered == len(words) and how.kind in ("delete", "infill", "sentinels"):
        raise Told("breaks_to_nothing")
    return _without(ids, words, spans, how.kind, mask_id)


def _words(begins: Sequence[bool]) -> list[Span]:
    """Where each word's tokens lie."""
    starts = [at for at, begin in enumerate(begins) if begin or at == 0]
    return list(zip(starts, [*starts[1:], len(begins)], strict=True))


def _exchanged(count: int, how: Breakage, rng: np.random.Generator) -> list[Span]:
    """All words as runs in a new order: `how.pieces` neighbouring ones exchanged, what stands around them kept."""
    pieces = min(how.pieces, count)
    if pieces < 2:
        raise Told("too_short_to_break", words=2)
    longest = max(1, round(2 * how.span) - 1)
    lengths = rng.integers(1, longest + 1, pieces)
    while lengths.sum() > count:
        lengths[int(lengths.argmax())] -= 1
    first = int(rng.integers(0, count - int(lengths.sum()) + 1))
    cuts = (first + np.cumsum([0, *lengths])).tolist()
    order = rng.permutation(pieces)
    while (order == np.arange(pieces)).all():
        order = rng.permutation(pieces)
    moved = [(cuts[n], cuts[n + 1]) for n in order.tolist()]
    return [(0, first), *moved, (cuts[-1], count)]


def _taken(count: int, how: Breakage, rng: np.random.Generator) -> list[Span]:
    """The runs of words that are taken away, in order; for "infill" a run may be empty: a [MASK] where nothing was."""
    if count == 0:
        raise Told("too_short_to_break", words=1)
    budget = min(count, max(1, round(how.rate * count)))
    if how.kind == "mass":
        first = int(rng.integers(0, count - budget + 1))
        return [(first, first + budget)]
    if how.kind in ("mask", "delete"):
        return [(at, at + 1) for at in np.sort(rng.permutation(count)[:budget]).tolist()]
    return _runs(count, budget, how, rng)


def _runs(count: int, budget: int, how: Breakage, rng: np.random.Generator) -> list[Span]:
    """Runs of about `how.span` words, apart from each other by a word at least, `budget` words in all."""
    free = np.ones(count + 1, dtype=bool)  # before the n-th word nothing was taken, nor right beside it
    spans: list[Span] = []
    left = budget
    for _ in range(_TRIES):
        if left <= 0:
            break
        length = min(left, int(rng.poisson(how.span)))
        if how.kind == "sentinels":
            length = max(1, length)
        first = int(rng.integers(0, count - length + 1))
        if free[first : first + length + 1].all():
            free[max(0, first - 1) : first + length + 2] = False
            spans.append((first, first + length))
            left -= length
    if not any(last > first for first, last in spans):
        first = int(rng.integers(0, count))
        spans = [(first, first + 1)]
    return sorted(spans)


def _reordered(ids: Sequence[int], words: list[Span], order: list[Span]) -> Broken:
    """The words' runs in another order; to be said is the text as it was."""
    origins = [at for first, last in order for word in words[first:last] for at in range(*word)]
    place = {at: n for n, at in enumerate(origins)}
    moved = tuple(at for at in range(len(ids)) if place[at] != at)
    whole = tuple(range(len(ids)))
    return Broken(tuple(ids[at] for at in origins), tuple(origins), tuple(ids), whole, (), moved)


def _without(ids: Sequence[int], words: list[Span], spans: list[Span], kind: str, mask_id: int) -> Broken:
    """The runs taken away, and what stands in their place."""
    shown: list[int] = []
    origins: list[int] = []
    hidden: list[int] = []
    target: list[int] = []
    sources: list[int] = []
    starts = [*(first for first, _ in words), len(ids)]
    done = 0
    for number, (first, last) in enumerate(spans):
        begin, end = starts[first], starts[last]
        shown += ids[done:begin]
        origins += range(done, begin)
        holes = {"delete": 0, "infill": 1, "sentinels": 1}.get(kind, end - begin)
        mark = -1 - number if kind == "sentinels" else mask_id
        shown += [mark] * holes
        origins += [HOLE] * holes
        hidden += range(begin, end)
        if kind == "sentinels":
            target.append(mark)
            sources.append(HOLE)
        target += ids[begin:end]
        sources += range(begin, end)
        done = end
    shown += ids[done:]
    origins += range(done, len(ids))
    if kind == "sentinels":
        target.append(-1 - len(spans))
        sources.append(HOLE)
    elif kind != "mass":
        target, sources = list(ids), list(range(len(ids)))
    return Broken(tuple(shown), tuple(origins), tuple(target), tuple(sources), tuple(hidden), ())
