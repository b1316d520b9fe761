"""Fetching from a hub, and from the next source where one fails: what arrives, in which order, and what is pinned."""

from __future__ import annotations

import pytest

from explorer.models.catalog import catalog
from explorer.models.catalog.store import Store
from explorer.models.network import weight_headers
from tests.models.download import material
from tests.models.download.conftest import WEIGHTS, assert_whole, content, refusal, run
from tests.models.download.servers import COMMIT, LATER, Fault, Site


def test_a_model_is_fetched_whole_and_only_what_is_no_program(hub: Site, store: Store) -> None:
    steps = run(material.entry())
    assert_whole(store, hub)
    kept = store.kept("lab-bert")
    assert kept is not None
    assert {file.name for file in kept.folder.iterdir()} == material.FETCHED | {"manifest.json"}
    assert hub.bytes_of(".py") == hub.bytes_of(".bin") == 0
    assert kept.commit == COMMIT
    assert steps[0].phase == "looking"
    assert steps[-1].phase == "done"
    assert steps[-1].done == steps[-1].total == sum(len(hub.repos[material.REPO][COMMIT][n]) for n in material.FETCHED)
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert weight_headers.read(kept.folder / WEIGHTS).n_weights == kept.info["parameters"]


def test_what_is_there_is_not_fetched_again(hub: Site, store: Store) -> None:
    run(material.entry())
    before = len(hub.asked)
    assert [step.phase for step in run(material.entry())] == ["done"]
    assert len(hub.asked) == before


def test_the_catalogue_knows_where_a_fetched_model_lies(hub: Site, store: Store) -> None:
    hub.repos = {"google-bert/bert-base-chinese": hub.repos[material.REPO]}
    absent = catalog.entry("bert-base-chinese")
    assert not absent.weights_file.exists()
    assert absent.revision == ""
    run(absent)
    here = catalog.entry("bert-base-chinese")
    assert here.weights_file.is_file()
    assert here.revision == store.kept("bert-base-chinese").revision  # type: ignore[union-attr]
    assert here.bytes == here.weights_file.stat().st_size
    assert here in catalog.everything()


def test_config_comes_first_and_weights_last(hub: Site, store: Store) -> None:
    run(material.entry())
    files = [path for path, _ in hub.asked if "/resolve/" in path]
    assert files[0].endswith("config.json")
    assert files[-1].endswith(WEIGHTS)


# --- several sources, and what was pinned ------------------------------------------------------------------------


def test_where_no_source_answers_it_says_which_were_tried(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", "http://127.0.0.1:10")
    error = refusal(material.entry(sources=(f"huggingface:{material.REPO}", f"modelscope:{material.REPO}")))
    assert error.key == "no_source"
    assert "127.0.0.1:9" in str(error.values["tried"])
    assert "127.0.0.1:10" in str(error.values["tried"])


def test_modelscope_stands_in_where_the_hub_is_out_of_reach(
    hub: Site, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    run(material.entry(sources=(f"huggingface:{material.REPO}", f"modelscope:{material.REPO}")))
    assert_whole(store, hub)


def test_half_a_file_from_one_source_is_finished_by_the_next(
    hub: Site, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = (f"huggingface:{material.REPO}", f"modelscope:{material.REPO}")
    hub.faults = [Fault("cut", path="/cdn/", times=1, value=0.6), Fault("status", path="/cdn/", value=500)]
    run(material.entry(sources=sources))
    assert_whole(store, hub)
    assert hub.bytes_of(WEIGHTS) <= 1.05 * len(content(hub))


def test_what_was_pinned_at_first_use_is_fetched_the_next_time(hub: Site, store: Store) -> None:
    run(material.entry())
    store.remove("lab-bert")
    files = hub.repos[material.REPO]
    files[LATER] = material.repository(seed=5)
    hub.branches["main"] = LATER
    run(material.entry())
    assert_whole(store, hub)
    run(material.entry(), newest=True)
    kept = store.kept("lab-bert")
    assert kept is not None
    assert kept.commit == LATER
    assert (kept.folder / WEIGHTS).read_bytes() == files[LATER][WEIGHTS]
    assert [folder.name for folder in store.home("lab-bert").iterdir()] == [kept.folder.name]


def test_other_bytes_than_pinned_are_refused(hub: Site, store: Store) -> None:
    run(material.entry())
    store.remove("lab-bert")
    hub.repos[material.REPO][COMMIT][WEIGHTS] = material.safetensors(3 * material.MB, seed=9)
    assert refusal(material.entry()).key == "pin_changed"


def test_other_weights_than_the_catalogue_s_are_refused_before_they_move(hub: Site, store: Store) -> None:
    assert refusal(material.entry(revision="a" * 64)).key == "checksum_wrong"
    assert hub.bytes_of(WEIGHTS) == 0
