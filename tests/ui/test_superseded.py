"""A long run looks for itself whether the reader has asked for something else; and where Streamlit keeps that."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests

from explorer.engine.local import LocalEngine
from explorer.errors import Cancelled
from explorer.lab.experiment import Implementation
from explorer.lab.types.core import Progress
from explorer.lab.types.masking import SCAN, ScanInputs
from explorer.ui import widgets
from tests.engine.conftest import FakeModels
from tests.pace import PACE


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> ScriptRequests:
    """Streamlit's own queue of what the browser asked for, as a running script's context holds it."""
    queue = ScriptRequests()
    context = SimpleNamespace(script_requests=queue, session_id="", fragment_ids_this_run=None)
    monkeypatch.setattr(widgets, "get_script_run_ctx", lambda: context)
    return queue


def test_a_click_in_the_same_fragment_is_seen(requests: ScriptRequests) -> None:
    assert not widgets.superseded()
    requests.request_rerun(RerunData(fragment_id="bench"))
    assert widgets.superseded()
    assert requests.on_scriptrunner_yield() is None, "Streamlit itself would let the run go on to its end"


def test_without_a_page_nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(widgets, "get_script_run_ctx", lambda: None)
    assert not widgets.superseded()


@pytest.mark.parametrize("gives_way", [True, False])
def test_work_that_nobody_waits_for_ends_at_its_next_step(requests: ScriptRequests, gives_way: bool) -> None:
    seen, closed = [], []

    def work() -> Iterator[Progress | str]:
        try:
            for n in range(20):
                seen.append(n)
                if n == 3:
                    requests.request_rerun(RerunData(fragment_id="bench"))
                yield Progress(n, 20)
            yield "result"
        finally:
            closed.append(True)

    if gives_way:
        with pytest.raises(Cancelled):
            widgets.progress(work(), "reading", gives_way=True)
    else:
        assert widgets.progress(work(), "reading") == "result", "a training goes on"
    assert len(seen) == (4 if gives_way else 20)
    assert closed
    assert widgets.superseded(), "what was asked for still waits"


def test_what_gives_way_ends_in_the_middle_of_a_step(requests: ScriptRequests, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step of a long text takes long on a busy machine: the reader's next sentence does not wait for its end."""
    released, left = threading.Event(), []
    models = FakeModels()
    models.may_load.set()
    engine = LocalEngine(models, find=lambda asked: Implementation(asked, lambda model, inputs: work()))

    def work() -> Iterator[Progress | str]:
        yield Progress(1, 2)
        requests.request_rerun(RerunData(fragment_id="bench"))
        released.wait(20 * PACE)
        left.append(True)
        yield Progress(2, 2)
        yield "result"

    monkeypatch.setattr(widgets, "get_engine", lambda: engine)
    started = time.perf_counter()
    with pytest.raises(Cancelled):
        widgets.result(SCAN, "fake", ScanInputs("天"), "reading", gives_way=True)
    assert time.perf_counter() - started < 5 * PACE
    assert not left, "the step is still running"
    released.set()
