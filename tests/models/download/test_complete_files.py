"""Vocabularies of older kinds become tokenizer.json, once, in the model's folder; what is there is left alone."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from explorer.errors import Told
from explorer.models.download import complete_files
from tests.models.download import material

WEIGHTS = "model.safetensors"
CORPUS = ("ein kleiner Vogel singt", "der Vogel fliegt fort", "小鸟在唱歌", "小鸟飞走了")


def put(folder: Path, config: dict[str, object], **files: bytes) -> None:
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    for name, body in files.items():
        (folder / name.replace("__", ".")).write_bytes(body)


def test_a_list_of_word_pieces(tmp_path: Path) -> None:
    words = "[PAD] [UNK] [CLS] [SEP] [MASK] 小 鸟 bird ##s".split()
    config = {"model_type": "gpt2", "tokenizer_class": "BertTokenizer", "vocab_size": len(words)}
    put(tmp_path, config, vocab__txt="\n".join(words).encode(), tokenizer_config__json=b'{"do_lower_case": false}')
    before = (tmp_path / "config.json").read_bytes()
    complete_files.complete(material.entry(), tmp_path, WEIGHTS)
    pieces = Tokenizer.from_file(str(tmp_path / "tokenizer.json")).encode("小鸟 birds").tokens
    assert pieces == ["[CLS]", "小", "鸟", "bird", "##s", "[SEP]"]
    assert (tmp_path / "config.json").read_bytes() == before
    assert not (tmp_path / ".made").exists()


def test_a_sentencepiece_vocabulary(tmp_path: Path) -> None:
    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS), model_writer=model, vocab_size=30, model_type="unigram", minloglevel=3,
        pad_id=0, eos_id=1, unk_id=2, bos_id=-1,
    )  # fmt: skip
    config = {"model_type": "mt5", "tokenizer_class": "T5Tokenizer", "vocab_size": 30}
    put(tmp_path, config, spiece__model=model.getvalue(), tokenizer_config__json=b'{"extra_ids": 0}')
    complete_files.complete(material.entry(), tmp_path, WEIGHTS)
    reader = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    text = "der kleine Vogel 小鸟"
    pieces = Tokenizer.from_file(str(tmp_path / "tokenizer.json")).encode(text, add_special_tokens=False).tokens
    assert pieces == reader.encode(text, out_type=str)


def test_what_is_complete_is_left_alone(tmp_path: Path) -> None:
    put(tmp_path, material.CONFIG, tokenizer__json=b"as it came")
    complete_files.complete(material.entry(), tmp_path, WEIGHTS)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {
        "config.json": json.dumps(material.CONFIG).encode(),
        "tokenizer.json": b"as it came",
    }


@pytest.mark.parametrize("files", [{}, {"spiece__model": b"no vocabulary"}])
def test_a_vocabulary_that_cannot_be_read(tmp_path: Path, files: dict[str, bytes]) -> None:
    put(tmp_path, {"model_type": "mt5", "tokenizer_class": "T5Tokenizer"}, **files)
    with pytest.raises(Told) as caught:
        complete_files.complete(material.entry(), tmp_path, WEIGHTS)
    assert caught.value.key == "conversion_failed"
    assert not (tmp_path / "tokenizer.json").exists()


def test_a_line_of_an_odd_character_and_a_mark_before_the_first_keep_every_number(tmp_path: Path) -> None:
    """An id is the number of its line: Google's list has an entry U+2028, and Notepad puts U+FEFF before the first."""
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "‹", "\u2028", "，", "我", "们"]
    config = {"model_type": "bert", "tokenizer_class": "BertTokenizer", "vocab_size": len(words)}
    put(tmp_path, config, vocab__txt=("\ufeff" + "\r\n".join(words) + "\r\n").encode())
    complete_files.complete(material.entry(), tmp_path, WEIGHTS)
    made = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    assert made.encode("我们，").ids == [2, 8, 9, 7, 3]
    assert made.get_vocab() == {word: number for number, word in enumerate(words)}
