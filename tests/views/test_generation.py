"""接龙 without a browser: a long text costs as much as it has tokens; what callbacks keep."""

from __future__ import annotations

import tracemalloc
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from explorer.lab.types.core import Specials
from explorer.lab.types.generation import ScannedRow, ScanResult
from explorer.views.generation import common, facts, step, train

LONG = 4000
MOST_BYTES = 16 * 2**20  # a text's facts and digests; whole beginnings as keys took some sixty


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    monkeypatch.setattr(facts.st, "session_state", kept)
    return kept


def test_a_text_of_four_thousand_tokens_is_hashed_once_and_kept_small(
    session: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[int] = []

    class Counted:
        def __init__(self, start: bytes, digest_size: int) -> None:
            self.inner = facts_blake(start, digest_size=digest_size)

        def update(self, more: bytes) -> None:
            hashed.append(len(more))
            self.inner.update(more)

        def copy(self) -> Any:
            return self.inner.copy()

    facts_blake = facts.blake2b
    monkeypatch.setattr(facts, "blake2b", Counted)
    numbers = np.ones(LONG - 1, np.float32)
    row = ScannedRow(
        np.ones(LONG - 1, np.int64), numbers, np.ones(LONG - 1, np.int64), numbers, numbers,
        np.ones((LONG - 1, 5), np.int64), np.ones((LONG - 1, 5), np.float32), 0,
    )  # fmt: skip
    asked: list[str] = []

    def run(experiment: Any, model: str, inputs: Any) -> Any:
        asked.append(experiment.wire)
        return SimpleNamespace(result=ScanResult((row,)))

    monkeypatch.setattr(facts.widgets, "run", run)
    ids = tuple(n % 900 for n in range(LONG))
    monkeypatch.setattr(common, "vocabulary", lambda model: tuple(f"w{n}" for n in range(900)))
    monkeypatch.setattr(facts, "specials", lambda model: Specials((0,), 0, (0,)))
    tracemalloc.start()
    try:
        first = facts.tokens("some-model", ids, 1)
        again = facts.tokens("some-model", ids, 1)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert first == again and len(first) == LONG
    assert asked == ["generation/scan"], "what is known is not asked for again"
    assert sum(hashed) == 2 * 4 * LONG, "four bytes a token and run"
    assert peak < MOST_BYTES


def test_a_digest_tells_texts_and_models_apart() -> None:
    one, other = facts.digests("a", (1, 2, 3)), facts.digests("a", (1, 2, 4))
    assert one[:2] == other[:2] and one[2] != other[2]
    assert facts.digests("b", (1, 2, 3))[0] != one[0]
    assert facts.digests("a", (1, 2)) == one[:2]


def test_quick_changes_all_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another order twice, then a dial that came with an act: each starts from what the one before has kept."""
    kept = {"state": common.State(mix=1)}
    kind = type(common.store())
    monkeypatch.setattr(kind, "now", lambda self: kept["state"])
    monkeypatch.setattr(kind, "get", lambda self: common.State(mix=1))  # what was drawn
    monkeypatch.setattr(kind, "_keep", lambda self, state: kept.update(state=state))
    train._again()
    train._again()
    assert kept["state"].mix == ((1 * 31 + 7) * 31 + 7) % 10_000
    dials = SimpleNamespace(temperature=0.5, top_k=3, top_p=1.0, min_p=0.0, repetition=1.0)
    step._act("a", SimpleNamespace(kind="dials", settings=dials, at=0, token=None, free=False))  # type: ignore[arg-type]
    assert (kept["state"].mix, kept["state"].t, kept["state"].k) == (((1 * 31 + 7) * 31 + 7) % 10_000, 0.5, 3)
    assert kept["state"].model == "", "the model in use is not written into the link"
