"""What every engine keeps to, whatever it runs on. Asked through `Engine` alone: `run`, `stream`, `peek`, `counters`.

`ENGINES` makes one of each kind on the same fake models and experiments; a second engine is one more entry.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.engine.base import CancelToken, Engine
from explorer.engine.cache import Precomputed
from explorer.errors import Busy, Cancelled, ModelUnavailable, Told
from explorer.lab.types.core import Progress, Waiting
from explorer.lab.types.masking import ScanInputs
from tests.engine.conftest import Asking, Bench, a_fill, bench, until
from tests.pace import PATIENCE

__all__ = ["bench"]

Make = Callable[..., Engine]
ENGINES: dict[str, Callable[[Bench], Make]] = {
    "local": lambda bench: bench.engine,
    "ray": lambda bench: bench.remote_engine,
}
PLACES = ["model", "here", "apart"]


@pytest.fixture(params=sorted(ENGINES))
def make(request: pytest.FixtureRequest, bench: Bench) -> Make:
    """Makes an engine; `waiting_bound`, `precomputed` and `lasting` are what each of them takes."""
    return ENGINES[request.param](bench)


@pytest.fixture(params=PLACES)
def runs(request: pytest.FixtureRequest) -> str:
    """Where the experiments of a test run."""
    place: str = request.param
    return place


def model_for(runs: str) -> str | None:
    return "fake" if runs == "model" else None


class Steps:
    """A stream of `total` steps that waits for `let()` before each."""

    def __init__(self, total: int = 50) -> None:
        self._allowed = threading.Semaphore(0)
        self.total, self.taken, self.closed = total, 0, threading.Event()

    def __call__(self, model: Any, inputs: Any) -> Iterator[Any]:
        try:
            for step in range(self.total):
                assert self._allowed.acquire(timeout=10)
                self.taken += 1
                yield Progress(step + 1, self.total)
            yield a_fill(inputs.text, vocabulary=8)
        finally:
            self.closed.set()

    def let(self, steps: int) -> None:
        self._allowed.release(steps)

    def ends(self, within: int) -> bool:
        """Whether it is closed before it has taken `within` more steps of a tenth of a second."""
        return any(self.closed.wait(0.1) or self.let(1) for _ in range(within)) or self.closed.wait(PATIENCE)


def held(bench: Bench, engine: Engine, runs: str) -> Asking:
    """One who keeps the place busy until `bench.gate` opens."""
    bench.add("holds", lambda _, inputs: bench._hold(bench.models.load("fake"), inputs), runs=runs)
    asking = Asking(lambda: engine.run(bench["holds"], model_for(runs), ScanInputs("held"), session="holder"))
    assert bench.held.wait(PATIENCE)
    until(lambda: engine.counters().waiting == 0)  # word that its turn has come may be on its way
    return asking


def noting(bench: Bench, runs: str) -> list[str]:
    """An experiment "note" and the texts it was run with, in order."""
    ran: list[str] = []

    def note(_: Any, inputs: ScanInputs) -> Any:
        ran.append(inputs.text)
        return a_fill(inputs.text, vocabulary=8)

    bench.add("note", note, runs=runs)
    return ran


def asking_in_order(bench: Bench, engine: Engine, runs: str, asked: list[tuple[str, str]]) -> list[Asking]:
    """Each (session, text) asked in a thread, the next once the one before it waits."""
    out = []
    for session, text in asked:
        waiting = engine.counters().waiting
        out.append(
            Asking(
                lambda session=session, text=text: engine.run(  # type: ignore[misc]
                    bench["note"], model_for(runs), ScanInputs(text), session=session
                )
            )
        )
        until(lambda waiting=waiting: engine.counters().waiting == waiting + 1)  # type: ignore[misc]
    return out


def test_readers_take_turns_however_much_one_of_them_asks(bench: Bench, make: Make, runs: str) -> None:
    engine, ran = make(), noting(bench, runs)
    holder = held(bench, engine, runs)
    asked = asking_in_order(bench, engine, runs, [("a", "a1"), ("a", "a2"), ("a", "a3"), ("b", "b1"), ("c", "c1")])
    bench.gate.set()
    for one in [holder, *asked]:
        one.answer()
    assert ran == ["a1", "b1", "c1", "a2", "a3"]


def test_who_asks_the_same_while_it_waits_joins(bench: Bench, make: Make, runs: str) -> None:
    engine, ran = make(), noting(bench, runs)
    holder = held(bench, engine, runs)
    [first] = asking_in_order(bench, engine, runs, [("a", "same")])
    second = Asking(lambda: engine.run(bench["note"], model_for(runs), ScanInputs("same"), session="b"))
    until(lambda: engine.counters().joined_in_flight == 1)
    bench.gate.set()
    holder.answer()
    assert first.answer().result is second.answer().result
    assert ran == ["same"]
    again = engine.run(bench["note"], model_for(runs), ScanInputs("same"), session="c")
    assert again.fetched and ran == ["same"]
    assert engine.counters().runs == 2  # the holder's and one for all


def test_a_cancel_ends_a_stream_within_a_step(bench: Bench, make: Make, runs: str) -> None:
    engine, steps, cancel = make(), Steps(), CancelToken()
    bench.add("long", steps, "stream", runs=runs)
    steps.let(2)
    stream = engine.stream(bench["long"], model_for(runs), ScanInputs("x"), session="a", cancel=cancel)
    assert [next(stream), next(stream)] == [Progress(1, 50), Progress(2, 50)]
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(stream)
    assert steps.ends(within=2)  # the step that may be in hand, and one while word travels
    assert engine.peek(bench["long"], model_for(runs), ScanInputs("x")) is None


def test_who_leaves_a_stream_ends_it_and_the_place_is_free(bench: Bench, make: Make, runs: str) -> None:
    engine, steps, ran = make(), Steps(), noting(bench, runs)
    bench.add("long", steps, "stream", runs=runs)
    steps.let(1)
    stream = engine.stream(bench["long"], model_for(runs), ScanInputs("x"), session="a")
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert steps.ends(within=2)
    engine.run(bench["note"], model_for(runs), ScanInputs("next"), session="b")
    assert ran == ["next"]


def test_a_click_does_not_wait_for_the_end_of_a_stream(bench: Bench, make: Make, runs: str) -> None:
    engine, steps, ran = make(), Steps(), noting(bench, runs)
    bench.add("long", steps, "stream", runs=runs)
    steps.let(1)
    stream = engine.stream(bench["long"], model_for(runs), ScanInputs("x"), session="a")
    next(stream)
    [click] = [Asking(lambda: engine.run(bench["note"], model_for(runs), ScanInputs("click"), session="b"))]
    until(lambda: engine.counters().waiting == 1 or ran == ["click"])
    steps.let(1)
    click.answer()
    assert ran == ["click"] and steps.taken < steps.total
    stream.close()  # type: ignore[attr-defined]
    steps.let(1)


def test_over_the_bound_one_is_told_how_many_stand_before(bench: Bench, make: Make, runs: str) -> None:
    engine = make(waiting_bound=2)
    noting(bench, runs)
    holder = held(bench, engine, runs)
    asked = asking_in_order(bench, engine, runs, [("a", "a1"), ("b", "b1")])
    with pytest.raises(Busy) as told:
        engine.run(bench["note"], model_for(runs), ScanInputs("c1"), session="c")
    assert told.value.values["position"] == 2
    bench.gate.set()
    for one in [holder, *asked]:
        one.answer()


def test_a_peek_neither_loads_nor_runs(bench: Bench, make: Make, runs: str) -> None:
    engine, ran = make(), noting(bench, runs)
    assert engine.peek(bench["note"], model_for(runs), ScanInputs("x")) is None
    assert ran == [] and bench.models.loaded == [] and engine.counters().runs == 0
    found = engine.run(bench["note"], model_for(runs), ScanInputs("x"))
    assert not found.fetched
    assert engine.peek(bench["note"], model_for(runs), ScanInputs("x")) is found.result


def test_memory_is_asked_before_files_and_files_before_the_work(
    bench: Bench, make: Make, runs: str, tmp_path: Path
) -> None:
    ran = noting(bench, runs)
    first = make(lasting=Precomputed(tmp_path))
    bench.add("kept", bench.implemented["t/note"].fn, runs=runs, persist=True)
    made = first.run(bench["kept"], model_for(runs), ScanInputs("x"))
    assert (made.fetched, ran) == (False, ["x"])
    second = make(precomputed=Precomputed(tmp_path))
    from_file = second.run(bench["kept"], model_for(runs), ScanInputs("x"))
    from_memory = second.run(bench["kept"], model_for(runs), ScanInputs("x"))
    assert from_file.fetched and from_memory.result is from_file.result and ran == ["x"]
    counted = second.counters()
    assert (counted.precomputed_hits, counted.memory_hits, counted.runs) == (1, 1, 0)
    assert make().run(bench["kept"], model_for(runs), ScanInputs("x")).fetched is False


def test_errors_reach_everyone_who_waits_and_are_not_remembered(bench: Bench, make: Make, runs: str) -> None:
    engine, wrong = make(), [True]

    def sometimes(_: Any, inputs: ScanInputs) -> Any:
        if wrong:
            raise Told("too_long", limit=1, used=2)
        return a_fill(inputs.text, vocabulary=8)

    bench.add("note", sometimes, runs=runs)
    holder = held(bench, engine, runs)
    [first] = asking_in_order(bench, engine, runs, [("a", "x")])
    second = Asking(lambda: engine.run(bench["note"], model_for(runs), ScanInputs("x"), session="b"))
    until(lambda: engine.counters().joined_in_flight == 1)
    bench.gate.set()
    holder.answer()
    for one in (first, second):
        with pytest.raises(Told) as told:
            one.answer()
        assert (told.value.key, told.value.values) == ("too_long", {"limit": 1, "used": 2})
    wrong.clear()
    assert not engine.run(bench["note"], model_for(runs), ScanInputs("x")).fetched


def test_a_surprise_is_told_without_its_words(bench: Bench, make: Make, runs: str) -> None:
    def breaks(_: Any, inputs: ScanInputs) -> Any:
        raise ZeroDivisionError(inputs.text)

    bench.add("breaks", breaks, runs=runs)
    with pytest.raises(Told) as told:
        make().run(bench["breaks"], model_for(runs), ScanInputs("secret"))
    assert told.value.key == "failed" and "secret" not in str(told.value)


def test_results_are_read_only(bench: Bench, make: Make, runs: str) -> None:
    noting(bench, runs)
    result = make().run(bench["note"], model_for(runs), ScanInputs("x")).result
    with pytest.raises(ValueError):
        result.logits[0, 0] = 1


def test_a_model_too_many_or_too_few_is_a_mistake_of_the_caller(bench: Bench, make: Make, runs: str) -> None:
    noting(bench, runs)
    with pytest.raises(ValueError, match="runs"):
        make().run(bench["note"], None if runs == "model" else "fake", ScanInputs("x"))


def test_work_without_a_model_gets_none_and_loads_none(bench: Bench, make: Make) -> None:
    given: list[Any] = []
    for place in ("here", "apart"):
        bench.add(place, lambda model, inputs: given.append(model) or a_fill("x", vocabulary=8), runs=place)
    engine = make()
    for place in ("here", "apart"):
        engine.run(bench[place], None, ScanInputs("x"))
    assert given == [None, None] and bench.models.loaded == []
    assert (engine.counters().runs, engine.counters().model_loads, engine.counters().models_ready) == (2, 0, ())


def test_a_model_that_is_not_there_is_told(bench: Bench, make: Make) -> None:
    noting(bench, "model")
    with pytest.raises(ModelUnavailable) as told:
        make().run(bench["note"], "nobody", ScanInputs("x"))
    assert told.value.key == "model_unknown"


# -- trainings


class Lesson:
    """One reader who trains: asks for "train" of its own text and reads what comes until `leave` or the end."""

    def __init__(self, bench: Bench, engine: Engine, runs: str, name: str, text: str = "") -> None:
        self.cancel = CancelToken()
        self.seen: list[Any] = []
        inputs = ScanInputs(text or name)
        model_id = f"fake {name}" if runs == "model" else None  # each a model of its own: the limit is the process's
        stream = engine.stream(bench["train"], model_id, inputs, session=name[0], cancel=self.cancel)
        self.asking = Asking(lambda: [self.seen.append(value) for value in stream])

    @property
    def position(self) -> int | None:
        return self.seen[-1].position if self.seen and isinstance(self.seen[-1], Waiting) else None

    @property
    def begun(self) -> bool:
        return any(isinstance(value, Progress) for value in self.seen)


class School:
    """An experiment "train" whose trainings take a step whenever they may, until `end(text)`."""

    def __init__(self, bench: Bench, runs: str) -> None:
        self.running: set[str] = set()
        self.began: list[str] = []
        self.most = 0
        self.nice: set[int] = set()
        self._over: dict[str, threading.Event] = {}
        bench.add("train", self._train, "stream", runs=runs, trains=True)

    def _train(self, model: Any, inputs: ScanInputs) -> Iterator[Any]:
        self.began.append(inputs.text)
        self.running.add(inputs.text)
        self.most = max(self.most, len(self.running))
        try:
            step = 0
            while not self._over.setdefault(inputs.text, threading.Event()).wait(0.002):
                step += 1
                if sys.platform == "linux":
                    self.nice.add(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
                yield Progress(step, 1_000_000)
            yield a_fill(inputs.text, vocabulary=8)
        finally:
            self.running.remove(inputs.text)

    def end(self, text: str) -> None:
        self._over.setdefault(text, threading.Event()).set()


def lessons_in_order(bench: Bench, engine: Engine, runs: str, names: list[str]) -> dict[str, Lesson]:
    """The first two begin, each of the others stands in line before the next one asks."""
    out: dict[str, Lesson] = {}
    for name in names:
        out[name] = Lesson(bench, engine, runs, name)
        until(lambda one=out[name]: one.begun or one.position is not None)  # type: ignore[misc]
    return out


def test_two_trainings_run_at_once_and_the_others_are_told_their_place(bench: Bench, make: Make, runs: str) -> None:
    engine, school = make(), School(bench, runs)
    lessons = lessons_in_order(bench, engine, runs, ["a1", "b1", "c1", "c2", "d1"])
    until(lambda: [lessons[name].position for name in ("c1", "d1", "c2")] == [1, 2, 3])  # readers in turn
    assert [lessons[name].position for name in ("a1", "b1")] == [None, None]
    assert engine.counters().waiting == 3
    school.end("b1")
    until(lambda: lessons["c1"].begun)
    until(lambda: [lessons[name].position for name in ("d1", "c2")] == [1, 2])
    school.end("a1")
    until(lambda: lessons["d1"].begun)  # two places that come free at once are taken in any order
    for name in lessons:
        school.end(name)
    for name, lesson in lessons.items():
        lesson.asking.answer()
        assert lesson.seen[-1].tokens.text == name
    assert school.began == ["a1", "b1", "c1", "d1", "c2"] and school.most == 2
    assert engine.counters().waiting == 0


def test_who_leaves_the_line_of_trainings_frees_the_place(bench: Bench, make: Make, runs: str) -> None:
    engine, school = make(), School(bench, runs)
    lessons = lessons_in_order(bench, engine, runs, ["a1", "b1", "c1", "d1"])
    lessons["c1"].cancel.cancel()
    with pytest.raises(Cancelled):
        lessons["c1"].asking.answer()
    until(lambda: lessons["d1"].position == 1 and engine.counters().waiting == 1)
    lessons["a1"].cancel.cancel()  # one that runs frees its place too
    until(lambda: lessons["d1"].begun)
    for name in lessons:
        school.end(name)
    lessons["d1"].asking.answer()
    assert school.began == ["a1", "b1", "d1"]


def test_a_class_that_trains_the_same_stands_in_line_once(bench: Bench, make: Make, runs: str) -> None:
    engine, school = make(), School(bench, runs)
    first = lessons_in_order(bench, engine, runs, ["a1", "b1", "c1"])
    model_id = "fake c1" if runs == "model" else None
    second = Asking(lambda: engine.run(bench["train"], model_id, ScanInputs("c1"), session="d"))
    until(lambda: engine.counters().joined_in_flight == 1)
    first["c1"].cancel.cancel()  # the place stays: somebody else wants it
    with pytest.raises(Cancelled):
        first["c1"].asking.answer()
    assert engine.counters().waiting == 1
    for name in first:
        school.end(name)
    assert second.answer().result.tokens.text == "c1"
    assert school.began.count("c1") == 1


def test_over_the_bound_a_training_is_told_how_many_stand_before(bench: Bench, make: Make, runs: str) -> None:
    engine, school = make(waiting_bound=1), School(bench, runs)
    lessons = lessons_in_order(bench, engine, runs, ["a1", "b1", "c1"])
    with pytest.raises(Busy) as told:
        Lesson(bench, engine, runs, "d1").asking.answer()
    assert told.value.values["position"] == 1
    for name in lessons:
        school.end(name)


def test_clicks_run_beside_trainings_and_these_give_way(
    bench: Bench, make: Make, runs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SESAME_NICE")
    engine, school, clicks = make(), School(bench, runs), set()
    lessons = lessons_in_order(bench, engine, runs, ["a1", "b1", "c1"])

    def click(_: Any, inputs: ScanInputs) -> Any:
        if sys.platform == "linux":
            clicks.add(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return a_fill(inputs.text, vocabulary=8)

    bench.add("click", click, runs=runs)
    model_id = "fake a1" if runs == "model" else None
    for n in range(3):
        assert not engine.run(bench["click"], model_id, ScanInputs(f"click {n}"), session="e").fetched
    assert school.running == {"a1", "b1"}
    if sys.platform == "linux":
        assert max(clicks) < min(school.nice)
    for name in lessons:
        school.end(name)
