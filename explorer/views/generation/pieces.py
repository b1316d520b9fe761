"""Tokens as text: which bytes spell a character together, what a row of tokens says, and how a link carries it.

Knows how vocabularies write blanks, line feeds and bytes. It runs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_BYTE = re.compile(r"<0x([0-9A-F]{2})>")
_MARKS = str.maketrans({"▁": " ", "Ġ": " ", "Ċ": "\n"})
DIGITS = 3  # of base 64: up to 262,144 tokens, Gemma's whole vocabulary
_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


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


def pack(ids: tuple[int, ...]) -> str:
    """Ids as text, three signs each."""
    return "".join(_SIGNS[token >> 12] + _SIGNS[token >> 6 & 63] + _SIGNS[token & 63] for token in ids)


def unpack(text: str) -> tuple[int, ...]:
    """The ids in a text made by `pack`; ends at the first sign that is none."""
    ids = []
    for at in range(0, len(text) - DIGITS + 1, DIGITS):
        places = [_SIGNS.find(sign) for sign in text[at : at + DIGITS]]
        if min(places) < 0:
            break
        ids.append(places[0] << 12 | places[1] << 6 | places[2])
    return tuple(ids)
