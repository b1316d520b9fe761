"""The routes: what lies at an address comes in the smallest form, what does not is no answer, below any prefix."""

from __future__ import annotations

import gzip
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit import config

from explorer.components import addresses
from explorer.components.addresses import Shelf
from explorer.engine import get_engine
from explorer.models.catalog import adhoc_models
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.catalog.policy import Policy
from explorer.server import routes as ours
from explorer.views import vocabulary
from explorer.views.generation import common

BODY = b"\0\1\2\3" * 1000


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    shelf = Shelf()
    monkeypatch.setattr(addresses, "shelf", shelf)
    return shelf


def _client() -> TestClient:
    return TestClient(Starlette(routes=ours.routes()))


def test_an_array_comes_compressed_and_may_be_kept_by_the_reader_alone(shelf: Shelf) -> None:
    (address,) = shelf.show("session", "bars", [BODY])
    client = _client()
    for accepted, undo in (("br, gzip", brotli.decompress), ("gzip", gzip.decompress), ("identity", bytes)):
        with client.stream("GET", f"/array/{address}", headers={"Accept-Encoding": accepted}) as answer:
            body = b"".join(answer.iter_raw())
        assert undo(body) == BODY
        assert answer.headers["Cache-Control"].startswith("private")
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Vary"] == "Accept-Encoding"
    assert shelf.size > len(BODY), "compressed forms count in the bound"


def test_nobody_can_list_arrays_or_name_one_by_its_content(shelf: Shelf) -> None:
    shelf.show("session", "bars", [BODY])
    client = _client()
    for path in ("/array", "/array/", "/array/*", f"/array/{hashlib.sha256(BODY).hexdigest()[:32]}", "/array/session"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert BODY not in answer.content


def test_a_lost_array_is_told_and_not_remembered(shelf: Shelf) -> None:
    answer = _client().get("/array/" + "0" * 32)
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_bundle_is_everybody_s_and_its_address_changes_with_it() -> None:
    address = addresses.publish("bars", "export default 1;\n")
    assert address != addresses.publish("bars", "export default 2;\n")
    answer = _client().get(f"/bundle/{address}")
    assert answer.text == "export default 1;\n"
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"].startswith("public")


@pytest.mark.parametrize(("base", "prefix"), [("", ""), ("sesame", "/sesame"), ("/a/b/", "/a/b")])
def test_every_route_lies_where_the_pages_lie(base: str, prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(config.get_config_options(), "server.baseUrlPath", _option(base))
    client = _client()
    assert client.get(f"{prefix}/status").status_code == 200
    assert client.post(f"{prefix}/stop/none").status_code == 404
    assert {route.path.removeprefix(prefix).split("/")[1] for route in ours.routes()} == {
        "status", "metrics", "painted", "stop", "vocabulary", "array", "bundle", "room", "healthz",
        "readyz",
    }  # fmt: skip
    assert all(route.path.startswith(f"{prefix}/") for route in ours.routes())


@pytest.mark.parametrize("name", ["模型 #1 100%", "a?b;c&d=e", "50 % + 1"])
def test_a_vocabulary_is_found_whatever_its_folder_is_called(
    name: str, tiny_of: Callable[[str], ModelInfo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SESAME_MODELS", str(tmp_path / "models"))
    info = adhoc_models.register(shutil.copytree(tiny_of("gpt2").folder, tmp_path / name), Policy(alone=True))
    assert info.id.endswith(name)
    for address in (vocabulary.url(info), common.vocabulary_url(info.id)):
        assert tuple(_client().get(f"/{address}").json()) == get_engine().vocabulary(info.id)


def _option(value: str) -> object:
    class Option:
        def __init__(self) -> None:
            self.value = value

    return Option()
