"""Where results come from, what is computed once, and what a reader is told when something goes wrong."""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.engine.cache import Precomputed
from explorer.errors import Busy, Cancelled, ModelUnavailable, Told
from explorer.lab.types.core import Progress
from explorer.lab.types.experiment import Experiment
from explorer.lab.types.masking import ScanInputs
from tests.engine.conftest import Asking, Bench, a_fill, until

SENTENCE = ScanInputs("雨停了")


def test_memory_comes_before_files_and_files_before_the_model(bench: Bench, tmp_path: Path) -> None:
    store = Precomputed(tmp_path)
    engine = bench.engine(precomputed=store)
    computed = engine.run(bench["read"], "fake", SENTENCE).result
    assert engine.counters().forward_passes == 1
    assert engine.run(bench["read"], "fake", SENTENCE).result is computed
    assert (engine.counters().memory_hits, engine.counters().runs) == (1, 1)

    from_file = ScanInputs("风停了")
    store.put("t/read", engine.key(bench["read"], "fake", from_file), a_fill("from the file", vocabulary=8))
    assert engine.run(bench["read"], "fake", from_file).result.tokens.text == "from the file"
    assert engine.run(bench["read"], "fake", from_file).result.tokens.text == "from the file"
    now = engine.counters()
    assert (now.precomputed_hits, now.memory_hits, now.forward_passes) == (1, 2, 1)

    store.put("t/read", engine.key(bench["read"], "fake", SENTENCE), a_fill("not asked", vocabulary=8))
    assert engine.run(bench["read"], "fake", SENTENCE).result is computed


def test_results_of_other_weights_or_versions_are_never_taken(bench: Bench) -> None:
    engine = bench.engine()
    first = engine.run(bench["read"], "fake", SENTENCE).result
    assert engine.run(bench["read"], "fake two", SENTENCE).result is not first
    bench.add("read", lambda model, inputs: model.read(inputs.text), version=2)
    assert engine.run(bench["read"], "fake", SENTENCE).result is not first
    assert engine.counters().memory_hits == 0


def test_what_readers_share_is_read_only(bench: Bench) -> None:
    result = bench.engine().run(bench["read"], "fake", SENTENCE).result
    with pytest.raises(ValueError, match="read-only"):
        result.logits[0] = 0


def test_peek_neither_runs_nor_loads(bench: Bench, tmp_path: Path) -> None:
    engine = bench.engine(precomputed=Precomputed(tmp_path))
    assert engine.peek(bench["read"], "fake", SENTENCE) is None
    assert bench.models.loaded == []
    assert engine.state("fake") == "cold"
    result = engine.run(bench["read"], "fake", SENTENCE).result
    assert engine.peek(bench["read"], "fake", SENTENCE) is result


def test_what_came_with_the_app_is_told_from_what_was_computed_here(bench: Bench, tmp_path: Path) -> None:
    store = Precomputed(tmp_path)
    engine = bench.engine(precomputed=store)
    computed, shipped = SENTENCE, ScanInputs("风停了")
    engine.run(bench["read"], "fake", computed)
    store.put("t/read", engine.key(bench["read"], "fake", shipped), a_fill("from the file", vocabulary=8))
    assert [engine.beforehand(bench["read"], "fake", one) for one in (computed, shipped)] == [False, True]
    engine.run(bench["read"], "fake", shipped)
    assert engine.beforehand(bench["read"], "fake", shipped), "in memory it is still not measured here"
    assert not bench.engine().beforehand(bench["read"], "fake", shipped), "with the files left aside nothing is"


def test_the_same_question_in_flight_is_computed_once(bench: Bench) -> None:
    engine = bench.engine()
    with bench.worker_held(engine):
        askers = [Asking(lambda n=n: engine.run(bench["read"], "fake", SENTENCE, session=f"r {n}")) for n in range(12)]
        until(lambda: engine.counters().joined_in_flight == 11)
    answers = [asker.answer().result for asker in askers]
    assert all(answer is answers[0] for answer in answers)
    assert (engine.counters().runs, engine.counters().forward_passes) == (2, 2)  # the holder's and theirs


def test_a_question_that_failed_is_not_remembered(bench: Bench) -> None:
    engine = bench.engine()
    tries: list[str] = []

    def second_time_lucky(model: object, inputs: ScanInputs) -> object:
        tries.append(inputs.text)
        if len(tries) == 1:
            raise Told("too_long", limit=510, used=511)
        return a_fill(inputs.text, vocabulary=8)

    bench.add("lucky", second_time_lucky)
    with pytest.raises(Told) as told:
        engine.run(bench["lucky"], "fake", SENTENCE)
    assert (told.value.key, told.value.values) == ("too_long", {"limit": 510, "used": 511})
    assert engine.run(bench["lucky"], "fake", SENTENCE).result.tokens.text == SENTENCE.text


def test_everyone_who_joined_is_told_of_a_failure(bench: Bench) -> None:
    engine = bench.engine()
    bench.add("refuse", lambda model, inputs: (_ for _ in ()).throw(Told("text_empty")))
    with bench.worker_held(engine):
        askers = [Asking(lambda: engine.run(bench["refuse"], "fake", SENTENCE).result) for _ in range(3)]
        until(lambda: engine.counters().joined_in_flight == 2)
    errors = []
    for asker in askers:
        with pytest.raises(Told, match="text_empty") as told:
            asker.answer()
        errors.append(told.value)
    assert len(set(map(id, errors))) == 3  # each their own: tracebacks do not pile up on one


def test_surprises_are_logged_without_the_readers_text(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    def stumble(model: object, inputs: ScanInputs) -> object:
        raise KeyError(inputs.text)

    bench.add("stumble", stumble)
    with caplog.at_level(logging.DEBUG), pytest.raises(Told) as told:
        bench.engine().run(bench["stumble"], "fake", SENTENCE)
    assert told.value.key == "failed"
    assert isinstance(told.value.__cause__.__cause__, KeyError)
    assert "KeyError in t/stumble" in caplog.text
    assert "in stumble" in caplog.text
    assert SENTENCE.text not in caplog.text


def test_running_out_of_memory_has_its_own_words(bench: Bench) -> None:
    bench.add("large", lambda model, inputs: (_ for _ in ()).throw(MemoryError()))
    with pytest.raises(Told, match="out_of_memory"):
        bench.engine().run(bench["large"], "fake", SENTENCE)


def test_models_that_cannot_be_had_are_told(bench: Bench) -> None:
    engine = bench.engine()
    with pytest.raises(ModelUnavailable, match="model_unknown"):
        engine.run(bench["read"], "no such model", SENTENCE)
    with pytest.raises(ModelUnavailable, match="model_missing"):
        engine.facts("fake")
    with pytest.raises(LookupError):
        engine.run(Experiment("t/nothing", version=1), "fake", SENTENCE)


def test_a_failed_load_is_told_and_the_next_request_tries_again(bench: Bench) -> None:
    engine = bench.engine()
    bench.models.broken = ModelUnavailable("model_damaged", model="fake", path="x", reason="short")
    bench.models.may_load.clear()
    askers = [Asking(lambda t=text: engine.run(bench["read"], "fake", ScanInputs(t)).result) for text in "雨雪风"]
    until(lambda: engine.counters().waiting == 3)
    until(lambda: engine.state("fake") == "loading")
    bench.models.may_load.set()
    for asker in askers:
        with pytest.raises(ModelUnavailable, match="model_damaged"):
            asker.answer()
    assert engine.state("fake") == "failed"
    bench.models.broken = None
    assert engine.run(bench["read"], "fake", SENTENCE).result.tokens.text == SENTENCE.text
    assert engine.state("fake") == "ready"
    assert engine.counters().model_loads == 1


def test_warming_loads_once_for_all_readers(bench: Bench) -> None:
    engine = bench.engine()
    engine.warm("fake")
    engine.warm("fake")
    until(lambda: engine.state("fake") == "ready")
    for asker in [Asking(lambda t=text: engine.run(bench["read"], "fake", ScanInputs(t))) for text in "雨雪风霜"]:
        asker.answer()
    engine.warm("fake")
    assert len(bench.models.loaded) == 1
    assert engine.counters().models_ready == ("fake",)
    assert bench.models.loaded[0].threads == {"model fake"}


def test_a_streams_result_is_kept_and_comes_alone_the_next_time(bench: Bench) -> None:
    engine = bench.engine()
    result = a_fill("done", vocabulary=8)

    def steps(model: object, inputs: ScanInputs) -> object:
        yield Progress(1, 2)
        yield Progress(2, 2)
        yield result

    bench.add("steps", steps, "stream")
    assert list(engine.stream(bench["steps"], "fake", SENTENCE)) == [Progress(1, 2), Progress(2, 2), result]
    assert list(engine.stream(bench["steps"], "fake", SENTENCE)) == [result]
    assert engine.run(bench["steps"], "fake", SENTENCE).result is engine.peek(bench["steps"], "fake", SENTENCE)
    assert engine.run(bench["steps"], "fake", ScanInputs("other")).result.tokens.text == "done"
    assert next(engine.stream(bench["read"], "fake", SENTENCE)).tokens.text == SENTENCE.text


def test_a_stream_without_a_result_fails_instead_of_answering_with_progress(bench: Bench) -> None:
    bench.add("endless", lambda model, inputs: iter([Progress(1, 1)]), "stream")
    engine = bench.engine()
    with pytest.raises(Told, match="failed"):
        engine.run(bench["endless"], "fake", SENTENCE)
    assert engine.peek(bench["endless"], "fake", SENTENCE) is None


def test_no_torch_before_a_model_is_asked_for() -> None:
    code = """
import sys
from explorer.engine import catalog, get_engine
from explorer.lab.types.masking import SCAN, ScanInputs

model_id = catalog.default("masked").id
engine = get_engine()
engine.peek(SCAN, model_id, ScanInputs("雨停了"))
engine.tokens(model_id, "雨停了"), engine.vocabulary(model_id), engine.facts(model_id), engine.counters()
loaded = {"torch", "transformers", "streamlit", "plotly"} & set(sys.modules)
assert not loaded, loaded
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, env=os.environ | {"PYTHONUTF8": "1"})


def test_precomputed_files_can_be_left_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    import explorer.engine as module

    for value, expected in (("off", True), ("", False)):
        monkeypatch.setattr(module, "_engine", None)
        monkeypatch.setenv("SESAME_PRECOMPUTED", value)
        assert (module.get_engine()._precomputed is None) is expected
        assert module.get_engine() is module.get_engine()


@pytest.mark.parametrize("kind", [Told, Busy, Cancelled, ModelUnavailable])
def test_errors_survive_a_process_boundary(kind: type[Told]) -> None:
    back = pickle.loads(pickle.dumps(kind("busy", position=3)))
    assert (type(back), back.key, back.values) == (kind, "busy", {"position": 3})
