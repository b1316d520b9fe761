"""The baselines for sequences: what differs in its pieces is told by pieces, what differs in one place by its place."""

from __future__ import annotations

from random import Random

import numpy as np

from explorer.lab.kmers import kmers
from explorer.lab.types.kmers import KmersInputs


def rows(count: int, seed: int, label_of: int) -> list[str]:
    random = Random(seed)
    return ["".join(random.choice("ACGT") for _ in range(20)) for _ in range(count * (label_of + 1))][:count]


def test_a_piece_anywhere_is_counted_and_a_letter_in_place_is_seen() -> None:
    plain = rows(120, 0, 0)
    random = Random(1)
    with_piece = [row[:at] + "GATC" + row[at + 4 :] for row in rows(120, 2, 0) for at in [random.randrange(16)]]
    bare = [row.replace("GATC", "GTTC") for row in plain]
    train = (*((row, 0) for row in bare[:90]), *((row, 1) for row in with_piece[:90]))
    test = (*((row, 0) for row in bare[90:]), *((row, 1) for row in with_piece[90:]))
    truth = np.array([label for _, label in test])
    found = kmers(None, KmersInputs(train, test))
    counted, placed = ((said == truth).mean() for said in (found.counted, found.placed))
    assert counted > 0.8 > placed, "the piece may stand anywhere: its place tells nothing"

    fixed = tuple((row[:7] + ("A" if n % 2 else "C") + row[8:], n % 2) for n, row in enumerate(plain))
    found = kmers(None, KmersInputs(fixed[:90], fixed[90:]))
    truth = np.array([label for _, label in fixed[90:]])
    assert (found.placed == truth).mean() > 0.9 > (found.counted == truth).mean()
    assert found.counted.dtype == np.int64
