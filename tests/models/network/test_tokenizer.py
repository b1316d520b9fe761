"""Our tokenizer against the transformers library's, and what it does with texts nobody planned for."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import ModelUnavailable
from explorer.models.catalog.catalog import ModelInfo, default
from explorer.models.network.byte_level import shown
from explorer.models.network.tokenizer import TextTokenizer, for_model
from tests import tiny

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


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("한국어 공부", ["한국어", "공부"]),
        ("हिन्दी", ["हिन्दी"]),
        ("các bạn", ["bạn"]),
        ("happy😊", []),
        ("开心😊", []),
        ("２０２４年的ＧＤＰ", []),
        ("㍿①ﬁ１２", ["㍿①ﬁ１２"]),
    ],
)
def test_each_chip_is_a_piece_of_what_was_typed_and_what_is_unknown_is_marked(
    ours: TextTokenizer, text: str, unknown: list[str]
) -> None:
    """No syllable is taken apart into letters that nobody typed, no vowel sign is lost, no width is changed."""
    tokens = ours.encode(text)
    places = [at for at in range(len(tokens)) if not tokens.special[at]]
    assert "".join(tokens.surface(at) for at in places) == text.replace(" ", "")
    assert [tokens.surface(at) for at in places if tokens.unknown[at]] == unknown


def test_in_a_model_without_capitals_a_sign_at_a_word_takes_the_word_along(
    tiny_bert: ModelInfo, tmp_path: Path
) -> None:
    """BERT's own cutter calls a whole word unknown for one sign that it lacks; apart from the word, the sign alone."""
    from tokenizers import BertWordPieceTokenizer

    shutil.copytree(tiny_bert.folder, tmp_path / "model")
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "happy", "cafe"]
    cut = BertWordPieceTokenizer({name: number for number, name in enumerate(names)}, lowercase=True)
    cut.save(str(tmp_path / "model" / "tokenizer.json"))
    uncased = for_model(dataclasses.replace(tiny_bert, path=str(tmp_path / "model")))
    for text, chips, unknown in (
        ("happy😊", ["happy😊"], [True]),
        ("Happy 😊", ["Happy", "😊"], [False, True]),
        ("Café", ["Café"], [False]),
    ):
        tokens = uncased.encode(text)
        assert [tokens.surface(at) for at in range(1, len(tokens) - 1)] == chips
        assert [*tokens.unknown[1:-1]] == unknown


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


def test_traditional_characters_that_the_vocabulary_has_from_japanese_are_chinese_in_chinese(
    ours: TextTokenizer,
) -> None:
    for char in "車書學買":
        assert char in ours.vocabulary()
    assert ours.simplify("學生買書，騎車去。") == ("学生买书，骑车去。", True)
    assert ours.simplify("学生は車で学校へ行く。") == ("学生は車で学校へ行く。", False)
    assert ours.encode("學生買書").surface(3) == "買"


def test_characters_that_both_ways_of_writing_have_follow_their_words(ours: TextTokenizer) -> None:
    assert ours.simplify("他後來寫了一部著名的書。") == ("他后来写了一部著名的书。", True)
    assert ours.simplify("一部著名的小说，藉此一读。") == ("一部著名的小说，藉此一读。", False)


def test_traditional_characters_that_gb_2312_has_as_well_are_read_as_traditional(ours: TextTokenizer) -> None:
    read = {
        "我以後再去。": "我以后再去。", "皇后在後面": "皇后在后面", "由於下雨": "由于下雨",
        "頭髮發白，屋裡乾淨": "头发发白，屋里干净",
        "大夥": "大伙", "香菸": "香烟", "捱打": "挨打", "摺紙": "折纸", "徵求": "征求",
    }  # fmt: skip
    for text, simple in read.items():
        assert ours.simplify(text) == (simple, True)
    for text in ("乾隆年间", "哪吒闹海", "著名的小说", "狼藉一片"):
        assert ours.simplify(text) == (text, False)


def test_the_traditional_characters_of_gb_2312_are_those_that_opencc_changes(ours: TextTokenizer) -> None:
    """Nothing else that is in the standard and in the vocabulary becomes another character on its own."""
    from opencc import OpenCC

    standard = [char for char in ours.vocabulary() if len(char) == 1 and char >= "\u4e00" and _in_gb2312(char)]
    changed = {char for char in standard if OpenCC("t2s").convert(char) != char}
    assert changed == {char for char in standard if ours.simplify(char)[0] != char}
    assert len(changed) >= 10


def _in_gb2312(char: str) -> bool:
    try:
        return bool(char.encode("gb2312"))
    except UnicodeEncodeError:
        return False


def test_a_character_without_a_simple_form_keeps_its_place(ours: TextTokenizer) -> None:
    tokens = ours.encode("老人齾齒而笑，蘋果很甜")
    assert [tokens.surface(at) for at in range(1, len(tokens) - 1)] == list("老人齾齒而笑，蘋果很甜")
    assert "齒" not in tokens.pieces
    assert "苹" in tokens.pieces


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
    with pytest.raises(ModelUnavailable) as caught:
        for_model(dataclasses.replace(tiny_bert, path=str(tmp_path / "model")))
    assert caught.value.key == ("model_damaged" if content else "file_empty")


def test_a_missing_file(tiny_bert: ModelInfo, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        for_model(dataclasses.replace(tiny_bert, path=str(tmp_path)))
    assert caught.value.key == "model_missing"


def test_a_byte_level_tokenizer_reads_every_text() -> None:
    gemma = for_model(default("causal"))
    tokens = gemma.encode("深度学习 <eos> 龘😀")
    assert tokens.ids[0] == gemma.cls_id
    assert gemma.sep_id not in tokens.ids
    assert gemma.mask_id is None
    assert not any(tokens.unknown)


TINY_TEXTS = (
    "The gardener was listening, 树下有一口井。",
    "  two  blanks\nand a line",
    "龘😀 é naïve",
    "[SEP] </s> <eos> <|endoftext|>",
    "",
    "㍿①ﬁ１２ 第……章 ２０２４",
)


@pytest.mark.parametrize("family", tiny.FAMILIES)
@pytest.mark.parametrize("text", TINY_TEXTS)
def test_every_kind_of_tokenizer_cuts_as_the_library_does(
    family: str, text: str, tiny_of: Callable[[str], ModelInfo]
) -> None:
    """Where the text holds no special token's name; those the library reads as tokens, the app as text."""
    from transformers import PreTrainedTokenizerFast

    info = tiny_of(family)
    mine = for_model(info)
    tokens = mine.encode(text)
    theirs = PreTrainedTokenizerFast(tokenizer_file=str(info.folder / "tokenizer.json"))
    expected = theirs(text, return_offsets_mapping=True, truncation=False)
    if text == TINY_TEXTS[3]:
        ordinary = [number for number, special in zip(tokens.ids, tokens.special, strict=True) if not special]
        assert not set(ordinary) & (mine.special_ids - {mine.unk_id})
    else:
        assert list(tokens.ids) == expected["input_ids"]
        for (start, end), (left, right) in zip(tokens.offsets, expected["offset_mapping"], strict=True):
            assert left <= start <= end <= right
    covered = {at for start, end in tokens.offsets for at in range(start, end)}
    assert all(at in covered for at, char in enumerate(text) if not char.isspace())
    for (start, end), special in zip(tokens.offsets, tokens.special, strict=True):
        assert not special or start == end == 0
        assert text[start:end] == text[start:end].strip() or not text[start:end].strip()
    assert [word < 0 for word in tokens.words] == list(tokens.special)
    ordinary_words = [word for word in tokens.words if word >= 0]
    assert ordinary_words == sorted(ordinary_words)
    assert len(mine.vocabulary()) == len(theirs)


@pytest.mark.parametrize("family", [name for name in tiny.FAMILIES if tiny.FAMILIES[name][2] == "masked"] + ["bart"])
def test_the_mask_is_found_in_either_spelling(family: str, tiny_of: Callable[[str], ModelInfo]) -> None:
    """RoBERTa's mask takes in the blank before it; its range does not."""
    mine = for_model(tiny_of(family))
    for spelling in ("[MASK]", "<mask>"):
        text = f"The {spelling} key {spelling}{spelling}"
        tokens = mine.encode(text)
        at = [position for position, number in enumerate(tokens.ids) if number == mine.mask_id]
        assert [text[slice(*tokens.offsets[position])] for position in at] == [spelling] * 3
        assert not any(tokens.special[position] for position in at)
        assert {tokens.pieces[position] for position in at} == {mine.vocabulary()[mine.mask_id or 0]}
        assert tokens.text == text


def test_bytes_are_shown_as_characters(tiny_of: Callable[[str], ModelInfo]) -> None:
    mine = for_model(tiny_of("gpt2"))
    tokens = mine.encode("the 井龘\n")
    assert tokens.pieces[-1] == "Ċ"
    spelled = [at for at in range(len(tokens)) if tokens.surface(at) == "龘"]
    assert [tokens.pieces[at] for at in spelled] == ["<0xE9>", "<0xBE>", "<0x98>"]
    assert mine.decode(tokens.ids) == "the 井龘\n"
    assert mine.decode(tokens.ids[:-2]).endswith("\ufffd")


def test_gemma_spells_what_it_lacks_in_bytes(tiny_of: Callable[[str], ModelInfo]) -> None:
    mine = for_model(tiny_of("gemma3_text"))
    tokens = mine.encode("the key 龘")
    assert tokens.pieces[-3:] == ("<0xE9>", "<0xBE>", "<0x98>")
    assert set(tokens.offsets[-3:]) == {(8, 9)}
    assert len(set(tokens.words[-3:])) == 1
    assert mine.decode(tokens.ids) == "the key 龘"


def test_words_are_told_from_the_text_where_the_tokenizer_does_not_say() -> None:
    gemma = for_model(default("causal"))
    tokens = gemma.encode("The unforgettable cat's 树，龘")
    by_word: dict[int, str] = {}
    for at, word in enumerate(tokens.words):
        start, end = tokens.offsets[at]
        by_word[word] = by_word.get(word, "") + tokens.text[start:end]
    assert list(by_word.values()) == ["", "The", "unforgettable", "cat", "'", "s", " ", "树", "，", "龘龘龘"]


def test_the_sentinels_of_t5_are_understood(tiny_of: Callable[[str], ModelInfo]) -> None:
    mine = for_model(tiny_of("t5"))
    tokens = mine.encode("The <extra_id_0> is <extra_id_1>.")
    assert [number for number in tokens.ids if number in mine.sentinel_ids] == list(mine.sentinel_ids[:2])
    assert mine.mask_id is None
    assert (mine.pad_id, mine.sep_id, mine.unk_id) == (0, 1, 2)


def test_a_folder_with_an_older_vocabulary_file(tiny_of: Callable[[str], ModelInfo], tmp_path: Path) -> None:
    shutil.copytree(tiny_of("bert").folder, tmp_path / "model")
    info = dataclasses.replace(tiny_of("bert"), path=str(tmp_path / "model"))
    whole = for_model(info)
    (info.folder / "vocab.txt").write_text("\n".join(whole.vocabulary()) + "\n", encoding="utf-8")
    (info.folder / "tokenizer_config.json").write_text('{"do_lower_case": false}', encoding="utf-8")
    (info.folder / "tokenizer.json").unlink()
    older = for_model(dataclasses.replace(info, id="older"))
    text = "The [MASK] gardener 树下"
    assert older.encode(text).ids == whole.encode(text).ids
    assert older.encode(text).offsets == whole.encode(text).offsets
    assert (older.mask_id, older.special_ids) == (whole.mask_id, whole.special_ids)


def test_lines_of_a_vocabulary_file_end_at_line_feeds_only(tiny_of: Callable[[str], ModelInfo], tmp_path: Path) -> None:
    """Google's Chinese vocabulary has an entry that is U+2028 alone; Notepad puts a mark before the first one."""
    shutil.copytree(tiny_of("bert").folder, tmp_path / "model")
    folder = tmp_path / "model"
    (folder / "tokenizer.json").unlink()
    settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    for mark, end in (("", "\n"), ("\ufeff", "\r\n")):
        entries = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "‹", "\u2028", "，", "我", "们", "\x85a", "\x0bb"]
        (folder / "vocab.txt").write_bytes((mark + end.join(entries) + end).encode())
        (folder / "config.json").write_text(json.dumps(settings | {"vocab_size": 12}), encoding="utf-8")
        older = for_model(dataclasses.replace(tiny_of("bert"), id=f"older{len(end)}", path=str(folder)))
        assert older.encode("我们，").ids == (2, 8, 9, 7, 3)
        assert len(older.vocabulary()) == 12
        assert older.pad_id == 0


def test_a_mark_at_the_head_of_a_file_is_no_damage(tiny_of: Callable[[str], ModelInfo], tmp_path: Path) -> None:
    shutil.copytree(tiny_of("bert").folder, tmp_path / "model")
    for name in ("tokenizer.json", "config.json"):
        path = tmp_path / "model" / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    marked = for_model(dataclasses.replace(tiny_of("bert"), path=str(tmp_path / "model")))
    assert marked.vocabulary() == for_model(tiny_of("bert")).vocabulary()


def test_tokens_beyond_the_table_are_refused_and_marks_beyond_it_left_out(
    tiny_of: Callable[[str], ModelInfo], tmp_path: Path
) -> None:
    shutil.copytree(tiny_of("bert").folder, tmp_path / "model")
    path = tmp_path / "model" / "tokenizer.json"
    definition = json.loads(path.read_text(encoding="utf-8"))
    size = len(definition["model"]["vocab"])
    added = [*definition["added_tokens"], {**definition["added_tokens"][0], "id": size, "content": "<picture>"}]
    whole = TextTokenizer({**definition, "added_tokens": added}, size=size)
    assert len(whole.vocabulary()) == size
    assert max(whole.encode("a <picture> 树").ids) < size
    path.write_text(json.dumps({**definition, "model": {**definition["model"], "vocab": {
        **definition["model"]["vocab"], "extra": size}}}), encoding="utf-8")  # fmt: skip
    with pytest.raises(ModelUnavailable) as caught:
        for_model(dataclasses.replace(tiny_of("bert"), path=str(tmp_path / "model")))
    assert caught.value.key == "model_damaged"
    assert "extra" in str(caught.value.values)


def test_a_causal_model_reads_a_text_that_goes_on(tiny_of: Callable[[str], ModelInfo]) -> None:
    """Chinese GPTs with BERT's vocabulary have a tokenizer that closes every text with [SEP]."""
    tokenizer = for_model(dataclasses.replace(tiny_of("bert"), id="gpt2-with-bert-vocabulary", kind="causal"))
    tokens = tokenizer.encode("山上有一棵")
    assert tokens.pieces == ("[CLS]", *"山上有一棵")
    assert tokenizer.encode("").pieces == ("[CLS]",)


def test_ids_that_the_model_has_and_the_file_does_not_name(tiny_of: Callable[[str], ModelInfo], tmp_path: Path) -> None:
    """Qwen's and T5's matrices have more rows than their vocabularies have entries."""
    shutil.copytree(tiny_of("qwen2").folder, tmp_path / "model")
    path = tmp_path / "model" / "config.json"
    settings = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(settings | {"vocab_size": settings["vocab_size"] + 40}), encoding="utf-8")
    mine = for_model(dataclasses.replace(tiny_of("qwen2"), path=str(tmp_path / "model")))
    assert len(mine.vocabulary()) == settings["vocab_size"] + 40
    assert set(mine.vocabulary()[-40:]) == {""}


@pytest.mark.parametrize(
    ("piece", "readable"),
    [
        ("Ġthe", "Ġthe"),
        ("ä½łå¥½", "你好"),
        ("ä½", "<0xE4><0xBD>"),
        ("ĊĊ", "ĊĊ"),
        ("Äł", "Äł"),
        ("Ã©", "é"),
        ("<s>", "<s>"),
    ],
)
def test_letters_of_bytes(piece: str, readable: str) -> None:
    assert shown(piece) == readable
