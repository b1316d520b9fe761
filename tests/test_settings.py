"""Settings as people write them: cleaned where that is clear, named where they cannot be used."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from explorer import settings
from explorer.classroom import kept
from explorer.classroom.homes import MemoryHome
from explorer.engine import threads
from explorer.errors import ModelUnavailable
from explorer.models.catalog import policy, store
from explorer.models.catalog.catalog import entry
from explorer.models.download import sources
from explorer.models.download.fetch import fetch
from explorer.models.download.http_client import Timing, Web
from explorer.models.download.sources.huggingface import HuggingFace

DEFAULT = "https://huggingface.co"
PROXIES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "all_proxy", "https_proxy", "http_proxy")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PROXIES, "SSL_CERT_FILE", "SSL_CERT_DIR", "HF_ENDPOINT", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://hf-mirror.com/", "https://hf-mirror.com"),
        ("https://hf-mirror.com ", "https://hf-mirror.com"),
        (" https://hf-mirror.com/ ", "https://hf-mirror.com"),
        ("'https://hf-mirror.com'", "https://hf-mirror.com"),
        ('"https://hf-mirror.com/"', "https://hf-mirror.com"),
        ("https://host/path//", "https://host/path"),
        ("", DEFAULT),
        ("  ", DEFAULT),
    ],
)
def test_an_address_is_read_as_it_was_meant(written: str, read: str) -> None:
    assert settings.address("HF_ENDPOINT", DEFAULT, {"HF_ENDPOINT": written}) == read
    assert HuggingFace.from_environment({"HF_ENDPOINT": written}, "a/b", Timing()).endpoint == read


@pytest.mark.parametrize("written", ["hf-mirror.com", "http:/host", "ftp://host", "https://", "https://ho st"])
def test_what_is_no_address_names_its_setting(written: str) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        settings.address("HF_ENDPOINT", DEFAULT, {"HF_ENDPOINT": written})
    assert caught.value.key == "setting_bad"
    assert caught.value.values["name"] == "HF_ENDPOINT"


def test_a_token_keeps_no_line_feed_and_a_broken_one_is_not_shown() -> None:
    read = HuggingFace.from_environment({"HF_TOKEN": "hf_abc\n"}, "a/b", Timing())
    assert read.web.headers == {"Authorization": "Bearer hf_abc"}
    with pytest.raises(ModelUnavailable) as caught:
        HuggingFace.from_environment({"HF_TOKEN": "hf_a\nhf_b"}, "a/b", Timing())
    assert caught.value.values["name"] == "HF_TOKEN"
    assert "hf_a" not in str(caught.value.values["value"])


def test_a_folder_in_quotes_is_that_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SESAME_MODELS", f'"{tmp_path}" ')
    assert store.default().root == tmp_path


def test_quotes_round_a_setting_that_a_file_of_settings_leaves_there_are_no_part_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {"SESAME_THREADS": '"3"', "SESAME_NICE": "'4' ", "SESAME_ROOMS": '""'}.items():
        monkeypatch.setenv(name, value)
    assert (threads.torch_threads(), threads.nice()) == (3, 4)
    assert isinstance(kept.home.__wrapped__(), MemoryHome)
    may = policy.of_server(None, {policy.VARIABLE: '"fetch switch"', policy.FREE: '"no"'})
    assert may.allowed == {"fetch", "switch"}
    assert not may.free_generation


@pytest.mark.parametrize("named", ["cuda:7", "gpu", "cuda:x"])
def test_a_device_that_is_not_here_names_its_setting(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from explorer.models.network import loader

    monkeypatch.setenv("SESAME_DEVICE", named)
    with pytest.raises(ModelUnavailable) as caught:
        loader.pick_device()
    assert caught.value.values["name"] == "SESAME_DEVICE"
    monkeypatch.setenv("SESAME_DEVICE", ' "cpu" ')
    assert loader.pick_device() == "cpu"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALL_PROXY", "socks5://127.0.0.1:7890"),
        ("all_proxy", "socks5h://user:secret@127.0.0.1:7890"),
        ("HTTPS_PROXY", "127.0.0.1::7890:"),
        ("HTTP_PROXY", "htp://127.0.0.1:7890"),
        ("SSL_CERT_FILE", "/nowhere/ca.pem"),
    ],
)
def test_the_setting_that_stands_in_the_way_of_the_network_is_named(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from explorer.models.download import http_client

    http_client._trust.cache_clear()
    monkeypatch.setenv(name, value)
    with pytest.raises(ModelUnavailable) as caught:
        Web(place="huggingface.co").client().close()
    assert caught.value.key == "network_setting"
    assert caught.value.values["name"] == name
    assert "secret" not in str(caught.value.values["value"])


def test_a_fetch_ends_with_the_setting_s_name_and_every_source_was_tried(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:7890")
    monkeypatch.setenv("HF_ENDPOINT", "hf-mirror.com")
    monkeypatch.setenv("SESAME_MODELS", str(tmp_path))
    steps = fetch(entry("rbt3"))
    places = []
    with pytest.raises(ModelUnavailable) as caught:
        for step in steps:
            places.append(step.place)
    assert caught.value.key in ("network_setting", "setting_bad")
    assert caught.value.values["name"] in ("ALL_PROXY", "HF_ENDPOINT")
    assert len(places) == len(list(sources.of(entry("rbt3"))))


def test_a_source_whose_setting_is_wrong_says_so_when_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "hf-mirror.com")
    source = next(one for one in sources.of(entry("rbt3")) if one.key.startswith("huggingface"))
    with pytest.raises(ModelUnavailable) as caught:
        source.look(threading.Event(), "")
    assert caught.value.key == "setting_bad"
    assert source.web.place == "HF_ENDPOINT"
