"""Under SESAME_MEMORY: what goes, in which order, what stays because somebody uses it, and who is refused."""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer import engine as engines
from explorer.engine import budget, library
from explorer.engine.base import CancelToken
from explorer.engine.budget import Budget
from explorer.engine.cache import MemoryCache
from explorer.engine.handles import Handles
from explorer.engine.local import LocalEngine
from explorer.errors import ModelUnavailable, Told
from explorer.lab.types.core import Progress
from explorer.lab.types.masking import ScanInputs
from tests.engine.conftest import Asking, Bench, a_fill, until

MODEL = 100  # bytes that one of the fake models takes
SENTENCE = ScanInputs("雨停了")


class Scales:
    """What the process holds: its models, what `more` says, and results where a test counts them."""

    def __init__(self, bench: Bench, most: int, *, count_results: bool = False) -> None:
        self.more = 0
        self.memory = MemoryCache()
        self._count = count_results
        self.engine: LocalEngine = bench.engine(
            memory=self.memory, budget=Budget(most, used=self.used, give_back=lambda: None)
        )

    def used(self) -> int:
        ready = len(self.engine.counters().models_ready) if hasattr(self, "engine") else 0
        return ready * MODEL + self.more + (self.memory.used if self._count else 0)

    def ready(self) -> set[str]:
        return set(self.engine.counters().models_ready)


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "LOOKS_EVERY_S", 0.005)


@pytest.fixture
def looks_never(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what is decided before a model or a training begins."""
    monkeypatch.setattr(budget, "WAITS_S", 0.5)
    monkeypatch.setattr(budget, "LOOKS_EVERY_S", 3600.0)


def epochs(total: int) -> Any:
    def fn(model: Any, inputs: Any) -> Iterator[Any]:
        for step in range(total):
            time.sleep(0.01)  # whoever holds it up does so within the first steps
            yield Progress(step + 1, total)
        yield a_fill(inputs.text, vocabulary=8)

    return fn


@pytest.mark.parametrize(
    ("written", "nbytes"),
    [("4G", 4 * 2**30), ("3500M", 3500 * 2**20), (" '1.5 GiB' ", 3 * 2**29), ("512mb", 2**29), ("", None)],
)
def test_a_size_is_read_as_it_was_meant(written: str, nbytes: int | None) -> None:
    assert budget.limit({"SESAME_MEMORY": written}) == nbytes


@pytest.mark.parametrize("written", ["4", "all", "-4G", "0G", "4GG", "4 Gigs", "4,5G"])
def test_what_is_no_size_ends_the_start(written: str) -> None:
    with pytest.raises(ValueError, match="SESAME_MEMORY"):
        budget.limit({"SESAME_MEMORY": written})


def test_the_process_s_engine_keeps_to_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESAME_MEMORY", "3G")
    monkeypatch.setattr(engines, "_engine", None)
    engine = engines.get_engine()
    try:
        assert engine._budget.most == 3 * 2**30
        assert library.memory().total <= 3 * 2**30
        monkeypatch.setenv("SESAME_MEMORY", "1M")
        assert (library.memory().total, library.memory().free) == (2**20, 0)
    finally:
        engine.close()


def test_without_the_setting_nothing_goes(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "resident", lambda: 2**60)
    engine = bench.engine()
    for n in range(5):
        engine.run(bench["read"], f"fake {n}", SENTENCE)
    assert len(engine.counters().models_ready) == 5


@pytest.mark.usefixtures("looks_never")
def test_a_model_makes_room_for_itself_by_what_was_used_longest_ago(bench: Bench) -> None:
    scales = Scales(bench, 2 * MODEL)
    for model in ("fake a", "fake b", "fake a"):  # the second question to a is another one: it is computed
        scales.engine.run(bench["read"], model, ScanInputs(f"{model} {len(bench.models.loaded)}"))
    assert scales.ready() == {"fake a", "fake b"}
    scales.engine.run(bench["read"], "fake c", SENTENCE)
    assert scales.ready() == {"fake a", "fake c"}
    before = scales.engine.counters()
    assert (before.model_loads, before.runs, before.forward_passes) == (3, 4, 4)  # what the one that went had done, too
    scales.engine.run(bench["read"], "fake b", ScanInputs("风又起了"))
    assert scales.ready() == {"fake b", "fake c"}
    assert scales.engine.counters().model_loads == 4


@pytest.mark.usefixtures("looks_never")
def test_a_model_that_is_used_stays_and_the_other_is_refused(bench: Bench) -> None:
    scales = Scales(bench, MODEL)
    with bench.worker_held(scales.engine, "fake held"):
        with pytest.raises(ModelUnavailable) as caught:
            scales.engine.run(bench["read"], "fake", SENTENCE)
        assert (caught.value.key, caught.value.values["model"]) == ("memory_model", "fake")
        assert scales.ready() == {"fake held"}
    scales.engine.run(bench["read"], "fake", SENTENCE)
    assert scales.ready() == {"fake"}


def test_a_stream_keeps_its_model_between_two_steps(bench: Bench) -> None:
    scales = Scales(bench, MODEL)
    bench.add("stream", epochs(50), kind="stream")
    cancel = CancelToken()
    values = scales.engine.stream(bench["stream"], "fake", SENTENCE, cancel=cancel)
    next(values)
    cancel.holds = True  # it takes no step, as between two clicks
    scales.more = MODEL
    for _ in range(50):
        assert not scales.engine._let_a_model_go(1)
    cancel.holds = False
    assert [type(value).__name__ for value in values][-1] == "FillResult"
    until(lambda: not scales.ready())  # and it goes when nobody uses it any more


def test_while_the_process_holds_too_much_models_go_and_then_results(bench: Bench) -> None:
    scales = Scales(bench, 2**40, count_results=True)
    for n in range(3):
        scales.engine.run(bench["read"], "fake", ScanInputs(f"第 {n} 句"))
    kept = scales.memory.used
    assert len(scales.memory) == 3
    scales.more = 2**40 - kept + 1  # the models alone would not do
    until(lambda: len(scales.memory) == 2)
    assert scales.ready() == set()
    assert scales.engine.peek(bench["read"], "fake", ScanInputs("第 0 句")) is None, "the oldest went"
    assert scales.engine.peek(bench["read"], "fake", ScanInputs("第 2 句")) is not None


@pytest.mark.usefixtures("looks_never")
def test_a_training_that_would_not_fit_is_refused_and_others_go_on(bench: Bench) -> None:
    bench.add("train", epochs(50), kind="stream", trains=True)
    bench.add("train-here", epochs(5), kind="stream", trains=True, runs="here")
    scales = Scales(bench, MODEL * (1 + budget.TRAINING_COPIES) - 1)
    scales.engine.run(bench["read"], "fake", SENTENCE)
    with pytest.raises(Told) as caught:
        list(scales.engine.stream(bench["train"], "fake", SENTENCE))
    assert caught.value.key == "memory_training"
    assert scales.engine.run(bench["read"], "fake", ScanInputs("别的句子")).result is not None
    with pytest.raises(Told, match="memory_training"):
        list(scales.engine.stream(bench["train-here"], None, SENTENCE))
    assert scales.engine.compute.worker(bench["train-here"]).waiting == 0


def test_a_model_waits_a_moment_for_one_that_answers_a_click(bench: Bench) -> None:
    scales = Scales(bench, MODEL)
    with bench.worker_held(scales.engine, "fake held"):
        waits = Asking(lambda: scales.engine.run(bench["read"], "fake", SENTENCE))
        until(lambda: scales.engine.state("fake") == "loading")
    assert waits.answer().result is not None
    assert scales.ready() == {"fake"}


@pytest.mark.usefixtures("looks_never")
def test_a_training_lets_idle_models_go_and_is_counted_while_it_lasts(bench: Bench) -> None:
    scales = Scales(bench, MODEL * (1 + budget.TRAINING_COPIES))
    bench.add("train", epochs(50), kind="stream", trains=True)
    for model in ("fake", "fake other"):
        scales.engine.run(bench["read"], model, SENTENCE)
    cancel = CancelToken()
    values = scales.engine.stream(bench["train"], "fake", SENTENCE, cancel=cancel)
    next(values)
    cancel.holds = True
    assert scales.ready() == {"fake"}
    with pytest.raises(ModelUnavailable, match="memory_model"):  # promised to the training, though not taken yet
        scales.engine.run(bench["read"], "fake other", ScanInputs("别的"))
    cancel.holds = False
    list(values)
    scales.engine.run(bench["read"], "fake other", ScanInputs("别的"))


def test_what_stands_in_the_line_of_trainings_keeps_its_model(bench: Bench) -> None:
    scales = Scales(bench, 2**40)
    bench.add("train", epochs(2), kind="stream", trains=True)
    bench.add("slow-too", lambda model, inputs: iter([bench._hold(model, inputs)]), kind="stream", trains=True)
    fake = bench.models.load("fake")
    bench.add("slow", lambda _, inputs: iter([bench._hold(fake, inputs)]), kind="stream", trains=True, runs="here")
    scales.engine.run(bench["read"], "fake", SENTENCE)
    two = [
        Asking(lambda: list(scales.engine.stream(bench["slow"], None, SENTENCE))),
        Asking(lambda: list(scales.engine.stream(bench["slow-too"], "fake holding", SENTENCE))),
    ]
    until(lambda: len(scales.engine._trainings._running) == 2)
    waits = Asking(lambda: list(scales.engine.stream(bench["train"], "fake", SENTENCE)))
    until(lambda: scales.engine._trainings.waiting == 1)
    scales.more = 2**40
    for _ in range(20):
        scales.engine._budget._make_room(0)
    assert "fake" in scales.ready()
    scales.more = 0
    bench.gate.set()
    for one in two:
        one.answer()
    assert len(waits.answer()) == 3


def test_no_reader_meets_a_model_that_is_just_let_go(bench: Bench) -> None:
    scales = Scales(bench, MODEL)

    def reads(name: str) -> None:
        for n in range(60):
            result = scales.engine.run(bench["read"], "fake", ScanInputs(f"{name} 的第 {n} 句"), session=name).result
            assert result.tokens.text == f"{name} 的第 {n} 句"

    scales.engine.run(bench["read"], "fake", SENTENCE)
    stop = [False]

    def evicts() -> None:
        while not stop[0]:
            scales.engine._let_a_model_go(1)

    evicting = Asking(evicts)
    for reader in [Asking(lambda n=n: reads(f"读者 {n}")) for n in range(4)]:
        reader.answer()
    stop[0] = True
    evicting.answer()
    assert scales.engine.counters().model_loads > 1, "it was let go now and then"


def test_a_model_that_was_let_go_is_out_of_memory(bench: Bench) -> None:
    scales = Scales(bench, 2**40)
    scales.engine.run(bench["read"], "fake", SENTENCE)
    gone = weakref.ref(bench.models.loaded.pop())
    assert scales.engine._let_a_model_go(1)
    gc.collect()
    assert gone() is None
    assert not scales.engine._let_a_model_go(1)


def test_what_readers_keep_goes_last_and_oldest_first() -> None:
    handles = Handles(max_bytes=100)
    old, new = handles.put("s", "old", 40), handles.put("s", "new", 40)
    assert handles.evict(1)
    assert handles.used == 40
    assert handles.get(new, "s") == "new"
    with pytest.raises(Told, match="handle_lost"):
        handles.get(old, "s")
    assert handles.evict(100)
    assert not handles.evict(1)


def test_what_the_process_holds_is_what_the_system_says(tmp_path: Path) -> None:
    before = budget.resident()
    held = bytearray(64 * 2**20)
    held[::4096] = b"x" * len(held[::4096])
    assert budget.resident() - before > 50 * 2**20
    del held
    budget.give_back()
    assert budget.resident() - before < 20 * 2**20


def test_that_the_bound_cannot_be_kept_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    used = [50 * 2**20]
    watched = Budget(2**20, used=lambda: used[0], give_back=lambda: None)
    watched.watch(lambda over: False)
    until(lambda: "49 MB over SESAME_MEMORY" in caplog.text)
    until(lambda: watched._told)
    assert caplog.text.count("over SESAME_MEMORY") == 1
    used[0] = 0
    until(lambda: not watched._told)
    watched.close()
