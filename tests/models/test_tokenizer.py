"""Our tokenizer against the transformers library's, and what it does with texts nobody planned for."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import pytest

from explorer.models.catalog import ModelInfo, default
from explorer.models.errors import ModelError
from explorer.models.tokenizer import TextTokenizer, for_model

TEXTS = {
    "zh": "小猫打翻了桌上的牛奶，自己却跑得不见踪影。",
    "en": "Yesterday's unforgettable concert re-opened the old theatre!",
    "ja": "彼女は図書館でコーヒーを飲みながら、静かに手紙を書いた。",
    "fr de es": "Où est l'été ? Übermorgen kommt die Großmutter. ¿Mañana, señor?",
    "mixed": "我用Python写了3.5行代码（OK吗？）",
    "blank cover": "他们昨天[MASK][MASK]了一场大雨 and then [MASK] slept",
    "emoji": "好开心😀👩‍👩‍👧🇨🇳！",
    "right to left": "السلام عليكم שלום world",
    "other scripts": "Привет мир 안녕 ภาษาไทย",
    "spaces": "  a \t b\n\n c\u3000d ",
    "markup": "<script>alert('x')</script> **b** $x^2$ \\(y\\)",
    "controls": "a\u200bb\u0000c\ufeffd\u00ad",
    "accents": "cafe\u0301 naïve",
    "empty": "",
    "very long": "很" * 3000,
}


@pytest.fixture(scope="module")
def ours() -> TextTokenizer:
    return for_model(default("masked"))


@pytest.fixture(scope="module")
def theirs() -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(default("masked").folder)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_cuts_as_the_library_does(ours: TextTokenizer, theirs: Any, text: str) -> None:
    expected = theirs(text, return_offsets_mapping=True, truncation=False)
    tokens = ours.encode(text)
    assert list(tokens.ids) == expected["input_ids"]
    assert list(tokens.offsets) == expected["offset_mapping"]
    assert list(tokens.type_ids) == expected["token_type_ids"]
    assert list(tokens.pieces) == theirs.convert_ids_to_tokens(expected["input_ids"])
    assert [None if word < 0 else word for word in tokens.words] == expected.word_ids()


def test_pairs_are_cut_as_the_library_does(ours: TextTokenizer, theirs: Any) -> None:
    first, second = "雨下得很大。", "Nobody went out."
    expected = theirs(first, second)
    tokens = ours.encode(first, second)
    assert list(tokens.ids) == expected["input_ids"]
    assert list(tokens.type_ids) == expected["token_type_ids"]
    assert tokens.surface(tokens.pieces.index("went")) == "went"
    ordinary = [word for word in tokens.words if word >= 0]
    assert ordinary == sorted(ordinary)
    assert len(set(ordinary)) == 7 + 4 - 1  # 雨下得很大。 is six words; Nobody went out . are four


def test_offsets_point_at_what_was_typed(ours: TextTokenizer) -> None:
    text = "我 love 苹果[MASK]😀 playing"
    tokens = ours.encode(text)
    surfaces = [tokens.surface(at) for at in range(len(tokens))]
    assert surfaces == ["[CLS]", "我", "love", "苹", "果", "[MASK]", "😀", "playing", "[SEP]"]


def test_the_mask_typed_by_hand_is_the_mask(ours: TextTokenizer) -> None:
    tokens = ours.encode("这个苹[MASK]又甜又脆")
    at = tokens.ids.index(ours.mask_id)
    assert tokens.text[slice(*tokens.offsets[at])] == "[MASK]"
    assert not tokens.special[at]


@pytest.mark.parametrize("name", ["[SEP]", "[CLS]", "[PAD]", "[UNK]"])
def test_other_special_tokens_typed_by_hand_are_text(ours: TextTokenizer, name: str) -> None:
    tokens = ours.encode(f"前{name}后")
    assert not set(tokens.ids[1:-1]) & ours.special_ids
    assert sum(tokens.special) == 2
    assert "".join(tokens.surface(at) for at in range(1, len(tokens) - 1)) == f"前{name}后"


def test_special_ids_and_vocabulary(ours: TextTokenizer) -> None:
    vocabulary = ours.vocabulary()
    assert len(vocabulary) == 33_627
    ids = (ours.pad_id, ours.unk_id, ours.cls_id, ours.sep_id, ours.mask_id)
    assert [vocabulary[number] for number in ids] == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    assert ours.special_ids == set(ids)


def test_unknown_characters_are_marked(ours: TextTokenizer) -> None:
    tokens = ours.encode("龘这")
    assert tokens.unknown == (False, True, False, False)
    assert tokens.pieces[1] == "[UNK]"
    assert tokens.surface(1) == "龘"


def test_pieces_of_a_word(ours: TextTokenizer) -> None:
    pieces, ids = ours.pieces_of("unforgettable")
    assert len(pieces) > 1
    assert not ours.is_continuation(ids[0])
    assert all(ours.is_continuation(number) for number in ids[1:])
    assert pieces[0] + "".join(piece[2:] for piece in pieces[1:]) == "unforgettable"
    assert ours.pieces_of("  ") == ((), ())


def test_traditional_characters_the_model_lacks_are_read_as_simplified(ours: TextTokenizer) -> None:
    assert ours.simplify("他說，") == ("他说，", True)
    tokens = ours.encode("他說，")
    assert tokens.pieces == ("[CLS]", "他", "说", "，", "[SEP]")
    assert tokens.text == "他說，"
    assert tokens.surface(2) == "說"


def test_texts_without_such_characters_stay_as_they_are(ours: TextTokenizer) -> None:
    for text in ("他说话", "plain", "龘", ""):
        assert ours.simplify(text) == (text, False)


def test_half_a_character_does_not_break_anything(ours: TextTokenizer) -> None:
    tokens = ours.encode("a\ud800 b")
    assert [tokens.text[start:end] for start, end in tokens.offsets[1:-1]][-1] == "b"


def test_truncation_in_the_file_is_switched_off(tiny_bert: ModelInfo) -> None:
    assert len(for_model(tiny_bert).encode("树" * 100)) == 102


def test_one_tokenizer_a_model() -> None:
    assert for_model(default("masked")) is for_model(default("masked"))


@pytest.mark.parametrize("content", [b"", b"{}", b'{"model": {"type": "Magic"}}', b"\xff"])
def test_a_damaged_file(tiny_bert: ModelInfo, tmp_path: Path, content: bytes) -> None:
    shutil.copytree(tiny_bert.folder, tmp_path / "model")
    (tmp_path / "model" / "tokenizer.json").write_bytes(content)
    with pytest.raises(ModelError) as caught:
        for_model(dataclasses.replace(tiny_bert, path=str(tmp_path / "model")))
    assert caught.value.key == "model_damaged"


def test_a_missing_file(tiny_bert: ModelInfo, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        for_model(dataclasses.replace(tiny_bert, path=str(tmp_path)))
    assert caught.value.key == "model_missing"


def test_a_byte_level_tokenizer_reads_every_text() -> None:
    gemma = for_model(default("causal"))
    tokens = gemma.encode("深度学习 <eos> 龘😀")
    assert tokens.ids[0] == gemma.cls_id
    assert gemma.sep_id not in tokens.ids
    assert gemma.mask_id is None
    assert not any(tokens.unknown)
