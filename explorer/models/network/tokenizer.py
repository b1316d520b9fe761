"""Tokenizer: how a model cuts a text, on the `tokenizers` package alone (no torch, no transformers).

Knows tokenizer.json (or a bare vocab.txt of word pieces) and the catalogue's note that a model reads simplified
characters only. What a reader types stays what it is: of the special tokens' names only those of the mask and of
T5's sentinels are understood; "[SEP]" typed by hand is five letters and brackets, as it would be in any other text.
"""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from cachetools import LRUCache, cachedmethod
from tokenizers import BertWordPieceTokenizer, Tokenizer

from explorer.errors import ModelUnavailable
from explorer.lab.types.core import Tokens
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.network.byte_level import shown
from explorer.models.network.model_files import CONFIG_LIMIT, config, damaged, read_capped

MOST_KEPT = 50_000  # tokens of the texts last read: pages, experiments and snippets ask for the same text again
FILE_LIMIT = 64 * 2**20  # bytes of tokenizer.json
_one_at_a_time = threading.Lock()
_HALF_CHARACTERS = re.compile("[\ud800-\udfff]")  # lone surrogates, which no UTF-8 text can hold
_SENTINEL = re.compile(r"<extra_id_(\d+)>")  # T5's marks for what was left out
_SPACE_MARK = "▁"  # how SentencePiece writes the blank before a word
# Traditional characters that GB 2312 has as well, for a second meaning or as a name (乾 in 乾隆, 於 in 樊於期): in a
# text they speak for traditional writing. 著 and 藉 are left out: 著名 and 狼藉 are everyday simplified words.
_TRADITIONAL_IN_GB2312 = frozenset("後於乾徵夥菸捱摺甯麽麴薹吒")
SPECIAL_NAMES = {
    "mask": ("[MASK]", "<mask>"),  # of one length, so that offsets stay true where one is read as the other
    "cls": ("[CLS]", "<s>", "<bos>"),
    "sep": ("[SEP]", "</s>", "<eos>", "<|endoftext|>"),
    "unk": ("[UNK]", "<unk>"),
    "pad": ("[PAD]", "<pad>"),
}


class TextTokenizer:
    """Cuts texts into tokens. Safe to use from several threads; build it with `for_model`.

    mask_id, cls_id, sep_id, unk_id, pad_id are None where the model has no such token; sentinel_ids is empty where it
    has no sentinels. `size`: how many tokens the model knows, which may be more than the file names; ValueError where
    the file gives an ordinary token an id beyond them. `closes` False: a text is read as one that goes on, so the token
    that the file puts behind it ([SEP] where a causal model reads with BERT's vocabulary) is left out.
    """

    def __init__(
        self, definition: dict[str, Any], *, simplified: bool = False, size: int = 0, closes: bool = True
    ) -> None:
        definition = _within(definition, size)
        added: list[dict[str, Any]] = definition.get("added_tokens") or []
        ids = {token["content"]: int(token["id"]) for token in added if token.get("special")}
        self.mask_id, self.cls_id, self.sep_id, self.unk_id, self.pad_id = (
            next((ids[name] for name in names if name in ids), None) for names in SPECIAL_NAMES.values()
        )
        self.special_ids = frozenset(ids.values())
        sentinels = {int(match[1]): ids[name] for name in ids if (match := _SENTINEL.fullmatch(name))}
        self.sentinel_ids = tuple(sentinels[number] for number in sorted(sentinels))
        # A special token that is not marked as one is still found in the text; `encode_special_tokens` then
        # leaves all others to be read as ordinary characters.
        readable = {self.mask_id, *self.sentinel_ids}
        understood = [{**token, "special": token["id"] not in readable and token.get("special")} for token in added]
        self._cut = Tokenizer.from_str(
            json.dumps({**definition, "added_tokens": understood, "truncation": None, "padding": None})
        )
        self._cut.encode_special_tokens = True
        strings = {number: piece for piece, number in self._cut.get_vocab(with_added_tokens=True).items()}
        if _has(definition.get("pre_tokenizer"), "ByteLevel"):
            names = {token["id"] for token in added}
            strings = {number: piece if number in names else shown(piece) for number, piece in strings.items()}
        self._vocabulary = tuple(strings.get(number, "") for number in range(max(max(strings) + 1, size)))
        self._known = frozenset(self._vocabulary)
        self._prefix: str = (definition.get("model") or {}).get("continuing_subword_prefix") or ""
        # Unigram finds its special tokens' names in any text, marked or not; there another bracket stands for theirs.
        plain = [name for name, number in ids.items() if number not in readable and len(name) > 1]
        self._names = tuple(plain) if (definition.get("model") or {}).get("type") == "Unigram" else ()
        self._cuts_words = any(_has(definition.get("pre_tokenizer"), kind) for kind in _WORD_CUTTERS)
        self._simplified = simplified
        self._closes = closes
        self._encoded: LRUCache[Any, Tokens] = LRUCache(MOST_KEPT, getsizeof=len)
        self._lock = threading.Lock()

    @cachedmethod(lambda self: self._encoded, lock=lambda self: self._lock)
    def encode(self, text: str, pair: str | None = None) -> Tokens:
        """How the model reads `text`, or the pair `text`, `pair`; special tokens included, nothing cut off.

        Offsets point into `tokens.text`: the text as given, or, for a pair, both with a line feed between them. Blanks
        that a piece takes in with a word are left out of its range, and a piece that stands for no character at all
        (the mark that some tokenizers put before a text) has an empty one. Several pieces that spell one character in
        bytes all have that character's range.
        Traditional characters are read as their simplified forms where the model knows only these.
        """
        readable = self._readable(text)
        encoding = self._cut.encode(readable, None if pair is None else self._readable(pair))
        whole = text if pair is None else f"{text}\n{pair}"
        shift = len(text) + 1
        offsets = []
        for number, span, side in zip(encoding.ids, encoding.offsets, encoding.sequence_ids, strict=True):
            start, end = (edge + shift * (side == 1) for edge in span) if side is not None else (0, 0)
            offsets.append(_trimmed(whole, start, end, self._vocabulary[number]))
        special = tuple(word is None for word in encoding.word_ids)
        if not self._closes:
            last = max((at for at, apart in enumerate(special) if not apart), default=0) + 1
            encoding.truncate(min(last, len(special)))
            offsets, special = offsets[:last], special[:last]
        words = (
            _words(encoding.word_ids, encoding.sequence_ids)
            if self._cuts_words
            else _words_of_text(whole, offsets, special)
        )
        return Tokens(
            text=whole,
            pieces=tuple(self._vocabulary[number] for number in encoding.ids),
            ids=tuple(encoding.ids),
            type_ids=tuple(encoding.type_ids),
            offsets=tuple(offsets),
            special=special,
            unknown=tuple(number == self.unk_id for number in encoding.ids),
            words=words,
        )

    def definition(self) -> dict[str, Any]:
        """The tokenizer as tokenizer.json describes it (pre_tokenizer, model with vocab and merges …)."""
        found: dict[str, Any] = json.loads(self._cut.to_str())
        return found

    @property
    def reads_simplified(self) -> bool:
        """True where traditional characters are read as their simplified forms."""
        return self._simplified

    def pieces_of(self, word: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """The pieces and ids of `word` on its own, without special tokens around them."""
        ids = tuple(self._cut.encode(self._readable(word), add_special_tokens=False).ids)
        return tuple(self._vocabulary[number] for number in ids), ids

    def vocabulary(self) -> tuple[str, ...]:
        """Token strings by id, "" where an id has no token.

        As the file names them, but for byte-level vocabularies, which spell every character in letters that stand for
        bytes: there the characters themselves (see byte_level.py).
        """
        return self._vocabulary

    def decode(self, ids: Sequence[int]) -> str:
        """The text that `ids` stand for, special tokens left out; bytes that make no character become U+FFFD."""
        text: str = self._cut.decode([number for number in ids if number not in self.special_ids])
        return text

    def is_continuation(self, token_id: int) -> bool:
        """True for a piece that continues a word (##ing)."""
        piece = self._vocabulary[token_id]
        return bool(self._prefix) and piece.startswith(self._prefix) and len(piece) > len(self._prefix)

    def simplify(self, text: str) -> tuple[str, bool]:
        """`text` with its traditional 汉字 in their simplified forms, and whether any was replaced.

        One character for one, so that offsets stay true; a character whose simplified form is unknown too stays. In a
        text with kana, 汉字 that the vocabulary has are Japanese and stay as well: a model may know 車 from there and
        still not know what it means in Chinese.
        """
        japanese = any(_is_kana(char) for char in text)
        told = {char for char in set(text) if _is_han(char) and (char not in self._known or not japanese)}
        if all(_is_standard(char) and char in self._known for char in told):
            return text, False
        simple = _simplified(text)
        if len(simple) != len(text):
            simple = "".join(map(_simplified, text))
        pairs = zip(text, simple, strict=True)
        read = "".join(new if old in told and new in self._known else old for old, new in pairs)
        return read, read != text

    def _readable(self, text: str) -> str:
        whole = _HALF_CHARACTERS.sub("\ufffd", text)
        if self.mask_id is not None:
            for name in SPECIAL_NAMES["mask"]:
                whole = whole.replace(name, self._vocabulary[self.mask_id])
        for name in self._names:
            whole = whole.replace(name, f"‹{name[1:]}")
        return self.simplify(whole)[0] if self._simplified else whole


def for_model(info: ModelInfo) -> TextTokenizer:
    """The tokenizer of a catalogued model. Raises ModelUnavailable("model_missing" or "model_damaged")."""
    with _one_at_a_time:  # whoever comes while it is read waits for it instead of reading it as well
        return _read(info)


@lru_cache(maxsize=8)
def _read(info: ModelInfo) -> TextTokenizer:
    path = info.folder / "tokenizer.json"
    if not path.exists() and (info.folder / "vocab.txt").exists():
        path = info.folder / "vocab.txt"
    text = read_capped(info, path, FILE_LIMIT)
    size = config(info)["vocab_size"]
    try:
        definition = json.loads(text) if path.suffix == ".json" else word_pieces(text, _settings(info))
        return TextTokenizer(definition, simplified=info.simplified, size=size, closes=info.kind != "causal")
    except ModelUnavailable:
        raise
    except Exception as error:  # the tokenizers package raises bare Exception for a file it can't use
        raise damaged(info, path, str(error)) from error


# Pre-tokenizers that end a token where a word ends; without one of them, words are told from the text.
_WORD_CUTTERS = ("BertPreTokenizer", "ByteLevel", "Metaspace", "Whitespace", "WhitespaceSplit")


def _has(part: Any, kind: str) -> bool:
    """Whether a part of tokenizer.json is of this kind, or is a sequence with such a member."""
    if not isinstance(part, dict):
        return False
    return part.get("type") == kind or any(_has(inner, kind) for inner in part.get("pretokenizers") or ())


def _trimmed(text: str, start: int, end: int, piece: str) -> tuple[int, int]:
    """The range without blanks at its ends, unless nothing else is in it."""
    inside = text[start:end]
    if piece and not piece.strip(_SPACE_MARK) and inside.strip():
        return start, start
    if not inside.strip():
        return start, end
    return end - len(inside.lstrip()), start + len(inside.rstrip())


def _words(word_ids: list[int | None], sides: list[int | None]) -> tuple[int, ...]:
    """Word numbers as the tokenizer gives them, those of a pair's second text counted on."""
    both = list(zip(word_ids, sides, strict=True))
    first = max((word for word, side in both if word is not None and side == 0), default=-1) + 1
    return tuple(-1 if word is None else word + first * (side == 1) for word, side in both)


def _words_of_text(text: str, offsets: list[tuple[int, int]], special: tuple[bool, ...]) -> tuple[int, ...]:
    """Word numbers told from the characters: a word is letters and digits in a row; 汉字 and signs stand alone."""
    words, word, last = [], -1, 0
    for (start, end), apart in zip(offsets, special, strict=True):
        if apart:
            words.append(-1)
            continue
        before, char = text[max(0, start - 1) : start], text[start : start + 1]
        same_character = start < last
        continues = start == last and _in_word(before) and _in_word(char)
        if word < 0 or not (same_character or continues):
            word += 1
        words.append(word)
        last = max(last, end)
    return tuple(words)


def _in_word(char: str) -> bool:
    return char.isalnum() and not _is_han(char)


def _settings(info: ModelInfo) -> dict[str, Any]:
    path = info.folder / "tokenizer_config.json"
    return json.loads(read_capped(info, path, CONFIG_LIMIT)) if path.exists() else {}


def word_pieces(vocabulary: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """tokenizer.json's content for BERT's older vocab.txt (one entry a line) and tokenizer_config.json."""
    lines = vocabulary.removesuffix("\n").split("\n")  # Google's has an entry U+2028, which ends no line here
    cut = BertWordPieceTokenizer(
        {piece.removesuffix("\r"): number for number, piece in enumerate(lines)},
        lowercase=settings.get("do_lower_case", True),
        handle_chinese_chars=settings.get("tokenize_chinese_chars", True),
        strip_accents=settings.get("strip_accents"),
    )
    definition: dict[str, Any] = json.loads(cut.to_str())
    return definition


def _is_kana(char: str) -> bool:
    return "\u3040" <= char <= "\u30ff"


def _within(definition: dict[str, Any], size: int) -> dict[str, Any]:
    """The definition without the added tokens for which the weights have no row (marks of pictures, in Gemma's file).

    Raises ValueError for any other token beyond `size`: such a file belongs to other weights. `size` 0: unknown.
    """
    added: list[dict[str, Any]] = definition.get("added_tokens") or []
    beyond = {str(token["content"]) for token in added if size and int(token["id"]) >= size}
    model: dict[str, Any] = definition.get("model") or {}
    pieces = model.get("vocab")
    named = dict(pieces) if isinstance(pieces, dict) else {piece: at for at, (piece, *_) in enumerate(pieces or ())}
    for piece, number in named.items():
        if size and int(number) >= size and piece not in beyond:
            raise ValueError(f"{piece!r} is token {number}, but the weights have {size}")
    if not beyond:
        return definition
    kept = [token for token in added if token["content"] not in beyond]
    if isinstance(pieces, dict):
        model = {**model, "vocab": {piece: number for piece, number in pieces.items() if piece not in beyond}}
    return {**definition, "added_tokens": kept, "model": model}


def _is_standard(char: str) -> bool:
    """Whether a 汉字 is written so on the mainland: text of these alone is simplified already.

    It is in GB 2312, and not as the traditional form of another.
    """
    if char in _TRADITIONAL_IN_GB2312:
        return False
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _is_han(char: str) -> bool:
    return unicodedata.name(char, "").startswith("CJK ")


@lru_cache(maxsize=256)
def _simplified(text: str) -> str:
    return str(_converter().convert(text))


@lru_cache(maxsize=1)
def _converter() -> Any:
    from opencc import OpenCC  # here, because its tables take a moment and most texts never need them

    return OpenCC("t2s")
