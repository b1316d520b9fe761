"""Streams that ask for their forward passes: read on together, each with its own answer; and what a session keeps."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from explorer.engine.base import CancelToken
from explorer.engine.handles import LINGERS_S, LOOKS_EVERY_S, Handles, Shelf
from explorer.errors import Cancelled, Told
from explorer.lab.experiment import ForwardRequest, implements
from explorer.lab.types.experiment import Experiment
from explorer.lab.types.masking import ScanInputs
from tests.engine.conftest import Asking, Bench, FakeModel, a_fill, until


class Count(ForwardRequest):
    def __init__(self, word: str) -> None:
        self.word = word


def counting(bench: Bench, sizes: list[int], steps: int = 6) -> None:
    """A stream of `steps` wishes; "bad" has a wish that cannot be granted."""

    def grant(model: FakeModel, wishes: list[Count]) -> list[str]:
        model.forward_passes += 1
        if any(wish.word.startswith("bad") for wish in wishes):
            raise ValueError("one bad wish")
        sizes.append(len(wishes))
        return [wish.word.upper() for wish in wishes]

    def stream(model: FakeModel, inputs: ScanInputs) -> Iterator[Any]:
        for step in range(steps):
            answer = yield Count(f"{inputs.text}{step}")
            yield a_fill(answer, vocabulary=8)

    bench.add("count", stream, "stream", batch_forward=grant)


def test_streams_of_one_kind_share_their_forward_passes(bench: Bench) -> None:
    sizes: list[int] = []
    counting(bench, sizes)
    engine = bench.engine()
    with bench.worker_held(engine):
        askers = [
            Asking(lambda n=n: list(engine.stream(bench["count"], "fake", ScanInputs(f"r{n}-"), session=f"s{n}")))
            for n in range(6)
        ]
        until(lambda: engine.counters().waiting == 6)
    for n, asker in enumerate(askers):
        assert [value.tokens.text for value in asker.answer()] == [f"R{n}-{step}" for step in range(6)]
    assert sum(sizes) == 36
    assert max(sizes) == 6, "more than the streams that may run alone"
    assert len(sizes) <= 12


def test_a_bad_wish_ends_its_own_stream_only(bench: Bench) -> None:
    counting(bench, [])
    engine = bench.engine()
    with bench.worker_held(engine):
        good = Asking(lambda: list(engine.stream(bench["count"], "fake", ScanInputs("good"), session="a")))
        bad = Asking(lambda: list(engine.stream(bench["count"], "fake", ScanInputs("bad"), session="b")))
        until(lambda: engine.counters().waiting == 2)
    assert len(good.answer()) == 6
    with pytest.raises(Told, match="failed"):
        bad.answer()


def test_a_cancelled_stream_asks_for_no_more(bench: Bench) -> None:
    counting(bench, [], steps=100_000)
    engine, cancel, seen = bench.engine(), CancelToken(), []

    def read() -> None:
        for value in engine.stream(bench["count"], "fake", ScanInputs("x"), session="a", cancel=cancel):
            seen.append(value)
            if len(seen) == 3:
                cancel.cancel()

    with pytest.raises(Cancelled):
        Asking(read).answer()
    until(lambda: bench.models.loaded[0].forward_passes > 0)
    engine.run(bench["read"], "fake", ScanInputs("after"))
    passes = bench.models.loaded[0].forward_passes
    threading.Event().wait(0.05)
    assert bench.models.loaded[0].forward_passes == passes


def test_only_streams_may_ask() -> None:
    with pytest.raises(ValueError, match="stream"):
        implements(Experiment("t/single", version=1), batch_forward=lambda model, requests: [])


def test_an_experiment_keeps_things_for_its_reader_and_model(bench: Bench) -> None:
    def visit(model: FakeModel, inputs: ScanInputs, shelf: Shelf) -> Any:
        before = shelf.get("visits") or 0
        shelf.put("visits", before + 1, 10)
        return a_fill(f"visit {before + 1}", vocabulary=8)

    bench.add("visit", visit, uses_session_cache=True)
    engine = bench.engine()

    def ask(text: str, session: str, model: str = "fake") -> str:
        return str(engine.run(bench["visit"], model, ScanInputs(text), session=session).result.tokens.text)

    assert [ask("a", "one"), ask("b", "one"), ask("c", "two")] == ["visit 1", "visit 2", "visit 1"]
    assert ask("d", "one", "fake-2") == "visit 1", "another model's past is of no use"


def test_what_a_reader_who_left_has_kept_goes_whatever_is_asked_next(bench: Bench) -> None:
    now, here = [0.0], {"stays"}
    bench.add("visit", lambda model, inputs, shelf: shelf.put("visits", 1, 10) or a_fill("kept", vocabulary=8),
              uses_session_cache=True)  # fmt: skip
    bench.add("glance", lambda model, inputs: a_fill("seen", vocabulary=8))
    engine = bench.engine()
    engine.handles = Handles(clock=lambda: now[0], here=here.__contains__)
    for session in ("leaves", "stays"):
        engine.run(bench["visit"], "fake", ScanInputs(session), session=session)
    now[0] = LINGERS_S + LOOKS_EVERY_S
    engine.run(bench["glance"], "fake", ScanInputs("x"), session="stays")
    assert [held.session for held in engine.handles._held.values()] == ["stays"]


def test_what_a_shelf_loses_is_gone_without_an_error() -> None:
    now = [0.0]
    handles = Handles(max_bytes=100, expiry=10, clock=lambda: now[0])
    shelf = Shelf(handles, "reader", "model")
    shelf.put("line", "first", 60)
    shelf.put("line", "second", 70)
    assert (shelf.get("line"), handles.used) == ("second", 70)
    Shelf(handles, "other", "model").put("line", "theirs", 60)
    assert shelf.get("line") is None, "pushed out"
    shelf.put("line", "third", 30)
    now[0] = 11
    assert shelf.get("line") is None, "expired"
    shelf.put("line", "huge", 101)
    assert shelf.get("line") is None
