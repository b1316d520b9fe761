"""What is known of a text's tokens is looked up in one pass: a long text costs no more asking than a short one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.lab.types.core import Specials
from explorer.lab.types.generation import ScanInputs
from explorer.views.generation import facts


class Row:
    """A scanned row of a text: every token but the first, each with its place as its rank."""

    def __init__(self, n: int) -> None:
        self.target = self.rank = np.arange(1, n)
        self.p = self.nats = self.entropy = np.full(n - 1, 0.5)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How often a text was worked out."""
    count = {"scan": 0}

    def run(_: object, model: str, inputs: ScanInputs) -> Any:
        count["scan"] += 1
        return type("Answer", (), {"result": type("Scan", (), {"rows": (Row(len(inputs.rows[0])),)})})

    monkeypatch.setattr(facts.common, "vocabulary", lambda model: ("<bos>", "雪", "化", "了"))
    monkeypatch.setattr(facts, "specials", lambda model: Specials((0,), 0, (0,)))
    monkeypatch.setattr(facts.widgets, "run", run)
    monkeypatch.setattr(facts.st, "session_state", {})
    return count


@pytest.mark.parametrize("n", [4, 800])
def test_a_text_is_worked_out_once_however_long_it_is(n: int, asked: dict[str, int]) -> None:
    ids = tuple(place % 3 + 1 for place in range(n))
    shown = facts.tokens("a-model", ids, 2)
    assert [token.rank for token in shown[2:]] == list(range(2, n))
    assert asked == {"scan": 1}
    assert facts.tokens("a-model", ids, 2) == shown
    assert asked == {"scan": 1}, "what is known is not worked out again"


def test_a_place_is_known_by_all_that_stands_before_it_and_by_its_model() -> None:
    names = facts.digests("a", (1, 2, 3))
    assert names[:2] == facts.digests("a", (1, 2))
    assert len({*names, *facts.digests("a", (2, 2, 3)), *facts.digests("b", (1, 2, 3))}) == 9
