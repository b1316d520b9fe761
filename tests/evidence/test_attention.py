"""Evidence of 注意力: which head matters is told from one half of the texts and counted on the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.evidence import attention
from explorer.evidence.texts import own
from explorer.lab.types.attention import InfluenceResult
from explorer.models.catalog import catalog

MODEL = "mini-mbert"


def test_what_a_head_does_is_counted_on_texts_that_did_not_choose_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(kl: list[float], top: list[int]) -> InfluenceResult:
        none: Any = None
        return InfluenceResult(none, 1, 7, np.array([kl]), np.array([top]), np.ones((1, 3)))

    results = iter(
        [
            found([0.1, 0.9, 0.0], [7, 7, 7]),
            found([9.0, 0.0, 9.0], [9, 8, 7]),  # would choose the others, but is counted only
            found([0.2, 0.8, 0.1], [7, 7, 7]),
            found([9.0, 0.0, 9.0], [9, 7, 8]),
        ]
    )
    monkeypatch.setattr(attention, "_influence", lambda model, line: next(results))
    most, spare = attention._heads(MODEL, ("a", "b", "c", "d"), "test")
    assert (most.measured, most.target, most.n) == (0.5, 0.5, 2)
    assert spare.measured == pytest.approx((3 + 1 + 3 + 1) / 12)


def test_the_sentences_are_there_and_long_enough_for_a_window() -> None:
    for lang in ("zh", "en"):
        lines = own("attention", lang).lines
        assert len(lines) == len(set(lines)) == 16
        assert min(map(len, lines)) > 30


@pytest.mark.timeout(600)
def test_every_claim_holds_on_two_sentences_of_each_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them are measured by `python -m explorer evidence`; the shape and the window's price are seen on a few."""
    lines = own("attention", "zh").lines[:2] + own("attention", "en").lines[:2]
    row = attention._window(MODEL, lines, "test")
    assert row.holds, row.unit
    assert row.n >= 8
    assert (row.model, row.revision) == (MODEL, catalog.entry(MODEL).revision)
    assert row.published == ""
