"""How a model's tokenizer cuts a text, on the `tokenizers` package alone (no torch, no transformers).

Knows tokenizer.json and the catalogue's note that a model reads simplified characters only. What a reader types stays
what it is: of the special tokens' names only that of the mask is understood; "[SEP]" typed by hand is five letters
and brackets, as it would be in any other text.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache
from typing import Any

from tokenizers import Tokenizer

from explorer.lab.types.core import Tokens
from explorer.models.catalog import ModelInfo
from explorer.models.errors import ModelError
from explorer.models.files import damaged, read_capped

FILE_LIMIT = 64 * 2**20  # bytes of tokenizer.json
_HALF_CHARACTERS = re.compile("[\ud800-\udfff]")  # lone surrogates, which no UTF-8 text can hold
SPECIAL_NAMES = {
    "mask": ("[MASK]", "<mask>"),
    "cls": ("[CLS]", "<s>", "<bos>"),
    "sep": ("[SEP]", "</s>", "<eos>"),
    "unk": ("[UNK]", "<unk>"),
    "pad": ("[PAD]", "<pad>"),
}


class TextTokenizer:
    """Cuts texts into tokens. Safe to use from several threads; build it with `for_model`.

    mask_id, cls_id, sep_id, unk_id, pad_id are None where the model has no such token.
    """

    def __init__(self, definition: dict[str, Any], *, simplified: bool = False) -> None:
        added: list[dict[str, Any]] = definition.get("added_tokens") or []
        ids = {token["content"]: int(token["id"]) for token in added if token.get("special")}
        self.mask_id, self.cls_id, self.sep_id, self.unk_id, self.pad_id = (
            next((ids[name] for name in names if name in ids), None) for names in SPECIAL_NAMES.values()
        )
        self.special_ids = frozenset(ids.values())
        # A special token that is not marked as one is still found in the text; `encode_special_tokens` then
        # leaves all others to be read as ordinary characters.
        understood = [{**token, "special": token["id"] != self.mask_id and token.get("special")} for token in added]
        self._cut = Tokenizer.from_str(
            json.dumps({**definition, "added_tokens": understood, "truncation": None, "padding": None})
        )
        self._cut.encode_special_tokens = True
        strings = {number: piece for piece, number in self._cut.get_vocab(with_added_tokens=True).items()}
        self._vocabulary = tuple(strings.get(number, "") for number in range(max(strings) + 1))
        self._known = frozenset(self._vocabulary)
        self._prefix: str = (definition.get("model") or {}).get("continuing_subword_prefix") or ""
        self._simplified = simplified

    def encode(self, text: str, pair: str | None = None) -> Tokens:
        """How the model reads `text`, or the pair `text`, `pair`; special tokens included, nothing cut off.

        Offsets point into `tokens.text`: the text as given, or, for a pair, both with a line feed between them.
        Traditional characters are read as their simplified forms where the model knows only these.
        """
        readable = self._readable(text)
        encoding = self._cut.encode(readable, None if pair is None else self._readable(pair))
        shift = len(text) + 1
        first_words = max((word for word, side in zip(encoding.word_ids, encoding.sequence_ids, strict=True)
                           if word is not None and side == 0), default=-1) + 1  # fmt: skip
        offsets, words = [], []
        for (start, end), word, side in zip(encoding.offsets, encoding.word_ids, encoding.sequence_ids, strict=True):
            second = side == 1
            offsets.append((start + shift, end + shift) if second else (start, end))
            words.append(-1 if word is None else word + first_words * second)
        return Tokens(
            text=text if pair is None else f"{text}\n{pair}",
            pieces=tuple(encoding.tokens),
            ids=tuple(encoding.ids),
            type_ids=tuple(encoding.type_ids),
            offsets=tuple(offsets),
            special=tuple(word is None for word in encoding.word_ids),
            unknown=tuple(number == self.unk_id for number in encoding.ids),
            words=tuple(words),
        )

    @property
    def reads_simplified(self) -> bool:
        """True where traditional characters are read as their simplified forms."""
        return self._simplified

    def pieces_of(self, word: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """The pieces and ids of `word` on its own, without special tokens around them."""
        encoding = self._cut.encode(self._readable(word), add_special_tokens=False)
        return tuple(encoding.tokens), tuple(encoding.ids)

    def vocabulary(self) -> tuple[str, ...]:
        """Token strings by id."""
        return self._vocabulary

    def is_continuation(self, token_id: int) -> bool:
        """True for a piece that continues a word (##ing)."""
        piece = self._vocabulary[token_id]
        return bool(self._prefix) and piece.startswith(self._prefix) and len(piece) > len(self._prefix)

    def simplify(self, text: str) -> tuple[str, bool]:
        """`text` with the 汉字 that the vocabulary lacks in their simplified forms, and whether any was replaced.

        One character for one, so that offsets stay true; a character whose simplified form is unknown too stays.
        """
        unknown = {char for char in set(text) if _is_han(char) and char not in self._known}
        table = {
            ord(char): simple for char in unknown if len(simple := _simplified(char)) == 1 and simple in self._known
        }
        return (text.translate(table), True) if table else (text, False)

    def _readable(self, text: str) -> str:
        whole = _HALF_CHARACTERS.sub("\ufffd", text)
        return self.simplify(whole)[0] if self._simplified else whole


@lru_cache(maxsize=8)
def for_model(info: ModelInfo) -> TextTokenizer:
    """The tokenizer of a catalogued model. Raises ModelError("model_missing" or "model_damaged")."""
    path = info.folder / "tokenizer.json"
    text = read_capped(info, path, FILE_LIMIT)
    try:
        return TextTokenizer(json.loads(text), simplified=info.simplified)
    except ModelError:
        raise
    except Exception as error:  # the tokenizers package raises bare Exception for a file it can't use
        raise damaged(info, path, str(error)) from error


def _is_han(char: str) -> bool:
    return unicodedata.name(char, "").startswith("CJK ")


@lru_cache(maxsize=4096)
def _simplified(char: str) -> str:
    return str(_converter().convert(char))


@lru_cache(maxsize=1)
def _converter() -> Any:
    from opencc import OpenCC  # here, because its tables take a moment and most texts never need them

    return OpenCC("t2s")
