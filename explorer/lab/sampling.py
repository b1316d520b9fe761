"""From scores to a token: repetition penalty, temperature, top-k, top-p, min-p, and the draw, in plain NumPy.

Knows one row of scores at a time and no model. The same arithmetic runs in the browser while dials move
(components/shared/candidates.js); a browser test holds the two against each other.
The order of the cuts is that of the transformers library's `generate`. Methods: repetition penalty Keskar et al. 2019
(CTRL), section 4.1; top-k Fan et al. 2018; top-p Holtzman et al. 2020; min-p Nguyen et al. 2024.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.errors import Told
from explorer.lab.types.arrays import Floats, Ints
from explorer.lab.types.generation import Settings, chance_at

__all__ = ["Offer", "best_first", "chance_at", "draw", "offer", "penalised"]

Doubles = NDArray[np.float64]
HEAD = 256  # most offers end within so many tokens; sorting the rest is put off until one does not
# Scores are float32, so that ln .5 + ln .3 make .8 but for the rounding. A share that top-p asks for and that is
# missed by no more than that is reached, as by hand; in the library the rounding decides.
ROUNDING = 4 * float(np.finfo(np.float32).eps)


@dataclass(frozen=True)
class Offer:
    """The tokens that stay, best first, ties by id, and their probabilities, which add up to 1."""

    ids: Ints
    p: Doubles


def offer(logits: Floats, seen: Collection[int], settings: Settings) -> Offer:
    """What `settings` leave of `logits[vocab]` after the tokens `seen`. At least one token always stays.

    Raises Told("scores_broken") where a score is not a number, or none is finite.
    """
    scores = penalised(logits, seen, settings.repetition)
    best = float(scores.max())
    if not np.isfinite(best):
        raise Told("scores_broken")
    if settings.temperature <= 0:
        return Offer(np.array([int(scores.argmax())], dtype=np.int64), np.ones(1))
    weights = np.exp((scores - best) / settings.temperature)
    total = float(weights.sum())
    for head in (HEAD, len(scores)):
        order = best_first(scores, head)
        kept = _kept(weights[order], total, settings, whole=len(order) == len(scores))
        if kept is not None:
            break
    assert kept is not None, "with the whole order there is always an answer"
    chosen = order[:kept]
    return Offer(chosen, weights[chosen] / weights[chosen].sum())


def draw(chances: Offer, chance: float) -> int:
    """The token on which `chance` (0 ≤ chance < 1) falls when the offer is laid out best first."""
    place = int(np.searchsorted(np.cumsum(chances.p), chance, side="right"))
    return int(chances.ids[min(place, len(chances.ids) - 1)])


def penalised(logits: Floats, seen: Collection[int], penalty: float) -> Doubles:
    """Scores in float64; those of tokens already in the text divided by the penalty if positive, else multiplied."""
    scores = logits.astype(np.float64)
    if np.isnan(scores).any():
        raise Told("scores_broken")
    if penalty != 1 and seen:
        ids = np.unique(np.fromiter(seen, dtype=np.int64))
        own = scores[ids]
        scores[ids] = np.where(own > 0, own / penalty, own * penalty)
    return scores


def best_first(scores: Doubles, count: int) -> Ints:
    """The ids of the `count` highest scores, best first, ties by id."""
    if count >= len(scores):
        return np.argsort(-scores, kind="stable").astype(np.int64)
    threshold = np.partition(scores, -count)[-count]
    candidates = np.flatnonzero(scores >= threshold)
    return candidates[np.argsort(-scores[candidates], kind="stable")][:count].astype(np.int64)


def _kept(weights: Doubles, total: float, settings: Settings, *, whole: bool) -> int | None:
    """How many of the first tokens stay; None if that cannot be told from these alone.

    `weights` are those of the first tokens, best first, not normalised; `total` is that of all tokens.
    """
    kept = len(weights) if whole else len(weights) + 1
    if settings.top_k > 0:
        kept = min(settings.top_k, kept)
    mass = total if settings.top_k <= 0 else float(weights[:kept].sum())
    if settings.top_p < 1:
        if kept > len(weights) and settings.top_k > 0:
            return None
        before = np.concatenate(([0.0], np.cumsum(weights)))[: len(weights)]
        inside = int((before < (settings.top_p - ROUNDING) * mass).sum())
        kept = min(kept, max(1, inside) if whole or inside < len(weights) else len(weights) + 1)
    if settings.min_p > 0:
        likely = int((weights >= settings.min_p * weights[0]).sum())
        kept = min(kept, max(1, likely) if whole or likely < len(weights) else len(weights) + 1)
    return kept if kept <= len(weights) else None
