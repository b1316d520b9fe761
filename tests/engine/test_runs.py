"""A run goes on while nobody looks, is found by what was asked, is held up, goes on, and ends when it is stopped."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.engine import runs as module
from explorer.engine.runs import Run, Runs
from explorer.errors import Cancelled
from explorer.lab.types.core import Progress
from explorer.lab.types.masking import ScanInputs
from tests.engine.conftest import Asking, Bench, until
from tests.engine.test_worker import Steps, texts

LONG = ScanInputs("long")


def training(bench: Bench, total: int = 6) -> tuple[Steps, Runs]:
    steps = Steps(total)
    bench.add("train", steps, "stream", trains=True)
    return steps, Runs(bench.engine())


def seen(run: Run) -> tuple[Any, ...]:
    until(lambda: run.ended)
    return run.so_far


def test_a_run_goes_on_unseen_and_who_comes_later_sees_all_of_it(bench: Bench) -> None:
    steps, all_runs = training(bench)
    run = all_runs.start(bench["train"], "fake", LONG, session="a")
    steps.let(2)
    until(lambda: len(run.so_far) == 2)
    assert run.so_far[0] == Progress(1, 6)  # looked at once, and left
    steps.let(2)
    until(lambda: len(run.so_far) == 4)
    found = all_runs.find(bench["train"], "fake", LONG)
    assert found is run is all_runs.start(bench["train"], "fake", LONG, session="b")
    steps.let(2)
    *progress, result = seen(run)
    assert progress == [Progress(number, 6) for number in range(1, 7)]
    assert result.tokens.text == "long"
    assert run.ended and run.error is None


def test_a_run_that_is_held_up_takes_no_step_and_keeps_no_click_waiting(bench: Bench) -> None:
    steps, all_runs = training(bench)
    run = all_runs.start(bench["train"], "fake", LONG)
    until(lambda: steps.started == 1)
    run.hold()
    steps.let(6)  # the step that had begun ends; no other begins
    until(lambda: len(run.so_far) == 1)
    clicks = [Asking(lambda n=n: bench.engines[0].run(bench["read"], "fake", ScanInputs(n))) for n in ("click", "tap")]
    assert texts(clicks) == ["click", "tap"]
    assert (steps.started, len(run.so_far), run.held) == (1, 1, True)
    waited = run.seconds
    assert run.seconds == pytest.approx(waited, abs=0.01)
    run.go_on()
    assert seen(run)[-1].tokens.text == "long"


def test_a_run_is_stopped_within_a_step_even_while_it_is_held_up_and_its_values_stay(bench: Bench) -> None:
    steps, all_runs = training(bench)
    run = all_runs.start(bench["train"], "fake", LONG)
    steps.let(3)
    until(lambda: steps.started == 4)
    run.hold()
    steps.let(1)
    until(lambda: len(run.so_far) == 4)
    run.stop()
    assert not run.held, "it is to end"
    until(lambda: run.ended)
    assert isinstance(run.error, Cancelled)
    assert run.so_far == tuple(Progress(number, 6) for number in (1, 2, 3, 4))
    until(lambda: steps.cleaned_up_in != "")
    again = all_runs.start(bench["train"], "fake", LONG)
    assert again is not run
    again.stop()


def test_a_held_up_stream_does_not_hold_up_another(bench: Bench) -> None:
    steps, all_runs = training(bench)
    bench.add("other", Steps(0), "stream", trains=True)
    run = all_runs.start(bench["train"], "fake", LONG)
    until(lambda: steps.started == 1)
    run.hold()
    steps.let(1)
    assert seen(all_runs.start(bench["other"], "fake", LONG))[-1].tokens.text == "long"
    run.stop()


def test_who_turns_dials_does_not_fill_the_machine(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "JUST_NOW_S", 0.0)
    steps, all_runs = training(bench)
    asked = [ScanInputs(text) for text in "abcd"]
    started = [all_runs.start(bench["train"], "fake", one, session="a") for one in asked[:3]]
    until(lambda: steps.started >= 1)
    steps.let(20)
    until(lambda: started[0].ended)
    assert isinstance(started[0].error, Cancelled)
    assert not isinstance(started[2].error, Cancelled)
    for run in started:
        run.stop()


def test_a_run_that_nobody_comes_back_to_ends(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.05)
    monkeypatch.setattr(module, "_LOOKS_S", 0.01)
    steps, all_runs = training(bench)
    run = all_runs.start(bench["train"], "fake", LONG)
    run.hold()
    steps.let(6)
    until(lambda: run.ended)
    assert isinstance(run.error, Cancelled)


def test_ended_runs_are_kept_for_their_curves_but_not_all(bench: Bench) -> None:
    bench.add("short", Steps(0), "stream")
    all_runs = Runs(bench.engine())
    asked = [ScanInputs(f"text {number}") for number in range(module.MOST_ENDED + 3)]
    for one in asked:
        assert seen(all_runs.start(bench["short"], "fake", one))
    kept = [all_runs.find(bench["short"], "fake", one) for one in asked]
    assert kept[0] is None and kept[-1] is not None
