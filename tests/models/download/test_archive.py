"""Packs: what goes in comes out the same, and nothing but models ever comes out."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import Told
from explorer.models.catalog import adhoc_models
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.catalog.store import Store
from explorer.models.download import archive
from tests.models.download import material
from tests.models.download.conftest import WEIGHTS, content, run
from tests.models.download.servers import Site

ID = "lab/bert"


@pytest.fixture
def packed(hub: Site, store: Store, tmp_path: Path) -> Path:
    """A pack with one typed model in it."""
    run(adhoc_models.by_name(ID))
    file = tmp_path / "class.zip"
    steps = list(archive.pack([ID], file, store))
    assert steps[-1].done == steps[-1].total > 0
    return file


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Another machine."""
    monkeypatch.setenv("SESAME_MODELS", str(tmp_path / "other"))
    return Store(tmp_path / "other")


def refused(file: Path, store: Store) -> Told:
    with pytest.raises(Told) as caught:
        list(archive.unpack(file, store))
    assert store.ids() == ()
    assert not (store.root / ".parts").exists() or not any((store.root / ".parts").iterdir())
    return caught.value


def rewrite(file: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> Path:
    """A copy of a pack after `change` to its list and its members."""
    with zipfile.ZipFile(file) as whole:
        members = {name: whole.read(name) for name in whole.namelist()}
    listed = json.loads(members.pop("pack.json"))
    change(listed, members)
    target = file.with_name("forged.zip")
    with zipfile.ZipFile(target, "w") as whole:
        whole.writestr("pack.json", json.dumps(listed))
        for name, body in members.items():
            whole.writestr(name, body)
    return target


def test_a_pack_carries_a_model_to_another_machine(packed: Path, hub: Site, other: Store) -> None:
    asked = len(hub.asked)
    assert [info.id for info in archive.contents(packed)] == [ID]
    steps = list(archive.unpack(packed, other))
    assert steps[-1].phase == "done"
    kept = other.kept(ID)
    assert kept is not None
    assert (kept.folder / WEIGHTS).read_bytes() == content(hub)
    assert all(right for _, right in other.verify(ID))
    assert len(hub.asked) == asked
    assert list(archive.unpack(packed, other))[-1].phase == "done"  # once more changes nothing


def test_weights_are_stored_as_they_are(packed: Path) -> None:
    with zipfile.ZipFile(packed) as whole:
        assert {member.compress_type for member in whole.infolist()} == {zipfile.ZIP_STORED}
        assert whole.namelist()[0] == "pack.json"


def test_what_is_not_whole_is_not_packed(store: Store, tmp_path: Path) -> None:
    with pytest.raises(Told) as caught:
        list(archive.pack(["bert-base-chinese"], tmp_path / "x.zip", store))
    assert caught.value.key == "pack_refused"
    assert list(tmp_path.glob("x.zip*")) == []


def test_a_damaged_model_is_not_packed(packed: Path, store: Store, tmp_path: Path) -> None:
    kept = store.kept(ID)
    assert kept is not None
    file = kept.folder / WEIGHTS
    file.write_bytes(b"?" + file.read_bytes()[1:])
    with pytest.raises(Told):
        list(archive.pack([ID], tmp_path / "x.zip", store))
    assert list(tmp_path.glob("x.zip*")) == []


@pytest.mark.parametrize(
    "name",
    [
        "../evil.json",
        "/etc/evil.json",
        "..\\evil.json",
        "C:evil.json",
        "evil.py",
        "weights.bin",
        ".hidden",
        "a/b.json",
        "",
    ],
)
def test_names_that_leave_the_folder_or_are_programs_are_refused(packed: Path, other: Store, name: str) -> None:
    def change(listed: dict[str, Any], members: dict[str, bytes]) -> None:
        model = listed["models"][0]
        model["files"][name] = [1, "0" * 64]
        folder = next(iter(members)).rpartition("/")[0]
        members[f"{folder}/{name}"] = b"x"

    assert refused(rewrite(packed, change), other).key == "pack_refused"


def test_members_that_the_list_does_not_name_are_left_alone(packed: Path, other: Store) -> None:
    def change(listed: dict[str, Any], members: dict[str, bytes]) -> None:
        members["../../evil.txt"] = b"x"
        members["evil.txt"] = b"x"

    list(archive.unpack(rewrite(packed, change), other))
    assert not list(other.root.parent.rglob("evil.txt"))
    assert other.state(ID) == "whole"


def test_an_id_that_is_a_path_stays_below_the_store(packed: Path, other: Store) -> None:
    def change(listed: dict[str, Any], members: dict[str, bytes]) -> None:
        listed["models"][0]["id"] = "../../up"

    assert refused(rewrite(packed, change), other).key == "pack_refused"


def test_changed_bytes_are_refused(packed: Path, other: Store) -> None:
    def change(listed: dict[str, Any], members: dict[str, bytes]) -> None:
        name = next(name for name in members if name.endswith(WEIGHTS))
        members[name] = members[name][:-1] + b"?"

    assert refused(rewrite(packed, change), other).key == "pack_refused"


def test_other_sizes_than_listed_are_refused(packed: Path, other: Store) -> None:
    def change(listed: dict[str, Any], members: dict[str, bytes]) -> None:
        listed["models"][0]["files"]["vocab.txt"][0] += 1

    assert refused(rewrite(packed, change), other).key == "pack_refused"


def test_sizes_beyond_the_limit_are_refused(packed: Path, other: Store) -> None:
    def change(listed: dict[str, Any], members: dict[str, bytes]) -> None:
        listed["models"][0]["files"]["config.json"][0] = 2**40

    assert refused(rewrite(packed, change), other).key == "pack_refused"


def test_other_weights_under_a_catalogued_name_are_refused(
    packed: Path, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "explorer.models.catalog.catalog.all_entries", lambda: (material.entry(id=ID, revision="c" * 64),)
    )
    assert refused(packed, other).key == "checksum_wrong"


def test_terms_cannot_be_packed_away(packed: Path, other: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    entry: ModelInfo = material.entry(id=ID, terms=("LICENSE",))
    monkeypatch.setattr("explorer.models.catalog.catalog.all_entries", lambda: (entry,))
    assert refused(packed, other).key == "terms_first"
    list(archive.unpack(packed, other, accepted=True))
    assert other.state(ID) == "whole"


@pytest.mark.parametrize("body", [b"", b"no archive", b"PK\x03\x04" + b"\0" * 40])
def test_a_file_that_is_no_pack(other: Store, tmp_path: Path, body: bytes) -> None:
    file = tmp_path / "x.zip"
    file.write_bytes(body)
    assert refused(file, other).key == "pack_refused"


@pytest.mark.parametrize("listed", [[], {}, {"kind": "open-sesame models", "format": 99, "models": []}, "x", None])
def test_a_list_that_is_none(other: Store, tmp_path: Path, listed: object) -> None:
    file = tmp_path / "x.zip"
    with zipfile.ZipFile(file, "w") as whole:
        whole.writestr("pack.json", json.dumps(listed))
    assert refused(file, other).key == "pack_refused"


@pytest.mark.parametrize("place", [16, 12], ids=["where it begins", "how long it is"])
def test_an_archive_that_lies_about_its_directory(packed: Path, other: Store, place: int) -> None:
    """Every member then lies before the beginning of the file."""
    data = bytearray(packed.read_bytes())
    end = data.rindex(b"PK\x05\x06") + place
    data[end : end + 4] = (int.from_bytes(data[end : end + 4], "little") + 7_000).to_bytes(4, "little")
    packed.write_bytes(data)
    assert refused(packed, other).key == "pack_refused"
