"""What came of step 3, in a sentence: diverged, too far, not moved, hacked, or better.

It knows a tuning's curves.
"""

from __future__ import annotations

from explorer.lab.types.rlhf import EPISODES, TuneResult
from explorer.ui import page_parts
from explorer.ui.numbers import signed

# Nats an answer. With a KL of k the mean of a normal reward shifts by √(2 k) deviations at most; below this that is
# less than the means of two draws of EPISODES answers differ by chance, √(2 / EPISODES).
MOVED = 1 / EPISODES


def draw(found: TuneResult) -> None:
    first, last = found.curves[0], found.curves[-1]
    kl = f"{last[2]:.3f}"
    if found.diverged:
        page_parts.notice("family.tune.diverged", "warn", update=found.diverged, kept=found.diverged - 1)
    elif found.far:
        page_parts.notice("family.tune.far", "warn", update=len(found.curves) - 1, kl=f"{last[2]:.0f}")
    values = {
        "model0": signed(first[0]), "model1": signed(last[0]), "rule0": signed(first[1]), "rule1": signed(last[1]),
    }  # fmt: skip
    if last[2] < MOVED:
        if not found.diverged:
            page_parts.notice("family.tune.unmoved", kl=kl, **values)
    elif last[0] > first[0] and last[1] < first[1]:
        page_parts.notice("family.tune.hacked", "warn", **values)
    elif last[0] > first[0]:
        page_parts.notice("family.tune.rose", "good", **values)
    else:
        page_parts.notice("family.tune.still", kl=kl, **values)
