"""Numbers of threads, and turns that nobody overtakes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from explorer.engine import threads


def test_two_threads_or_the_only_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SESAME_THREADS", raising=False)
    for n_cores, expected in ((1, 1), (2, 2), (16, 2)):
        monkeypatch.setattr(threads, "cores", lambda n=n_cores: n)
        assert threads.torch_threads() == expected


def test_cores_are_those_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {3}, raising=False)
    assert threads.cores() == 1
    monkeypatch.delattr("os.sched_getaffinity")
    monkeypatch.setattr("os.cpu_count", lambda: 7)
    assert threads.cores() == 7


def test_the_environment_overrides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESAME_THREADS", "5")
    assert threads.torch_threads() == 5


@pytest.mark.parametrize("wrong", ["0", "-1", "many", "1.5"])
def test_a_number_of_threads_that_is_none_is_named(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESAME_THREADS", wrong)
    with pytest.raises(ValueError, match="SESAME_THREADS"):
        threads.torch_threads()


def test_torch_gets_its_threads() -> None:
    code = (
        "import sys; from explorer.engine import threads; assert 'torch' not in sys.modules;"
        "threads.configure_torch(); import torch;"
        "print(torch.get_num_threads(), torch.get_num_interop_threads())"
    )
    environment = os.environ | {"SESAME_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "1"]


def test_turns_are_taken_in_order_and_not_by_more_than_fit() -> None:
    turns = threads.Turns(1)
    order: list[str] = []
    waiting = threading.Event()

    def newcomer() -> None:
        with turns.turn():
            order.append("newcomer")

    with turns.turn():
        thread = threading.Thread(target=newcomer)
        thread.start()
        while not turns._line:
            waiting.wait(0.001)
        order.append("holder")
    with turns.turn():  # asked for right after giving back: it must not overtake
        order.append("holder again")
    thread.join()
    assert order == ["holder", "newcomer", "holder again"]


def test_a_turn_is_given_back_when_the_work_raises() -> None:
    turns = threads.Turns(1)
    with pytest.raises(RuntimeError), turns.turn():
        raise RuntimeError
    with turns.turn():
        pass


def test_how_much_trainings_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    for wanted, expected in (("", threads.NICE), ("0", 0), ("19", 19)):
        monkeypatch.setenv("SESAME_NICE", wanted)
        assert threads.nice() == expected
    for wrong in ("20", "-1", "low"):
        monkeypatch.setenv("SESAME_NICE", wrong)
        with pytest.raises(ValueError, match=f"SESAME_NICE='{wrong}'"):
            threads.nice()
