"""How much a reader may have computed: the bounds, how long one waits, who is counted with whom, and who is not."""

from __future__ import annotations

import pytest

from explorer.engine import quotas
from explorer.engine.quotas import ADDRESS, SESSION, WINDOW_S, Quotas
from explorer.errors import Told
from explorer.lab.types.masking import ScanInputs
from tests.engine.conftest import Bench, a_fill, bench

__all__ = ["bench"]


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def waits(of: Quotas, session: str, *, trains: bool = False) -> int:
    """Seconds that the session is told to wait; 0 if it may go on."""
    try:
        of.ask(session, trains)
    except Told as told:
        assert told.key == "too_much"
        seconds: int = told.values["seconds"]  # type: ignore[assignment]
        return seconds
    return 0


def test_seconds_add_up_and_pass() -> None:
    clock = Clock()
    mine = Quotas(clock)
    mine.used("a@", False, SESSION.seconds - 1)
    assert waits(mine, "a@") == 0
    clock.now += 100
    mine.used("a@", False, 2)
    assert waits(mine, "a@") == WINDOW_S - 100 + 1, "until the first has gone"
    assert waits(mine, "b@") == 0, "nobody else waits"
    clock.now += WINDOW_S - 100
    assert waits(mine, "a@") == 0


def test_trainings_are_counted_by_their_number_and_stop_no_click() -> None:
    clock = Clock()
    mine = Quotas(clock)
    for _ in range(SESSION.trainings):
        assert waits(mine, "a@", trains=True) == 0
        mine.used("a@", True, 0.0)
        clock.now += 1
    assert waits(mine, "a@", trains=True) == WINDOW_S - SESSION.trainings + 1
    assert waits(mine, "a@") == 0


def test_many_sessions_of_one_address_share_a_bound_that_a_class_does_not_reach() -> None:
    mine = Quotas(Clock())
    assert ADDRESS.seconds >= 30 * SESSION.seconds and ADDRESS.trainings >= 30 * SESSION.trainings
    for n in range(round(ADDRESS.seconds / 100)):
        assert waits(mine, f"{n}@10.0.0.7") == 0
        mine.used(f"{n}@10.0.0.7", False, 100)
    assert waits(mine, "new@10.0.0.7") > 0
    assert waits(mine, "new@10.0.0.8") == 0
    assert waits(mine, "new@") == 0, "on this machine there is no address"


def test_what_the_app_asks_for_itself_is_not_counted() -> None:
    mine = Quotas(Clock())
    for session in ("", "evidence"):
        mine.used(session, False, 10 * ADDRESS.seconds)
        assert waits(mine, session) == 0


def test_the_engine_counts_what_it_computes_and_refuses_no_answer_that_is_there(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = bench.engine()
    bench.add("note", lambda model, inputs: a_fill(inputs.text, vocabulary=8))
    engine.run(bench["note"], "fake", ScanInputs("天"), session="a@")
    assert engine.quotas._used["a@"][0].seconds > 0
    monkeypatch.setattr(quotas, "SESSION", quotas.Bound(1, 1e-9))
    with pytest.raises(Told, match="too_much"):
        engine.run(bench["note"], "fake", ScanInputs("地"), session="a@")
    assert engine.run(bench["note"], "fake", ScanInputs("天"), session="a@").fetched
    assert engine.run(bench["note"], "fake", ScanInputs("地"), session="b@").result is not None
    assert engine.counters().in_flight == 0
