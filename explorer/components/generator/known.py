"""What travels of the scores of the next token: the best, those of tokens in the text, and sums over all others.

An offer hardly ever reaches beyond the best few hundred; where it does, the browser asks for all scores
(shared/candidates.js). Knows scores and no words.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer import numerics
from explorer.lab.types.head import best as best_of

HEAD = 512
DIAL = tuple(round(0.05 * step, 2) for step in range(1, 61))  # where the temperature can stand, but for 0


def known(
    logits: NDArray[np.float32], beside: Iterable[int], temperature: float
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """A header's entries and arrays of logits[vocab]: all that is shown of most offers after the tokens `beside`.

    ids[k] int32, scores[k] float32   the HEAD best, best first and ties by id; then those of `beside` that are no such
    ranks[k − HEAD] int32             of the latter (1 = first)
    "sums"                            [T, log Σ exp((z − z_best) / T)] over all others, for every T of the dial and
                                      `temperature`; None where nothing is left that counts
    """
    best = best_of(logits, HEAD)
    inside = np.zeros(len(logits), dtype=bool)
    inside[best] = True
    more = np.array(sorted(id_ for id_ in set(beside) if not inside[id_]), dtype=np.int64)
    inside[more] = True
    scores = logits[~inside] - logits[best[0]]
    ids = np.concatenate([best, more])
    sums = [[t, _log_sum(scores, t)] for t in sorted({*DIAL, temperature} - {0})]
    header = {"size": len(logits), "best": len(best), "sums": sums}
    ranks = np.array([numerics.rank(logits, int(id_)) for id_ in more], dtype=np.int32)
    return header, {"ids": ids.astype(np.int32), "scores": logits[ids], "ranks": ranks}


def _log_sum(scores: NDArray[np.float32], temperature: float) -> float | None:
    """In float32, five times as fast: right to seven digits of what is mostly a small remainder."""
    top = float(scores.max(initial=-np.inf))
    if not np.isfinite(top):
        return None
    total = np.exp((scores - np.float32(top)) / np.float32(temperature)).sum(dtype=np.float64)
    return float(f"{top / temperature + np.log(total):.10g}")
