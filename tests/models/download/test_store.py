"""The store: states, verification, repair, removal, names, notes and locks."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from explorer.errors import ModelUnavailable, Told
from explorer.models.catalog import adhoc_models, catalog, policy
from explorer.models.catalog.policy import Policy
from explorer.models.catalog.store import Store, default, slug
from explorer.models.download.background import Fetches
from explorer.models.download.fetch import Options
from tests.models.download import material
from tests.models.download.conftest import FAST, WEIGHTS, assert_whole, content, refusal, run
from tests.models.download.servers import Fault, Site
from tests.pace import PACE

ID = "lab-bert"


def test_the_store_is_where_the_variable_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESAME_MODELS", str(tmp_path / "here"))
    assert default().root == tmp_path / "here"
    monkeypatch.delenv("SESAME_MODELS")
    assert default().root.is_absolute()
    assert "open-sesame" in str(default().root)


def test_an_empty_store_has_nothing(store: Store) -> None:
    assert (store.state(ID), store.kept(ID), store.ids(), store.bytes_on_disk(ID)) == ("absent", None, (), 0)
    assert store.remove(ID) == 0


def test_verify_finds_one_changed_byte_and_the_next_fetch_replaces_that_file_only(hub: Site, store: Store) -> None:
    run(material.entry())
    kept = store.kept(ID)
    assert kept is not None
    assert all(right for _, right in store.verify(ID))
    file = kept.folder / "vocab.txt"
    file.write_bytes(b"?" + file.read_bytes()[1:])
    assert store.state(ID) == "whole"  # the size is right: only reading it can tell
    assert {name for name, right in store.verify(ID) if not right} == {"vocab.txt"}
    assert (store.state(ID), store.kept(ID)) == ("damaged", None)
    sent = hub.bytes_of(WEIGHTS)
    run(material.entry())
    assert_whole(store, hub)
    assert hub.bytes_of(WEIGHTS) == sent


def test_a_file_cut_short_is_seen_without_reading(hub: Site, store: Store) -> None:
    run(material.entry())
    kept = store.kept(ID)
    assert kept is not None
    (kept.folder / WEIGHTS).write_bytes(b"")
    assert store.state(ID) == "damaged"
    run(material.entry())
    assert_whole(store, hub)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"format": 1}', '{"format": 1, "id": "lab-bert"}', "\x00"])
def test_a_broken_manifest_is_no_model(hub: Site, store: Store, text: str) -> None:
    run(material.entry())
    kept = store.kept(ID)
    assert kept is not None
    (kept.folder / "manifest.json").write_text(text, encoding="utf-8")
    assert store.kept(ID) is None
    assert store.state(ID) == "absent"
    assert store.ids() == ()
    run(material.entry())
    assert_whole(store, hub)


def test_remove_frees_what_it_says(hub: Site, store: Store) -> None:
    run(material.entry())
    taken = store.bytes_on_disk(ID)
    assert taken > len(content(hub))
    assert store.remove(ID) == taken
    assert store.state(ID) == "absent"


def test_half_a_fetch_is_removed_too(hub: Site, store: Store) -> None:
    hub.faults = [Fault("cut", times=1, value=0.5), Fault("status", value=500)]
    refusal(material.entry())
    assert store.state(ID) == "partial"
    assert store.remove(ID) > 0
    assert store.state(ID) == "absent"


def test_a_model_in_other_hands_is_left_alone(hub: Site, store: Store) -> None:
    with store.locked(ID):
        assert refusal(material.entry()).key == "fetch_running"
        with pytest.raises(Told):
            store.remove(ID)
    run(material.entry())
    assert_whole(store, hub)


@pytest.mark.parametrize("name", ["../up", "..", "a/b", "A/B", "a-b", "C:\\x", "x" * 300, "汉字", "a/b@refs/pr/3", "."])
def test_any_id_is_one_folder_below_the_store(store: Store, name: str) -> None:
    assert store.home(name).parent == store.root
    assert store.home(name).resolve().parent == store.root.resolve()
    assert len(slug(name)) < 80


def test_different_ids_have_different_folders() -> None:
    names = ["a/b", "a-b", "A-b", "a:b", "a\\b", "a--b", "a b"]
    assert len({slug(name).lower() for name in names}) == len(names)


# --- names that the catalogue does not have ------------------------------------------------------------------------


def test_a_hub_s_id_typed_by_hand(hub: Site, store: Store) -> None:
    info = adhoc_models.by_name(" lab/bert ")
    run(info)
    found = catalog.entry("lab/bert")
    assert (found.family, found.kind) == ("bert", "masked")
    assert found.parameters > 0
    assert found.weights_file.is_file()
    assert adhoc_models.by_name("lab/bert") == found
    assert found in catalog.everything()


def test_a_typed_id_with_an_architecture_nobody_knows_moves_nothing_large(hub: Site, store: Store) -> None:
    commit = next(iter(hub.repos[material.REPO]))
    hub.repos[material.REPO][commit] = material.repository(model_type="mamba")
    with pytest.raises(ModelUnavailable) as caught:
        run(adhoc_models.by_name("lab/bert"))
    assert caught.value.key == "model_unsupported"
    assert hub.bytes_of(WEIGHTS) == 0


def test_a_checkpoint_without_a_head_is_an_encoder(hub: Site, store: Store) -> None:
    commit = next(iter(hub.repos[material.REPO]))
    hub.repos[material.REPO][commit] = material.repository(architectures=["BertModel"])
    run(adhoc_models.by_name("lab/bert"))
    assert catalog.entry("lab/bert").kind == "encoder"


def test_a_long_name_of_a_catalogued_model_is_that_model(store: Store) -> None:
    assert adhoc_models.by_name("google-bert/bert-base-chinese").id == "bert-base-chinese"


@pytest.mark.parametrize(
    "name", ["a/../b", "a/b/c", "http://x/y", "a b/c", "a/b@../../x", "a/b?x=1", "a/b@", "/etc/passwd"]
)
def test_what_is_no_id_is_refused(store: Store, name: str) -> None:
    with pytest.raises(Told) as caught:
        adhoc_models.by_name(name)
    assert caught.value.key == "id_refused"


def test_a_folder_is_used_where_it_is_by_those_who_sit_at_the_machine(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    for name, body in material.repository(10_000).items():
        (folder / name).write_bytes(body)
    with pytest.raises(Told) as caught:
        adhoc_models.register(folder, Policy(alone=False, allowed=frozenset(policy.ACTIONS)))
    assert caught.value.key == "not_allowed"
    info = adhoc_models.register(folder, Policy(alone=True))
    assert info == catalog.entry("folder:own")
    assert info.weights_file == folder / WEIGHTS
    assert store.state("folder:own") == "whole"
    store.remove("folder:own")
    assert (folder / WEIGHTS).is_file()
    with pytest.raises(ModelUnavailable):
        catalog.entry("folder:own")


@pytest.mark.parametrize("lacking", ["config.json", "tokenizer.json", WEIGHTS])
def test_a_folder_that_is_no_model_is_refused(store: Store, tmp_path: Path, lacking: str) -> None:
    for name, body in material.repository(10_000).items():
        if name != lacking:
            (tmp_path / name).write_bytes(body)
    with pytest.raises(Told):
        adhoc_models.register(tmp_path, Policy(alone=True))
    assert store.ids() == ()


def test_a_folder_as_a_source_is_copied(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    files = material.repository(2 * material.MB)
    for name, body in files.items():
        (folder / name).write_bytes(body)
    run(material.entry(), folder=folder)
    kept = store.kept(ID)
    assert kept is not None
    assert (kept.folder / WEIGHTS).read_bytes() == files[WEIGHTS]
    assert {file.name for file in kept.folder.iterdir()} == material.FETCHED | {"manifest.json"}


# --- who may ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"])
def test_at_the_machine_everything_is_allowed(address: str) -> None:
    found = policy.of_server(address, {})
    assert all(found.may(action) for action in (*policy.ACTIONS, policy.FOLDER))


@pytest.mark.parametrize("address", [None, "", "0.0.0.0", "192.168.1.5", "::", "example.org"])
def test_on_a_shared_server_nothing_is_unless_the_teacher_says_so(address: str | None) -> None:
    closed = policy.of_server(address, {})
    assert not any(closed.may(action) for action in (*policy.ACTIONS, policy.FOLDER))
    with pytest.raises(Told):
        closed.require("fetch")
    by_variable = policy.of_server(address, {"SESAME_READERS_MAY": "fetch switch"})
    by_argument = policy.of_server(address, {}, ["--readers-may", "fetch,switch", "--other"])
    for opened in (by_variable, by_argument):
        assert [action for action in (*policy.ACTIONS, policy.FOLDER) if opened.may(action)] == ["fetch", "switch"]


def test_a_misspelt_permission_is_an_error() -> None:
    with pytest.raises(ValueError, match="fech"):
        policy.of_server("0.0.0.0", {"SESAME_READERS_MAY": "fech"})
    with pytest.raises(ValueError, match="folder"):
        policy.of_server("0.0.0.0", {"SESAME_READERS_MAY": "folder"})


# --- beside the app -------------------------------------------------------------------------------------------------


def test_a_fetch_in_the_background_is_watched_joined_and_ends(hub: Site, store: Store) -> None:
    fetches = Fetches()
    info = material.entry()
    hub.faults = [Fault("slow", value=0.001)]
    fetches.start(info, Options(timing=FAST))
    assert fetches.start(info).running
    job = fetches.wait(ID, 20 * PACE)
    assert job is not None
    assert (job.running, job.error, job.progress.phase) == (False, None, "done")
    assert_whole(store, hub)
    assert fetches.jobs() == (job,)


def test_a_fetch_in_the_background_is_cancelled_and_failures_are_kept(hub: Site, store: Store) -> None:
    fetches = Fetches()
    hub.faults = [Fault("slow", value=0.05)]
    fetches.start(material.entry(), Options(timing=FAST))
    fetches.cancel(ID)
    job = fetches.wait(ID, 20 * PACE)
    assert job is not None
    assert job.error is not None
    assert job.error.key == "cancelled"
    assert store.kept(ID) is None


def test_a_page_may_look_at_any_moment_of_a_fetch_that_ends(store: Store) -> None:
    """The folder gets its name in one step: whoever counts its files just then finds them gone."""
    parts, kept = store.parts(ID), store.home(ID) / "kept"
    parts.mkdir(parents=True)
    kept.parent.mkdir()
    for number in range(4):
        (parts / f"file{number}").write_bytes(b"four")
    ended = threading.Event()

    def end_and_begin_again() -> None:
        while not ended.is_set():
            parts.rename(kept)
            kept.rename(parts)

    fetch = threading.Thread(target=end_and_begin_again)
    fetch.start()
    try:
        for _ in range(2000):
            assert store.bytes_on_disk(ID) % 4 == 0
            assert store.state(ID) in ("absent", "partial")
    finally:
        ended.set()
        fetch.join()


def test_notes_survive_and_are_plain_json(store: Store) -> None:
    store.remember("terms", "a", {"licence": "x"})
    store.remember("terms", "b", {"licence": "y"})
    store.remember("terms", "a", None)
    assert store.note("terms") == {"b": {"licence": "y"}}
    assert json.loads((store.root / "notes.json").read_text(encoding="utf-8"))["terms"] == {"b": {"licence": "y"}}
