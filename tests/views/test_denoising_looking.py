"""还原: the squares that are ringed say again what stood at their place, whoever says what."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from explorer.views.denoising.looking import stood, truest

CLS, SEP, X, Y = 1, 2, 90, 91


def result(read: list[int], origins: list[int], said: list[int], text: list[int]) -> Any:
    return SimpleNamespace(read=tuple(read), origins=tuple(origins), said=tuple(said), text=tuple(text))


@pytest.mark.parametrize(
    ("found", "rings"),
    [
        (result([CLS, 12, 10, 11, SEP], [-1, 2, 0, 1, -1], [10, 11, 12, SEP], [10, 11, 12]), [(0, 2), (1, 3), (2, 1)]),
        (result([CLS, 10, 11, SEP], [-1, 0, 1, -1], [CLS, 10, 99, 11, SEP], [10, 99, 11]), [(1, 1)]),
        (result([10, X, 12, Y, 14], [0, -1, 2, -1, 4], [X, 11, Y, 13, 15, SEP], [10, 11, 12, 13, 15, 14]), []),
    ],
    ids=["rotated", "a frame is said first, and one token more", "only what stood in the holes is said"],
)
def test_a_ring_is_a_token_said_where_it_stood(found: Any, rings: list[tuple[int, int]]) -> None:
    assert stood(found) == rings
    if rings:
        cross = np.zeros((2, 3, len(found.said), len(found.read)))
        cross[1, 2, [step for step, _ in rings], [place for _, place in rings]] = 1
        assert truest(cross, rings) == (2, 3)
