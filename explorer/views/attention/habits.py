"""What heads do in one text: look at the same word elsewhere, at the word before, far away. Which head does it most?

It knows one result's weights; it chooses the head that the page opens on, by a rule that the page names.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.lab.types.attention import LookResult

FAR = 5  # tokens away
ENOUGH = 0.3  # of a token's weight: a head that gives less shows no habit
NAMES = ("same", "previous", "far")


@dataclass(frozen=True)
class Habit:
    """`name` of NAMES; the head that does it most, its mean `share` of the weight, and the token that shows it best."""

    name: str
    layer: int
    head: int
    share: float
    token: int


def of(result: LookResult) -> tuple[Habit, ...]:
    """The habits that at least one head shows, in the order of NAMES; the best one alone where none gives ENOUGH.

    Special tokens count neither as those that look nor as those looked at. Where tokens of one text look at another's
    there are no habits.
    """
    if result.looking != result.seen:
        return ()
    found = [habit for name, given in _given(result).items() if (habit := _best(name, given, result)) is not None]
    strong = [habit for habit in found if habit.share >= ENOUGH]
    return tuple(strong or sorted(found, key=lambda habit: -habit.share)[:1])


def _given(result: LookResult) -> dict[str, NDArray[np.float64]]:
    """given[layer, head, token] for every habit: how much each token gives to what the habit is about; NaN where the
    text has nothing of the kind for that token."""
    ordinary = ~np.array(result.looking.special, dtype=bool)
    ids, at = np.array(result.looking.ids), np.arange(len(ordinary))
    allowed = np.outer(ordinary, ordinary) & (at[:, None] > at if result.causal else at[:, None] != at)
    weights = result.weights.astype(np.float64)
    same = allowed & (ids[:, None] == ids)
    before = allowed & (at[:, None] == at + 1)
    far = allowed & (np.abs(at[:, None] - at) >= FAR)

    def where(pairs: NDArray[np.bool_], values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(pairs.any(axis=1), values, np.nan)

    return {
        "same": where(same, (weights * same).sum(axis=-1)),
        "previous": where(before, (weights * before).sum(axis=-1)),
        "far": where(far, (weights * far).max(axis=-1, initial=0.0)),
    }


def _best(name: str, given: NDArray[np.float64], result: LookResult) -> Habit | None:
    held = np.isfinite(given[0, 0])
    if not held.any():
        return None
    mean = given[:, :, held].mean(axis=-1)
    layer, head = (int(n) for n in np.unravel_index(int(mean.argmax()), mean.shape))
    token = int(np.nanargmax(given[layer, head]))
    return Habit(name, layer + max(result.layer, 0), head, float(mean[layer, head]), token)
