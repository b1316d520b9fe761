"""One worker a model: readers apart, batches together, nobody starved, streams that end when asked to."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from explorer.engine.base import CancelToken
from explorer.engine.jobs import Job
from explorer.engine.threads import Turns
from explorer.errors import Busy, Cancelled, Told
from explorer.lab.experiment import Implementation
from explorer.lab.types.core import Progress
from explorer.lab.types.experiment import Experiment
from explorer.lab.types.masking import FillResult, ScanInputs
from tests.engine.conftest import Asking, Bench, FakeModel, a_fill, until
from tests.pace import PACE


def texts(askers: list[Asking]) -> list[str]:
    return [asker.answer().result.tokens.text for asker in askers]


def test_hooks_of_one_reader_never_reach_another(bench: Bench) -> None:
    def intervene(model: FakeModel, inputs: ScanInputs) -> FillResult:
        model.hooks.append(lambda text: f"{text} changed")
        try:
            threading.Event().wait(0.002)  # long enough for another thread to come in between, if it could
            return model.read(inputs.text)
        finally:
            model.hooks.pop()

    bench.add("intervene", intervene)
    engine = bench.engine()
    seen: dict[str, list[str]] = {}

    def reader(experiment: str) -> None:
        questions = [ScanInputs(f"{experiment} {n}") for n in range(40)]
        answers = [engine.run(bench[experiment], "fake", question, session=experiment) for question in questions]
        seen[experiment] = [answer.result.tokens.text for answer in answers]

    for asker in [Asking(lambda e=name: reader(e)) for name in ("intervene", "read")]:
        asker.answer()
    assert seen["intervene"] == [f"intervene {n} changed" for n in range(40)]
    assert seen["read"] == [f"read {n}" for n in range(40)]
    assert bench.models.loaded[0].threads == {"model fake"}


# -- batches


def batched(bench: Bench, sizes: list[int]) -> None:
    def many(model: FakeModel, inputs: list[ScanInputs]) -> list[FillResult]:
        sizes.append(len(inputs))
        if any(one.text == "bad" for one in inputs):
            raise ValueError("one bad input")
        logits = np.zeros((len(inputs), 8), np.float32)
        model.forward_passes += 1
        return [FillResult(*[getattr(a_fill(one.text, vocabulary=8), name) for name in (
            "tokens", "read", "original", "hidden", "transformed")], logits[n : n + 1], "fp32")
            for n, one in enumerate(inputs)]  # fmt: skip

    bench.add("many", many, "batched")


def ask_for(bench: Bench, engine: Any, words: list[str], experiment: str = "many") -> list[Asking]:
    """One reader a word, in this order, each of a session of its own."""
    askers = []
    for word in words:
        before = engine.counters().waiting
        askers.append(Asking(lambda w=word: engine.run(bench[experiment], "fake", ScanInputs(w), session=w)))
        until(lambda before=before: engine.counters().waiting == before + 1)
    return askers


def test_what_waits_together_runs_as_one_batch(bench: Bench) -> None:
    sizes: list[int] = []
    batched(bench, sizes)
    engine = bench.engine()
    words = [f"word {n}" for n in range(10)]
    with bench.worker_held(engine):
        askers = ask_for(bench, engine, words)
    assert texts(askers) == words
    assert sizes == [10]
    assert (engine.counters().batches, engine.counters().runs) == (1, 11)
    assert askers[0].answer().result.logits.base is None  # no reader's row keeps the whole batch in memory


def test_a_batch_has_a_limit_and_leaves_other_experiments_out(bench: Bench) -> None:
    sizes: list[int] = []
    batched(bench, sizes)
    engine = bench.engine()
    with bench.worker_held(engine):
        askers = ask_for(bench, engine, [f"word {n}" for n in range(20)])
        askers += ask_for(bench, engine, ["single"], "read")
        askers += ask_for(bench, engine, [f"word {n}" for n in range(20, 40)])
    assert texts(askers) == [f"word {n}" for n in range(20)] + ["single"] + [f"word {n}" for n in range(20, 40)]
    assert sizes == [32, 8]


def test_one_readers_bad_input_fails_no_other(bench: Bench) -> None:
    sizes: list[int] = []
    batched(bench, sizes)
    engine = bench.engine()
    with bench.worker_held(engine):
        askers = ask_for(bench, engine, ["one", "bad", "two"])
    with pytest.raises(Told, match="failed"):
        askers.pop(1).answer()
    assert texts(askers) == ["one", "two"]
    assert sizes == [3, 1, 1, 1]


def test_a_batch_that_answers_too_few_is_asked_one_by_one(bench: Bench) -> None:
    bench.add("many", lambda model, inputs: [model.read(inputs[0].text)], "batched")
    engine = bench.engine()
    with bench.worker_held(engine):
        askers = ask_for(bench, engine, ["one", "two"])
    assert texts(askers) == ["one", "two"]


# -- the line


def test_sessions_take_turns(bench: Bench) -> None:
    order: list[str] = []
    bench.add("note", lambda model, inputs: order.append(inputs.text) or model.read(inputs.text))
    engine = bench.engine()
    with bench.worker_held(engine):
        askers = []
        for number, session in enumerate(["eager"] * 5 + ["calm", "eager", "calm"]):
            asking = lambda n=number, s=session: engine.run(bench["note"], "fake", ScanInputs(f"{s} {n}"), session=s)  # noqa: E731
            askers.append(Asking(asking))
            until(lambda n=number: engine.counters().waiting == n + 1)
    texts(askers)
    assert order == ["eager 0", "calm 5", "eager 1", "calm 7", "eager 2", "eager 3", "eager 4", "eager 6"]


def test_a_full_line_says_how_many_stand_in_it(bench: Bench) -> None:
    engine = bench.engine(waiting_bound=3)
    with bench.worker_held(engine):
        askers = ask_for(bench, engine, ["a", "b", "c"], "read")
        with pytest.raises(Busy) as told:
            engine.run(bench["read"], "fake", ScanInputs("d"), session="d")
        assert (told.value.key, told.value.values) == ("busy", {"position": 3})
        same_as_a = Asking(lambda: engine.run(bench["read"], "fake", ScanInputs("a"), session="joins"))
        until(lambda: engine.counters().joined_in_flight == 1)  # joining needs no place in the line
    assert texts([*askers, same_as_a]) == ["a", "b", "c", "a"]
    assert engine.run(bench["read"], "fake", ScanInputs("d"), session="d").result.tokens.text == "d"


def test_models_take_turns_on_the_cores(bench: Bench) -> None:
    computing, most = [0], [0]

    def busy(model: FakeModel, inputs: ScanInputs) -> FillResult:
        computing[0] += 1
        most[0] = max(most[0], computing[0])
        threading.Event().wait(0.002)
        computing[0] -= 1
        return model.read(inputs.text)

    bench.add("busy", busy)
    engine = bench.engine(shared_turns=Turns(1))
    for asker in [
        Asking(lambda m=m, n=n: engine.run(bench["busy"], m, ScanInputs(str(n))))
        for m in ("fake", "fake 2")
        for n in "1234"
    ]:
        asker.answer()
    assert most == [1]
    assert set(engine.counters().models_ready) == {"fake", "fake 2"}


# -- streams


class Steps:
    """A stream of `total` steps, each of which waits to be let through."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.started = 0
        self.cleaned_up_in = ""
        self._free = threading.Semaphore(0)

    def let(self, steps: int) -> None:
        self._free.release(steps)

    def __call__(self, model: FakeModel, inputs: ScanInputs) -> Iterator[Any]:
        try:
            for number in range(self.total):
                self.started += 1
                assert self._free.acquire(timeout=10 * PACE)
                yield Progress(number + 1, self.total)
            yield model.read(inputs.text)
        finally:
            self.cleaned_up_in = threading.current_thread().name


def test_clicks_run_between_the_steps_of_a_stream(bench: Bench) -> None:
    steps = Steps(5)
    bench.add("train", steps, "stream")
    engine = bench.engine()
    training = Asking(lambda: engine.run(bench["train"], "fake", ScanInputs("long"), session="trains"))
    for number in range(4):
        until(lambda n=number: steps.started == n + 1)
        clicks = ask_for(bench, engine, [f"click {number}", f"tap {number}"], "read")
        steps.let(1)
        assert texts(clicks) == [f"click {number}", f"tap {number}"]  # although the stream's next step is held up
    steps.let(1)
    assert training.answer().result.tokens.text == "long"


def test_clicks_that_keep_coming_do_not_stop_a_stream(bench: Bench) -> None:
    engine = bench.engine()
    order: list[str] = []
    clicks: list[Asking] = []

    def train(model: FakeModel, inputs: ScanInputs) -> Iterator[Any]:
        for number in range(5):
            order.append("step")
            clicks.extend(ask_for(bench, engine, [f"first after step {number}"], "click"))
            yield Progress(number + 1, 5)
        yield model.read(inputs.text)

    def click(model: FakeModel, inputs: ScanInputs) -> FillResult:
        order.append("click")
        if order.count("click") < 40:  # the line is never empty
            clicks.extend(ask_for(bench, engine, [f"after {inputs.text}"], "click"))
        return model.read(inputs.text)

    bench.add("train", train, "stream")
    bench.add("click", click)
    assert Asking(lambda: engine.run(bench["train"], "fake", ScanInputs("long"))).answer().result.tokens.text == "long"
    until(lambda: order.count("click") >= 40)
    texts(clicks)
    assert order[:6] == ["step", "click", "step", "click", "click", "step"]


def test_streams_step_in_turn_and_no_more_than_four_at_once(bench: Bench) -> None:
    order: list[str] = []

    def steps(model: FakeModel, inputs: ScanInputs) -> Iterator[Any]:
        for number in range(3):
            order.append(inputs.text)
            yield Progress(number + 1, 3)
        yield model.read(inputs.text)

    bench.add("steps", steps, "stream")
    engine = bench.engine()
    with bench.worker_held(engine):
        askers = ask_for(bench, engine, list("abcdef"), "steps")
    assert texts(askers) == list("abcdef")
    first_of = {name: order.index(name) for name in "abcdef"}
    last_of = {name: len(order) - 1 - order[::-1].index(name) for name in "abcdef"}
    assert first_of["b"] < last_of["a"]
    for moment in range(len(order)):
        assert sum(first_of[name] <= moment <= last_of[name] for name in "abcdef") <= 4


def test_cancel_ends_a_stream_within_a_step(bench: Bench) -> None:
    steps = Steps(100)
    bench.add("train", steps, "stream")
    engine = bench.engine()
    cancel = CancelToken()
    stream = engine.stream(bench["train"], "fake", ScanInputs("long"), cancel=cancel)
    steps.let(2)
    assert [next(stream), next(stream)] == [Progress(1, 100), Progress(2, 100)]
    until(lambda: steps.started == 3)
    cancel.cancel()
    waits_for_the_step = Asking(lambda: next(stream))
    steps.let(1)
    with pytest.raises(Cancelled):
        waits_for_the_step.answer()
    until(lambda: steps.cleaned_up_in == "model fake")
    assert steps.started == 3
    assert engine.peek(bench["train"], "fake", ScanInputs("long")) is None
    with pytest.raises(Cancelled):
        next(engine.stream(bench["train"], "fake", ScanInputs("long"), cancel=cancel))


def test_a_reader_who_is_blocked_on_the_next_step_learns_of_the_cancel_when_it_ends(bench: Bench) -> None:
    steps = Steps(100)
    bench.add("train", steps, "stream")
    cancel = CancelToken()
    blocked = Asking(lambda: list(bench.engine().stream(bench["train"], "fake", ScanInputs("long"), cancel=cancel)))
    until(lambda: steps.started == 1)
    cancel.cancel()
    steps.let(1)
    with pytest.raises(Cancelled):
        blocked.answer()
    until(lambda: steps.cleaned_up_in == "model fake")
    assert steps.started == 1


@pytest.mark.parametrize("leave", ["close", "forget"])
def test_a_stream_whose_reader_went_away_ends_within_a_step(bench: Bench, leave: str) -> None:
    steps = Steps(100)
    bench.add("train", steps, "stream")
    engine = bench.engine()
    stream = engine.stream(bench["train"], "fake", ScanInputs("long"))
    steps.let(1)
    next(stream)
    until(lambda: steps.started == 2)
    if leave == "close":
        stream.close()  # type: ignore[attr-defined]
    del stream
    gc.collect()
    steps.let(1)
    until(lambda: steps.cleaned_up_in == "model fake")
    assert steps.started == 2


def test_a_stream_cancelled_while_it_waits_never_starts(bench: Bench) -> None:
    steps = Steps(3)
    bench.add("train", steps, "stream")
    engine = bench.engine()
    cancel = CancelToken()
    with bench.worker_held(engine):
        waiting = Asking(lambda: list(engine.stream(bench["train"], "fake", ScanInputs("long"), cancel=cancel)))
        until(lambda: engine.counters().waiting == 1)
        cancel.cancel()
    with pytest.raises(Cancelled):
        waiting.answer()
    assert steps.started == 0
    assert engine.counters().waiting == 0


def test_readers_of_the_same_stream_share_it_and_leave_it_one_by_one(bench: Bench) -> None:
    steps = Steps(3)
    bench.add("train", steps, "stream")
    engine = bench.engine()
    cancel = CancelToken()
    first = engine.stream(bench["train"], "fake", ScanInputs("long"), session="a", cancel=cancel)
    steps.let(1)
    assert next(first) == Progress(1, 3)
    second = Asking(lambda: list(engine.stream(bench["train"], "fake", ScanInputs("long"), session="b")))
    until(lambda: engine.counters().joined_in_flight == 1)
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(first)
    steps.let(2)
    *progress, result = second.answer()
    assert progress == [Progress(1, 3), Progress(2, 3), Progress(3, 3)]  # what came before it joined, too
    assert result.tokens.text == "long"
    assert engine.counters().runs == 1


def test_a_stream_that_was_cancelled_starts_anew_for_the_next_reader(bench: Bench) -> None:
    steps = Steps(2)
    bench.add("train", steps, "stream")
    engine = bench.engine()
    cancel = CancelToken()
    first = engine.stream(bench["train"], "fake", ScanInputs("long"), cancel=cancel)
    steps.let(1)
    next(first)
    cancel.cancel()
    steps.let(1)
    until(lambda: steps.cleaned_up_in != "")
    steps.let(2)
    assert engine.run(bench["train"], "fake", ScanInputs("long")).result.tokens.text == "long"


def test_a_step_that_fails_ends_the_stream_and_not_the_worker(bench: Bench) -> None:
    def stumble(model: FakeModel, inputs: ScanInputs) -> Iterator[Any]:
        yield Progress(1, 2)
        raise RuntimeError("no")

    bench.add("stumble", stumble, "stream")
    engine = bench.engine()
    stream = engine.stream(bench["stumble"], "fake", ScanInputs("x"))
    assert next(stream) == Progress(1, 2)
    with pytest.raises(Told, match="failed"):
        next(stream)
    assert engine.run(bench["read"], "fake", ScanInputs("x")).result.tokens.text == "x"


def test_a_reader_who_cancels_is_let_go_while_another_still_waits(bench: Bench) -> None:
    steps = Steps(1)
    bench.add("train", steps, "stream")
    engine = bench.engine()
    cancel = CancelToken()
    with bench.worker_held(engine):
        leaves = Asking(lambda: list(engine.stream(bench["train"], "fake", ScanInputs("long"), cancel=cancel)))
        until(lambda: engine.counters().waiting == 1)
        stays = Asking(lambda: engine.run(bench["train"], "fake", ScanInputs("long")))
        until(lambda: engine.counters().joined_in_flight == 1)
        cancel.cancel()
    with pytest.raises(Cancelled):
        leaves.answer()  # although the stream's first step is held up
    steps.let(1)
    assert stays.answer().result.tokens.text == "long"


def test_an_abandoned_job_takes_no_new_reader() -> None:
    could_join: list[bool] = []
    stream = Implementation(Experiment[Any, Any]("t/train", version=1, kind="stream"), lambda model, inputs: iter(()))
    job = Job(stream, None, "", on_end=lambda job: could_join.append(job.join(CancelToken())))
    only_reader = CancelToken()
    assert job.join(only_reader)
    assert not job.abandoned()
    only_reader.cancel()
    assert job.abandoned()
    assert could_join == [False]


# -- the end


def test_closing_cancels_what_waits_and_what_streams(bench: Bench) -> None:
    steps = Steps(100)
    bench.add("train", steps, "stream")
    engine = bench.engine()
    training = Asking(lambda: engine.run(bench["train"], "fake", ScanInputs("long"), session="trains"))
    until(lambda: steps.started == 1)
    waiting = ask_for(bench, engine, ["a"], "read")
    closing = Asking(engine.close)
    until(lambda: engine._workers["fake"]._closed)
    steps.let(1)
    closing.answer()
    for asker in [training, *waiting]:
        with pytest.raises(Cancelled):
            asker.answer()
    assert steps.cleaned_up_in == "model fake"
    with pytest.raises(Cancelled):
        engine.run(bench["read"], "fake", ScanInputs("late"))
