"""Tokens as text: which bytes spell a character together, and what a row of tokens says.

Knows how vocabularies write blanks, line feeds and bytes. It runs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_BYTE = re.compile(r"<0x([0-9A-F]{2})>")
_MARKS = str.maketrans({"▁": " ", "Ġ": " ", "Ċ": "\n"})
ENDS = ("<eos>", "<|endoftext|>", "</s>", "<|im_end|>")
BEGINS = ("<bos>", "<s>", "<|endoftext|>")


def spelled(pieces: Sequence[str]) -> list[tuple[int, str]]:
    """(group, whole) of each token: tokens that spell one character in bytes share a group, and the last of them has
    the character; "" for all others."""
    out: list[tuple[int, str]] = []
    group, waiting = -1, b""
    for piece in pieces:
        if not waiting:
            group += 1
        whole = ""
        for text, byte in _parts(piece):
            if text:
                waiting = b""
                continue
            waiting += byte
            try:
                whole = waiting.decode("utf-8")
                waiting = b""
            except UnicodeDecodeError as error:
                if error.reason != "unexpected end of data":
                    waiting = b""
        out.append((group, whole))
    return out


def text_of(pieces: Sequence[str]) -> str:
    """What the tokens say; bytes that make no character become U+FFFD."""
    raw = b"".join(
        byte or text.translate(_MARKS).encode("utf-8", "replace") for piece in pieces for text, byte in _parts(piece)
    )
    return raw.decode("utf-8", "replace")


def _parts(piece: str) -> list[tuple[str, bytes]]:
    """A piece cut into text and single bytes."""
    parts: list[tuple[str, bytes]] = []
    at = 0
    for found in _BYTE.finditer(piece):
        if found.start() > at:
            parts.append((piece[at : found.start()], b""))
        parts.append(("", bytes([int(found[1], 16)])))
        at = found.end()
    if at < len(piece):
        parts.append((piece[at:], b""))
    return parts
