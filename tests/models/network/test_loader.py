"""Loading: only what the catalogue vouches for, only whole models, always fp32."""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from explorer.errors import ModelUnavailable
from explorer.models.catalog.catalog import ModelInfo

if TYPE_CHECKING:
    from torch import Tensor

    from explorer.models.network.model import Model


@pytest.fixture
def copy(tiny_bert: ModelInfo, tmp_path: Path) -> ModelInfo:
    shutil.copytree(tiny_bert.folder, tmp_path / "model")
    return dataclasses.replace(tiny_bert, path=str(tmp_path / "model"))


def _without(info: ModelInfo, prefix: str) -> ModelInfo:
    """The same model with some weights left out of its file."""
    from safetensors.torch import load_file, save_file

    tensors: dict[str, Tensor] = load_file(info.weights_file)
    kept = {name: tensor for name, tensor in tensors.items() if not name.startswith(prefix)}
    assert len(kept) < len(tensors)
    save_file(kept, info.weights_file, metadata={"format": "pt"})
    data = info.weights_file.read_bytes()
    return dataclasses.replace(info, bytes=len(data), revision=hashlib.sha256(data).hexdigest())


def refusal(info: ModelInfo) -> ModelUnavailable:
    from explorer.models.network.loader import load

    with pytest.raises(ModelUnavailable) as caught:
        load(info, device="cpu")
    return caught.value


def test_weights_with_one_changed_byte_are_refused(copy: ModelInfo) -> None:
    data = bytearray(copy.weights_file.read_bytes())
    data[-1] ^= 1
    copy.weights_file.write_bytes(data)
    error = refusal(copy)
    assert error.key == "model_damaged"
    assert "sha256" in str(error.values["reason"])


def test_a_model_without_the_head_is_refused(copy: ModelInfo) -> None:
    assert refusal(_without(copy, "cls.predictions.transform")).key == "head_missing"


def test_a_model_without_one_of_its_layers_is_refused(copy: ModelInfo) -> None:
    assert refusal(_without(copy, "bert.encoder.layer.1.")).key == "model_damaged"


def test_an_architecture_nobody_described_is_refused(copy: ModelInfo) -> None:
    assert refusal(dataclasses.replace(copy, family="mystery")).key == "model_unsupported"


def test_pickled_weights_are_never_read(copy: ModelInfo) -> None:
    import torch

    copy.weights_file.unlink()
    torch.save({}, copy.folder / "pytorch_model.bin")
    assert refusal(copy).key == "model_missing"


def test_the_embedded_model_is_read_as_fp32_and_knows_its_fruit(mini_mbert: Model) -> None:
    import torch

    assert {parameter.dtype for parameter in mini_mbert._net.parameters()} == {torch.float32}
    tokens = mini_mbert.tokenizer.encode("这个苹[MASK]又甜又脆")
    ids, mask = mini_mbert.tensor_inputs([tokens.ids])
    at = torch.tensor([tokens.ids.index(mini_mbert.tokenizer.mask_id)])
    logits = mini_mbert.decode(mini_mbert.transform(mini_mbert.last_hidden_at(ids, at, mask)))
    assert mini_mbert.tokenizer.vocabulary()[int(logits[0].argmax())] == "果"


def test_the_device_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from explorer.models.network.loader import DEVICE_VARIABLE, pick_device

    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    monkeypatch.setenv(DEVICE_VARIABLE, "cuda:1")
    assert pick_device() == "cuda:1"
    monkeypatch.delenv(DEVICE_VARIABLE)
    assert pick_device() in ("cpu", "cuda", "mps")


def test_loading_prints_nothing(tiny_bert: ModelInfo, capfd: pytest.CaptureFixture[str]) -> None:
    from explorer.models.network.loader import load

    load(tiny_bert, device="cpu")
    assert capfd.readouterr() == ("", "")


def test_two_models_are_never_built_at_once(tiny_bert: ModelInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library unties the matrices of every class while it reads one: a second network would miss its head."""
    from transformers import BertForMaskedLM

    from explorer.models.network.loader import load

    build, inside, most = BertForMaskedLM.from_pretrained, [0], [0]
    other_came = threading.Event()

    def counted(*args: Any, **options: Any) -> Any:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        if inside[0] > 1:
            other_came.set()
        other_came.wait(0.3)
        try:
            return build(*args, **options)
        finally:
            inside[0] -= 1

    monkeypatch.setattr(BertForMaskedLM, "from_pretrained", counted)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(load, tiny_bert, device="cpu") for _ in range(2)]
        assert all(one.result().n_layers == 3 for one in both)
    assert most == [1]
