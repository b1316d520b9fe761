"""The catalogue against the files it describes."""

from __future__ import annotations

import hashlib
import pickle
import re

import pytest

from explorer.errors import ModelUnavailable
from explorer.models.catalog import catalog
from explorer.models.network import weight_headers
from explorer.models.network.architectures import ARCHITECTURES

EMBEDDED = [info for info in catalog.all_entries() if info.embedded]
REMOTE = [info for info in catalog.all_entries() if not info.embedded]


@pytest.mark.parametrize("info", EMBEDDED, ids=lambda info: info.id)
def test_embedded_entries_say_what_their_files_say(info: catalog.ModelInfo) -> None:
    data = info.weights_file.read_bytes()
    assert len(data) == info.bytes
    assert hashlib.sha256(data).hexdigest() == info.revision
    assert weight_headers.read(info.weights_file).n_weights == info.parameters
    assert (info.folder / "README.md").is_file()
    assert not info.licence_file or (info.folder / info.licence_file).is_file()


@pytest.mark.parametrize("info", REMOTE, ids=lambda info: info.id)
def test_other_entries_name_a_source_an_architecture_and_a_use(info: catalog.ModelInfo) -> None:
    assert info.sources
    assert all(re.fullmatch(r"pypi|(huggingface|modelscope):[\w.-]+/[\w.-]+", source) for source in info.sources)
    assert info.family in ARCHITECTURES
    assert ARCHITECTURES[info.family].kind == info.kind
    assert info.abilities
    assert all(path.is_file() for path in info.terms_files)
    assert bool(info.revision) == bool(info.bytes) == bool(info.parameters)  # verified in full, or not at all
    assert ("pypi" in info.sources) == bool(info.wheels)


def test_the_catalogue_has_every_architecture() -> None:
    assert {info.family for info in catalog.all_entries()} == set(ARCHITECTURES) - {"roberta"}


def test_the_defaults() -> None:
    assert catalog.default("masked").id == "mini-mbert"
    assert catalog.default("causal").id == "gemma-3-270m-lite"
    assert catalog.entry("mini-mbert").trained_with == catalog.TrainedWith(0.2, (0.8, 0.1, 0.1))
    with pytest.raises(LookupError):
        catalog.default("seq2seq")


def test_an_unknown_model_is_named_in_the_error_and_the_error_crosses_processes() -> None:
    with pytest.raises(ModelUnavailable) as caught:
        catalog.entry("no-such-model")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.key, again.values) == ("model_unknown", {"model": "no-such-model"})
