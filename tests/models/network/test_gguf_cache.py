"""GGUF files: read as the transformers library reads them, kept as safetensors, and never half a copy used."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from explorer import paths
from explorer.errors import ModelUnavailable
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.network import chat, tokenizer
from explorer.models.network import gguf_cache as conversion
from tests import tiny

if TYPE_CHECKING:
    from torch import Tensor

    from explorer.models.network.model import Model

NAMES = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "model.layers": "blk",
}


TEMPLATE = "{{ messages[0]['content'] }} !"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(paths.CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def packed(tiny_of: Callable[[str], ModelInfo], tmp_path: Path) -> ModelInfo:
    """The tiny Llama as a GGUF file, its matrices in blocks of 8-bit numbers."""
    return pack(tiny_of, tmp_path, "Q8_0")


def pack(tiny_of: Callable[[str], ModelInfo], tmp_path: Path, matrices: str) -> ModelInfo:
    """The tiny Llama as a GGUF file, its matrices in this kind of numbers."""
    import gguf
    from safetensors.numpy import load_file

    source = tiny_of("llama")
    shutil.copytree(source.folder, tmp_path / "model")
    (tmp_path / "model" / "model.safetensors").unlink()
    writer = gguf.GGUFWriter(tmp_path / "model" / "model.gguf", "llama")
    writer.add_name("tiny")
    writer.add_chat_template(TEMPLATE)
    writer.add_block_count(3)
    writer.add_embedding_length(32)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_token_list([f"token {number}" for number in range(300)])
    for name, tensor in load_file(source.weights_file).items():
        for long, short in NAMES.items():
            name = name.replace(long, short)
        if "attn_q" in name or "attn_k" in name:  # GGUF keeps the two halves of a rotary pair side by side
            heads = 4 if "attn_q" in name else 2
            tensor = tensor.reshape(heads, 2, -1, tensor.shape[1]).swapaxes(1, 2).reshape(tensor.shape)
        kind = gguf.GGMLQuantizationType[matrices if tensor.ndim == 2 else "F32"]
        data = gguf.quantize(np.ascontiguousarray(tensor), kind)
        writer.add_tensor(name, data, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return tiny.describe("llama", "causal", tmp_path / "model", "model.gguf")


def test_the_chat_template_of_a_gguf_file_is_read(packed: ModelInfo) -> None:
    told = dataclasses.replace(packed, id="tiny-instruct")
    assert chat.follows(told)
    names = tokenizer.for_model(told).vocabulary()
    assert "".join(names[token] for token in chat.asked(told, "The kettle is singing.")).endswith("!")


def network() -> Any:
    from transformers import LlamaForCausalLM

    return LlamaForCausalLM


def test_every_tensor_is_what_the_library_reads(packed: ModelInfo) -> None:
    import torch
    from transformers.modeling_gguf_pytorch_utils import load_gguf_checkpoint

    config = network().config_class.from_pretrained(packed.folder)
    with torch.device("meta"):
        empty = network()(config)
    expected = load_gguf_checkpoint(str(packed.weights_file), return_tensors=True, model_to_load=empty)["tensors"]
    found = conversion.tensors(packed, network())
    assert set(found) == set(expected)
    for name, tensor in expected.items():
        assert torch.equal(found[name], tensor), name


def test_it_answers_nearly_as_before_it_was_packed(packed: ModelInfo, tiny_model_of: Callable[[str], Model]) -> None:
    import torch

    from explorer.models.network.loader import load

    model, whole = load(packed, device="cpu"), tiny_model_of("llama")
    assert {parameter.dtype for parameter in model._net.parameters()} == {torch.float32}
    assert model._net.lm_head.weight is model._net.model.embed_tokens.weight
    ids = torch.tensor([[2, 9, 30, 12]])
    np.testing.assert_allclose(model.hidden_states(ids)[:, 0], whole.hidden_states(ids)[:, 0], atol=0.5)
    assert not np.array_equal(model.hidden_states(ids), whole.hidden_states(ids))


@pytest.mark.parametrize(("matrices", "near"), [("F16", 0.001), ("Q8_0", 0.01)])
def test_its_next_tokens_are_those_of_the_weights_it_was_packed_from(
    matrices: str, near: float, tiny_of: Callable[[str], ModelInfo], tiny_model_of: Callable[[str], Model],
    tmp_path: Path,
) -> None:  # fmt: skip
    """Rows of q and k lie in another order there: read as they lie, attention is broken and nothing says so."""
    import torch

    from explorer.models.network.loader import load

    model, whole = load(pack(tiny_of, tmp_path, matrices), device="cpu"), tiny_model_of("llama")
    for ids in ([[2, 9, 30, 12]], [[2, 77, 5, 41, 200, 3, 18, 99]]):
        mine, theirs = (one.step(torch.tensor(ids))[0][0].softmax(-1).numpy() for one in (model, whole))
        np.testing.assert_allclose(mine, theirs, atol=near)
        first = 3 if matrices == "F16" else 1  # blocks of 8 bits may change places that are as good as equal
        assert np.argsort(-mine)[:first].tolist() == np.argsort(-theirs)[:first].tolist()


def test_norms_that_gguf_keeps_one_higher_are_the_library_s(
    tiny_of: Callable[[str], ModelInfo], tiny_model_of: Callable[[str], Model], tmp_path: Path
) -> None:
    """Gemma multiplies by 1 + w; a GGUF file holds the sum. Added again, the answers sound right and are not."""
    import gguf
    import torch
    from safetensors.numpy import load_file

    from explorer.models.network.loader import load

    source = tiny_of("gemma3_text")
    shutil.copytree(source.folder, tmp_path / "model")
    (tmp_path / "model" / "model.safetensors").unlink()
    writer = gguf.GGUFWriter(tmp_path / "model" / "model.gguf", "gemma3")
    writer.add_block_count(3)
    writer.add_token_list([f"token {number}" for number in range(300)])
    table = gguf.get_tensor_name_map(gguf.MODEL_ARCH.GEMMA3, 3)
    for name, tensor in load_file(source.weights_file).items():
        stem, _, last = name.rpartition(".")
        kept = tensor + 1 if stem.endswith("norm") else tensor
        writer.add_tensor(f"{table.get_name(stem)}.{last}", np.ascontiguousarray(kept, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    model = load(tiny.describe("gemma3_text", "causal", tmp_path / "model", "model.gguf"), device="cpu")
    ids = torch.tensor([[2, 9, 30, 12, 44, 7]])
    np.testing.assert_allclose(
        model.hidden_states(ids), tiny_model_of("gemma3_text").hidden_states(ids), atol=0.02, rtol=0.01
    )


def test_the_copy_is_made_once_and_gives_the_same_numbers(
    packed: ModelInfo, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from explorer.models.network.loader import load

    ids = torch.tensor([[2, 9, 30, 12]])
    first = load(packed, device="cpu").hidden_states(ids)
    (folder,) = (cache / "converted").iterdir()
    assert folder.name.startswith(packed.revision)
    assert sorted(path.name for path in folder.iterdir()) == ["converted.json", "model.safetensors"]
    monkeypatch.setattr(conversion, "tensors", _must_not_run)
    assert torch.equal(load(packed, device="cpu").hidden_states(ids), first)


def _must_not_run(*_: object) -> None:
    raise AssertionError("converted again")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def _without_note(path: Path) -> None:
    (path.parent / "converted.json").unlink()


@pytest.mark.parametrize("harm", [_cut, _flip, _without_note], ids=lambda harm: harm.__name__)
def test_a_damaged_copy_is_made_anew(packed: ModelInfo, harm: Callable[[Path], None]) -> None:
    sound = conversion.converted(packed, network()).read_bytes()
    harm(conversion.converted(packed, network()))
    assert conversion.converted(packed, network()).read_bytes() == sound


def test_what_was_left_half_made_is_not_taken(packed: ModelInfo, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(conversion, "_compare", dies)
        with pytest.raises(KeyboardInterrupt):
            conversion.converted(packed, network())
    assert list((cache / "converted").iterdir()) == []
    assert conversion.converted(packed, network()).is_file()


def test_two_that_want_it_at_once_have_it_made_once(packed: ModelInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two apps started together: neither may take the other's fresh copy for a damaged one and remove it."""
    made, tensors, begin = [], conversion.tensors, threading.Barrier(2)

    def slowly(*which: Any) -> dict[str, Tensor]:
        made.append(threading.get_ident())
        time.sleep(0.3)
        return tensors(*which)

    def use() -> int:
        begin.wait()
        return conversion.converted(packed, network()).stat().st_ino

    monkeypatch.setattr(conversion, "tensors", slowly)
    with ThreadPoolExecutor(2) as pool:
        files = [one.result() for one in [pool.submit(use), pool.submit(use)]]
    assert len(made) == 1
    assert files == [conversion.converted(packed, network()).stat().st_ino] * 2


def test_no_room_is_told_before_anything_is_written(
    packed: ModelInfo, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    with pytest.raises(ModelUnavailable) as caught:
        conversion.converted(packed, network())
    assert caught.value.key == "disk_full"
    assert list((cache / "converted").iterdir()) == []


def test_numbers_that_fp16_cannot_hold_are_refused(packed: ModelInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    found = conversion.tensors(packed, network())
    found["model.norm.weight"][0] = 1e6
    monkeypatch.setattr(conversion, "tensors", lambda *_: found)
    with pytest.raises(ModelUnavailable) as caught:
        conversion.converted(packed, network())
    assert caught.value.key == "model_damaged"
    assert "model.norm.weight" in str(caught.value.values["reason"])


def test_a_file_cut_off_inside_its_tensors_is_damage(packed: ModelInfo) -> None:
    _cut(packed.weights_file)
    shorter = dataclasses.replace(packed, bytes=0, revision="")
    with pytest.raises(ModelUnavailable) as caught:
        conversion.converted(shorter, network())
    assert caught.value.key == "model_damaged"


def test_a_config_of_another_size_is_damage(packed: ModelInfo) -> None:
    from explorer.models.network.loader import load

    path = packed.folder / "config.json"
    settings = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(settings | {"intermediate_size": 128}), encoding="utf-8")
    with pytest.raises(ModelUnavailable) as caught:
        load(packed, device="cpu")
    assert caught.value.key == "model_damaged"


def test_the_place_of_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(paths.CACHE_VARIABLE, str(tmp_path))
    assert paths.cache_folder() == tmp_path
    monkeypatch.delenv(paths.CACHE_VARIABLE)
    assert paths.cache_folder().name == "open-sesame"


def test_without_a_home_the_cache_lies_in_a_temporary_folder_of_one_s_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As in a container whose user has no home, or whose files are read-only. A file stands for what forbids it."""
    (tmp_path / "home").write_text("no folder", encoding="utf-8")
    (tmp_path / "tmp").mkdir()
    monkeypatch.delenv(paths.CACHE_VARIABLE, raising=False)
    monkeypatch.setattr(paths.platformdirs, "user_cache_path", lambda *name, **more: tmp_path / "home" / ".cache")
    monkeypatch.setattr(paths.tempfile, "gettempdir", lambda: str(tmp_path / "tmp"))
    folder = paths.cache_folder()
    assert folder.parent == tmp_path / "tmp"
    assert folder == paths.cache_folder()
    if hasattr(os, "getuid"):
        assert folder.stat().st_mode & 0o077 == 0, "what lies in a cache is trusted"


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="Windows has a temporary folder for every user")
def test_a_temporary_folder_that_another_user_may_have_made_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / f"open-sesame-{os.getuid()}").symlink_to(tmp_path / "theirs")
    monkeypatch.setattr(paths.tempfile, "gettempdir", lambda: str(tmp_path))
    found = paths.temporary_folder()
    assert found.is_dir() and not found.is_symlink()
    assert found.name != f"open-sesame-{os.getuid()}"


def test_a_cache_that_cannot_be_written_is_named(packed: ModelInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    from explorer.models.network.loader import load

    monkeypatch.setenv(paths.CACHE_VARIABLE, str(packed.folder / "config.json"))
    with pytest.raises(ModelUnavailable) as caught:
        load(packed, device="cpu")
    assert (caught.value.key, caught.value.values["name"]) == ("setting_bad", paths.CACHE_VARIABLE)
