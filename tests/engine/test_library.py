"""What a page may do to models, and how the engine lets one go or lets itself be watched."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.engine import library, uses
from explorer.engine.base import CancelToken
from explorer.engine.watching import watched
from explorer.errors import Cancelled, Told
from explorer.lab.types.core import Progress
from explorer.lab.types.masking import ScanInputs
from tests.engine.conftest import Bench
from tests.pace import PATIENCE

SHARED, ALONE = library.Policy(alone=False), library.Policy(alone=True)
SENTENCE = ScanInputs("雪化了")


@pytest.fixture(autouse=True)
def store_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESAME_MODELS", str(tmp_path / "models"))


def key(act: Any, *arguments: Any, **options: Any) -> str:
    with pytest.raises(Told) as caught:
        act(*arguments, **options)
    return caught.value.key


# --- the policy --------------------------------------------------------------------------------------------------


def test_readers_of_a_shared_server_may_do_nothing_to_its_models(bench: Bench, tmp_path: Path) -> None:
    info = library.named_model("rbt3")
    engine = bench.engine()
    for act in (library.fetch, library.ask):
        assert key(act, info, SHARED) == "not_allowed"
    assert key(library.cancel, "rbt3", SHARED) == "not_allowed"
    assert key(uses.choose, "masking", "mini-mbert", SHARED) == "not_allowed"
    assert key(library.remove, engine, info, SHARED) == "not_allowed"
    assert key(library.evict, engine, "fake", SHARED) == "not_allowed"
    assert key(library.use_folder, str(tmp_path), SHARED) == "not_allowed"
    assert key(lambda: list(library.verify(info, SHARED))) == "not_allowed"
    assert library.fetches.job("rbt3") is None


def test_the_teacher_s_setting_allows_what_it_names_and_a_folder_never(tmp_path: Path) -> None:
    some = uses.allowed("0.0.0.0", {"SESAME_READERS_MAY": "switch"})
    uses.choose("masking", "mini-mbert", some)
    assert key(library.ask, library.named_model("rbt3"), some) == "not_allowed"
    everything = uses.allowed(None, {}, ["--readers-may", "fetch,switch,evict,remove"])
    assert key(library.use_folder, str(tmp_path), everything) == "not_allowed"
    with pytest.raises(ValueError, match="fecth"):
        uses.allowed("0.0.0.0", {"SESAME_READERS_MAY": "fecth"})


def test_terms_come_before_the_fetch() -> None:
    info = library.named_model("gemma-3-270m")
    assert library.terms_of(info).startswith("Last modified")
    assert key(library.fetch, info, ALONE) == "terms_first"
    assert library.terms_of(library.named_model("rbt3")) == ""


def test_what_is_typed_must_be_a_name() -> None:
    assert key(library.named_model, "../etc") == "id_refused"
    assert key(library.named_model, "nonsense") == "model_unknown"
    assert library.named_model("hfl/rbt3").id == "rbt3"


# --- what is here ------------------------------------------------------------------------------------------------


def test_the_shelf_holds_the_whole_catalogue_and_says_what_is_here() -> None:
    by_id = {one.info.id: one for one in library.shelf()}
    assert by_id["mini-mbert"].state == by_id["gemma-3-270m-lite"].state == "embedded"
    assert by_id["mini-mbert"].needs == round(34_735_325 * 4 * 1.2)
    assert by_id["bert-base-chinese"].state == "absent"
    assert by_id["bert-base-chinese"].needs is None
    assert len(by_id) == 22


def test_memory_adds_up() -> None:
    now = library.memory()
    assert 0 < now.used < now.total
    assert 0 < now.free <= now.total


def test_the_embedded_model_is_verified_against_the_catalogue() -> None:
    assert list(library.verify(library.named_model("mini-mbert"), ALONE)) == [("model.safetensors", True)]


# --- letting a model go --------------------------------------------------------------------------------------------


def test_an_unloaded_model_is_gone_and_comes_back_when_asked_for(bench: Bench) -> None:
    engine = bench.engine()
    engine.run(bench["read"], "fake", SENTENCE)
    engine.unload("fake")
    assert engine.state("fake") == "cold"
    before = engine.counters()
    assert (before.forward_passes, before.model_loads, before.models_ready) == (1, 1, ())
    engine.run(bench["read"], "fake", ScanInputs("雪又下了"))
    after = engine.counters()
    assert (after.forward_passes, after.model_loads, after.models_ready) == (2, 2, ("fake",))
    engine.unload("never asked for")


def test_weights_that_were_fetched_anew_are_read_anew(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = bench.engine()
    before = engine.run(bench["read"], "fake", SENTENCE).result
    assert engine.run(bench["read"], "fake", ScanInputs("雪停了")).result is not None
    assert engine.counters().model_loads == 1
    monkeypatch.setattr(bench.models, "revision", lambda model_id: "sha of newer weights")
    assert engine.run(bench["read"], "fake", SENTENCE).result is not before
    assert engine.counters().model_loads == 2


# --- being watched -------------------------------------------------------------------------------------------------


def _steps(_: Any, inputs: ScanInputs) -> Iterator[Any]:
    for done in (1, 2, 3):
        yield Progress(done, 3)
    yield inputs


def test_who_watches_sees_the_steps_of_every_run(bench: Bench) -> None:
    bench.add("steps", _steps, kind="stream")
    engine, seen = bench.engine(), []
    with watched(CancelToken(), seen.append):
        engine.run(bench["steps"], "fake", SENTENCE)
    engine.run(bench["steps"], "fake", ScanInputs("没人看"))
    assert [step.done for step in seen] == [1, 2, 3]


def test_who_watches_can_end_a_run_within_a_step(bench: Bench) -> None:
    cancel, going = CancelToken(), threading.Event()

    def endless(_: Any, inputs: ScanInputs) -> Iterator[Any]:
        while True:
            going.set()
            yield Progress(1, 2)

    bench.add("endless", endless, kind="stream")
    engine = bench.engine()
    threading.Thread(target=lambda: (going.wait(PATIENCE), cancel.cancel())).start()
    with watched(cancel, lambda step: None), pytest.raises(Cancelled):
        engine.run(bench["endless"], "fake", SENTENCE)
    engine.run(bench["read"], "fake", SENTENCE)
