"""Wrong labels, planted among the training sentences so that the class can look for them: which, and how.

It knows sentences and labels alone.
"""

from __future__ import annotations

from explorer.lab.types.finetuning import Labelled

PLANTED = 5


def planted_at(count: int) -> tuple[int, ...]:
    """Which of `count` training sentences get a wrong label: five, spread over all, of both labels."""
    return tuple(sorted({(2 * n + 1) * count // (2 * PLANTED) for n in range(PLANTED)}))


def planted(train: Labelled) -> Labelled:
    """The same sentences, five of them with the next label in place of their own."""
    wrong, count = planted_at(len(train)), 1 + max((label for _, label in train), default=0)
    return tuple((text, (label + 1) % count if n in wrong else label) for n, (text, label) in enumerate(train))
