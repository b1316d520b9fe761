"""What comes back from the attention view is believed only as far as the text and the model reach."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.components.attention_view import View, as_bytes, parse_view
from explorer.components.events import MalformedEventError

GOOD: dict[str, Any] = {
    "layer": 2, "head": 3, "heads": [[0, 1], [2, 3]], "pins": [4, 0], "layout": "grid", "mass": 0.5,
    "special": True, "diagonal": False, "block": "ba",
}  # fmt: skip


def test_an_event_becomes_a_view() -> None:
    view = parse_view(GOOD, layers=3, heads=4, tokens=5)
    assert view == View(2, 3, ((0, 1), (2, 3)), (4, 0), "grid", 0.5, True, False, "ba")


@pytest.mark.parametrize(
    "bad",
    [
        {"layer": 3}, {"layer": -1}, {"layer": "2"}, {"layer": None}, {"head": 4}, {"head": 1.5}, {"heads": [[3, 0]]},
        {"heads": [[0]]}, {"heads": [7]}, {"heads": "x"}, {"heads": [[0, 0]] * 33}, {"pins": [5]}, {"pins": {}},
        {"layout": "round"}, {"layout": None}, {"mass": 0.01}, {"mass": float("nan")}, {"block": "c"},
    ],
)  # fmt: skip
def test_what_is_not_there_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(MalformedEventError):
        parse_view(GOOD | bad, layers=3, heads=4, tokens=5)


def test_bytes_are_within_half_a_step() -> None:
    weights = np.random.default_rng(1).random((3, 40), dtype=np.float32)
    assert np.abs(as_bytes(weights) / 255 - weights).max() <= 1 / 510 + 1e-6
    assert as_bytes(np.array([0, 1, 1.001, -1e-7], dtype=np.float32)).tolist() == [0, 255, 255, 0]
