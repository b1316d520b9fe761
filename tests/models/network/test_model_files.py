"""Whether a folder can be loaded is judged before it is; sizes come from headers alone."""

from __future__ import annotations

import dataclasses
import json
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from explorer import paths
from explorer.errors import ModelUnavailable
from explorer.models.catalog import catalog
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.network import model_files, weight_headers


@pytest.fixture
def copy(tiny_bert: ModelInfo, tmp_path: Path) -> ModelInfo:
    """A copy of the tiny model that a test may break."""
    shutil.copytree(tiny_bert.folder, tmp_path / "model")
    return dataclasses.replace(tiny_bert, path=str(tmp_path / "model"))


def refusal(info: ModelInfo) -> ModelUnavailable:
    with pytest.raises(ModelUnavailable) as caught:
        model_files.check(info)
    return caught.value


def test_a_sound_folder_passes(copy: ModelInfo) -> None:
    model_files.check(copy)


@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_a_missing_file_is_named(copy: ModelInfo, name: str) -> None:
    (copy.folder / name).unlink()
    error = refusal(copy)
    assert error.key == "model_missing"
    assert error.values["path"] == str(copy.folder / name)


def test_a_missing_folder(copy: ModelInfo) -> None:
    assert refusal(dataclasses.replace(copy, path=copy.path + "-gone")).key == "model_missing"


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _lie_about_the_header(path: Path) -> None:
    path.write_bytes(struct.pack("<Q", 2**62) + path.read_bytes()[8:])


def _garble_the_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:8] + b"\xff" * 40 + path.read_bytes()[48:])


def _half_an_offset(path: Path) -> None:
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.dumps({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0]}}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + data[8 + length :])


@pytest.mark.parametrize(
    "harm", [_truncate, _empty, _lie_about_the_header, _garble_the_header, _half_an_offset], ids=lambda f: f.__name__
)
def test_a_damaged_weights_file(copy: ModelInfo, harm: object) -> None:
    harm(copy.weights_file)  # type: ignore[operator]
    assert refusal(copy).key == ("file_empty" if harm is _empty else "model_damaged")


def test_another_size_than_the_catalogues_is_damage(copy: ModelInfo) -> None:
    error = refusal(dataclasses.replace(copy, bytes=copy.bytes + 1))
    assert error.key == "model_damaged"
    assert str(copy.bytes) in str(error.values["reason"])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b"[" * 10**5,
        b"\xff\xfe",
        b" " * (model_files.CONFIG_LIMIT + 1),
        b'{"model_type": "bert", "vocab_size": -1}',
    ],
    ids=["empty", "list", "unclosed", "nested", "not utf-8", "huge", "negative"],
)
def test_a_damaged_config(copy: ModelInfo, content: bytes) -> None:
    (copy.folder / "config.json").write_bytes(content)
    assert refusal(copy).key == ("model_damaged" if content else "file_empty")


def test_a_config_with_absurd_sizes_is_refused(copy: ModelInfo) -> None:
    path = copy.folder / "config.json"
    settings = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(settings | {"hidden_size": 10**9}), encoding="utf-8")
    assert refusal(copy).key == "model_damaged"


def test_a_model_too_large_for_the_free_memory_is_refused_from_its_header(
    copy: ModelInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = weight_headers.read(copy.weights_file).n_weights * 4 * 1.2
    monkeypatch.setattr(model_files, "free_memory", lambda: int(needed) + 1)
    model_files.check(copy)
    monkeypatch.setattr(model_files, "free_memory", lambda: int(needed) - 1)
    assert refusal(copy).key == "model_too_large"


def test_free_memory_is_a_sensible_number() -> None:
    assert 2**20 < model_files.free_memory() < 2**50


def test_facts_of_the_embedded_bert_add_up() -> None:
    facts = model_files.facts(catalog.entry("mini-mbert"))
    d, vocabulary = facts.d_model, facts.vocab_size
    assert (facts.n_layers, facts.n_heads, d, vocabulary, facts.max_positions) == (12, 12, 384, 33_627, 512)
    assert facts.tied_head
    assert facts.n_head_weights == d * d + d + 2 * d + d * vocabulary + vocabulary  # dense, LayerNorm, matrix, bias
    assert facts.n_embedding_weights == (vocabulary + 512 + 2) * d + 2 * d
    layers = 12 * (4 * (d * d + d) + 2 * d + d * 1536 + 1536 + 1536 * d + d + 2 * d)
    pooler, next_sentence = d * d + d, 2 * d + 2
    counted_twice = d * vocabulary
    parts = facts.n_embedding_weights + layers + facts.n_head_weights - counted_twice + pooler + next_sentence
    assert facts.n_weights == parts


def test_facts_of_the_embedded_gemma() -> None:
    facts = model_files.facts(catalog.entry("gemma-3-270m-lite"))
    assert (facts.n_layers, facts.n_heads, facts.d_model, facts.vocab_size) == (18, 4, 640, 48_677)
    assert facts.n_embedding_weights == facts.n_head_weights == 48_677 * 640
    assert facts.tied_head


def test_a_gguf_cut_off_inside_its_header_is_damage(tmp_path: Path) -> None:
    info = catalog.entry("gemma-3-270m-lite")
    shutil.copy(info.folder / "config.json", tmp_path)
    with info.weights_file.open("rb") as whole:
        (tmp_path / info.weights).write_bytes(whole.read(100_000))
    assert refusal(dataclasses.replace(info, path=str(tmp_path))).key == "model_damaged"
    (tmp_path / info.weights).write_bytes(b"GGML" + bytes(60))
    assert refusal(dataclasses.replace(info, path=str(tmp_path))).key == "model_damaged"


def test_neither_sizes_nor_tokens_nor_the_lab_import_torch() -> None:
    program = """
import sys
from explorer.models.catalog import catalog
from explorer.models.network import model_files, tokenizer
from explorer.lab import filling, lottery, masking, scanning
info = catalog.default("masked")
model_files.check(info), model_files.facts(info), tokenizer.for_model(info).encode("雨停了")
assert not {"torch", "transformers", "jieba"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=paths.ROOT)
