"""The catalogue against the files it describes."""

from __future__ import annotations

import hashlib
import pickle

import pytest

from explorer.models import catalog, headers
from explorer.models.errors import ModelError


@pytest.mark.parametrize("info", catalog.all_entries(), ids=lambda info: info.id)
def test_embedded_entries_say_what_their_files_say(info: catalog.ModelInfo) -> None:
    data = info.weights_file.read_bytes()
    assert len(data) == info.bytes
    assert hashlib.sha256(data).hexdigest() == info.revision
    assert headers.read(info.weights_file).n_weights == info.parameters
    assert (info.folder / "README.md").is_file()
    assert not info.licence_file or (info.folder / info.licence_file).is_file()


def test_the_defaults() -> None:
    assert catalog.default("masked").id == "mini-mbert"
    assert catalog.default("causal").id == "gemma-3-270m-lite"
    assert catalog.entry("mini-mbert").trained_with == catalog.TrainedWith(0.2, (0.8, 0.1, 0.1))
    with pytest.raises(LookupError):
        catalog.default("seq2seq")


def test_an_unknown_model_is_named_in_the_error_and_the_error_crosses_processes() -> None:
    with pytest.raises(ModelError) as caught:
        catalog.entry("no-such-model")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.key, again.values) == ("model_unknown", {"model": "no-such-model"})
