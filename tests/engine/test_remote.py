"""The engine of a cluster, with replicas in this process: what is lost, silent, held up or of other weights."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from explorer.engine.base import CancelToken
from explorer.engine.handles import Handles
from explorer.engine.ray_serve import deployment_settings, remote, served
from explorer.engine.ray_serve.engine import RayEngine
from explorer.engine.ray_serve.remote import ReplicaLost
from explorer.engine.ray_serve.served import Message, Request, Served
from explorer.errors import Cancelled, ModelUnavailable, Told
from explorer.lab.types.core import Progress
from explorer.lab.types.masking import ScanInputs
from tests.engine.conftest import Asking, Bench, InBytes, a_fill, bench, until
from tests.pace import PATIENCE

__all__ = ["bench"]


class Dying(InBytes):
    """Of the requests it is asked, the first `dies` end after `after` messages with the loss of the replica."""

    dies, after = 1, 0

    def ask(self, request: Request) -> Iterator[Message]:
        mine, self.dies = self.dies > 0, self.dies - 1
        for n, message in enumerate(super().ask(request)):
            if mine and n >= self.after:
                raise ReplicaLost
            yield message


def an_engine(bench: Bench, kind: type[InBytes] = InBytes, **attributes: Any) -> tuple[RayEngine, list[InBytes]]:
    """With what its replicas are."""
    made: list[InBytes] = []

    def replicas(model_id: str) -> InBytes:
        made.append(kind(model_id, models=bench.models, find=bench.find))
        vars(made[-1]).update(attributes)
        return made[-1]

    engine = RayEngine(bench.models, replicas=replicas, find=bench.find)
    bench.engines.append(engine)
    return engine, made


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "PAUSE_S", 0.0)


@pytest.mark.parametrize("after", [0, 1])
def test_a_request_whose_replica_is_lost_comes_through(bench: Bench, after: int) -> None:
    engine, _ = an_engine(bench, Dying, dies=3, after=after)
    answer = engine.run(bench["read"], "fake", ScanInputs("天"), session="a")
    assert answer.result.tokens.text == "天"


def test_a_stream_goes_on_where_its_replica_was_lost(bench: Bench) -> None:
    def steps(model: Any, inputs: Any) -> Iterator[Any]:
        for step in range(5):
            yield Progress(step + 1, 5)
        yield a_fill(inputs.text, vocabulary=8)

    bench.add("steps", steps, "stream")
    engine, _ = an_engine(bench, Dying, dies=2, after=3)
    *told, last = engine.stream(bench["steps"], "fake", ScanInputs("雨"), session="a")
    assert told == [Progress(step + 1, 5) for step in range(5)]
    assert last.tokens.text == "雨"


def test_where_all_are_lost_the_reader_is_told(bench: Bench) -> None:
    engine, _ = an_engine(bench, Dying, dies=remote.TRIES)
    with pytest.raises(Told, match="replicas_lost"):
        engine.run(bench["read"], "fake", ScanInputs("天"), session="a")
    assert engine.state("fake") == "failed"
    assert engine.run(bench["read"], "fake", ScanInputs("天"), session="a").result is not None


def test_other_weights_are_refused(bench: Bench) -> None:
    engine, made = an_engine(bench)
    engine.run(bench["read"], "fake", ScanInputs("天"), session="a")
    made[0].served._models = Other()
    with pytest.raises(ModelUnavailable, match="replica_has_other_weights"):
        engine.run(bench["read"], "fake", ScanInputs("地"), session="a")


class Other:
    def revision(self, model_id: str) -> str:
        return "sha of something else"


def waits(bench: Bench) -> tuple[threading.Event, list[int]]:
    """An experiment "waits": a stream that steps until it is closed, and the steps it has taken."""
    closed, taken = threading.Event(), [0]

    def steps(model: Any, inputs: Any) -> Iterator[Any]:
        try:
            while True:
                closed.wait(0.005)
                taken[0] += 1
                yield Progress(0, 0)
        finally:
            closed.set()

    bench.add("waits", steps, "stream")
    return closed, taken


def test_a_stream_that_is_held_up_takes_no_step_and_goes_on(bench: Bench) -> None:
    closed, taken = waits(bench)
    engine, _ = an_engine(bench)
    cancel = CancelToken()
    stream = engine.stream(bench["waits"], "fake", ScanInputs("x"), session="a", cancel=cancel)
    next(stream)
    cancel.holds = True
    before = [-1]

    def still() -> bool:
        seen, before[0] = before[0], taken[0]
        threading.Event().wait(2 * remote.LOOKS_EVERY_S)
        return seen == taken[0]

    until(still)
    cancel.holds = False
    at = taken[0]
    until(lambda: taken[0] > at)
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(stream)
    assert closed.wait(PATIENCE)


def test_the_jobs_of_a_process_that_is_gone_end(bench: Bench) -> None:
    closed, _ = waits(bench)
    now = [0.0]
    there = Served("r", "fake", bench.models, find=bench.find, clock=lambda: now[0])
    request = Request("1", "gone", bench["waits"], ScanInputs("x"), "a", None, bench.models.revision("fake"))
    messages = there.answer(request, Handles())
    assert next(messages)[0] == "begun"
    now[0] = served.SILENT_S - 1
    there.look()
    assert next(messages)[0] == "value", "a sender that says nothing for a while is still there"
    there.hear("gone", frozenset(), frozenset())
    now[0] += served.SILENT_S + 1
    rest = Asking(lambda: list(messages))
    there.look()
    kind, error = rest.answer()[-1]
    assert kind == "error" and isinstance(error, Cancelled)
    assert closed.wait(PATIENCE)
    there.close()


def test_a_job_that_nobody_reads_ends_and_leaves_the_others_as_they_are(bench: Bench) -> None:
    waits(bench)
    there = Served("r", "fake", bench.models, find=bench.find)
    revision = bench.models.revision("fake")
    read = [
        there.answer(Request(number, "front", bench["waits"], ScanInputs(number), "a", None, revision), Handles())
        for number in ("held", "left")
    ]
    assert [next(messages)[0] for messages in read] == ["begun", "begun"]
    there.hear("front", frozenset(), frozenset({"held"}))
    there.drop("left")
    *_, (kind, error) = read[1]
    assert kind == "error" and isinstance(error, Cancelled)
    assert there._wanted["held"][1].holds and not there._wanted["held"][1].cancelled
    there.close()


def test_an_engine_that_is_closed_ends_what_runs_elsewhere(bench: Bench) -> None:
    closed, _ = waits(bench)
    engine, _ = an_engine(bench)
    stream = engine.stream(bench["waits"], "fake", ScanInputs("x"), session="a")
    next(stream)
    engine.close()
    with pytest.raises(Cancelled):
        list(stream)
    assert closed.wait(PATIENCE)


def test_what_replicas_have_done_is_counted(bench: Bench) -> None:
    engine, _ = an_engine(bench)
    assert engine.state("fake") == "cold"
    for text in ("天", "地", "天"):
        engine.run(bench["read"], "fake", ScanInputs(text), session="a")
    counted = engine.counters()
    assert (counted.runs, counted.forward_passes, counted.model_loads, counted.memory_hits) == (2, 2, 1, 1)
    assert engine.state("fake") == "ready" and counted.models_ready == ("fake",)


def test_a_model_is_loaded_before_it_is_asked(bench: Bench) -> None:
    engine, made = an_engine(bench)
    engine.warm("fake")
    until(lambda: engine.state("fake") == "ready" and made[0].served.done().model_loads == 1)


@pytest.mark.parametrize(
    ("replicas", "cpus", "size"),
    [("", "", (1, 1, 1.0)), ("2", "0.5", (2, 2, 0.5)), (" '1-4' ", "2", (1, 4, 2.0))],
)
def test_how_many_replicas(replicas: str, cpus: str, size: tuple[int, int, float]) -> None:
    assert deployment_settings.size({"SESAME_REPLICAS": replicas, "SESAME_REPLICA_CPUS": cpus}) == size


@pytest.mark.parametrize(
    ("replicas", "cpus"), [("0", ""), ("4-2", ""), ("many", ""), ("-1", ""), ("1", "0"), ("1", "x")]
)
def test_no_number_of_replicas(replicas: str, cpus: str) -> None:
    with pytest.raises(ValueError, match="SESAME_REPLICA"):
        deployment_settings.size({"SESAME_REPLICAS": replicas, "SESAME_REPLICA_CPUS": cpus})
