"""Byte-level BPE: the pieces of such vocabularies (GPT-2, RoBERTa, BART, Qwen) as a reader can read them.

Such a vocabulary spells bytes: each of the 256 has a letter of its own, so that 你 is written ä½ł. Here the letters
become characters again. Knows strings only.
Method: Radford et al. 2019 (GPT-2), section 2.2; the table of letters is the one that their vocabulary was saved with.
"""

from __future__ import annotations


def _letters() -> dict[str, int]:
    """Letter → byte: bytes that print stand for themselves, the others for the letters from U+0100 on."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    rest = [byte for byte in range(256) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {chr(0x100 + n): byte for n, byte in enumerate(rest)}


_BYTE_OF = _letters()
_LETTER_OF = {byte: letter for letter, byte in _BYTE_OF.items()}


def spelled(text: str) -> str:
    """`text` in the letters of such a vocabulary, one a byte: "é" → "Ã©"; half a surrogate pair becomes "?"."""
    return "".join(_LETTER_OF[byte] for byte in text.encode("utf-8", "replace"))


def shown(piece: str) -> str:
    """`piece` in characters: "ä½łå¥½" → "你好", "Ġthe" → "Ġthe", "ä½" → "<0xE4><0xBD>".

    Bytes that print nothing (the blank Ġ, the line feed Ċ) keep their letters, as the literature writes them; bytes
    that make no whole character are written as SentencePiece vocabularies write theirs. A piece that would then look
    like another, because its characters are such letters themselves, stays as it is.
    """
    if not piece or any(letter not in _BYTE_OF for letter in piece):
        return piece
    text = bytes(_BYTE_OF[letter] for letter in piece).decode("utf-8", "surrogateescape")
    if any(0x100 <= ord(char) < 0x144 for char in text):
        return piece
    return "".join(_shown(char) for char in text)


def _shown(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that could not be decoded
        return f"<0x{code - 0xDC00:02X}>"
    if (code < 0x80 and not char.isprintable()) or char == " ":
        return _LETTER_OF[code]
    return char
