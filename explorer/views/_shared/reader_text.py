"""The reader's text as a model reads it: cut to what fits, 繁体 read as 简体, and what has to be said about both.

It knows the tokenizer's answer; it runs no experiment.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from explorer.engine import get_engine
from explorer.errors import Told
from explorer.lab.types.core import Tokens
from explorer.ui import page_parts

CHARACTERS_A_TOKEN = 24  # of a longer text no more is looked at


@dataclass(frozen=True)
class ReaderText:
    """`typed` characters were written and `used` of them are read; `simplified` is True when 繁体 was read as 简体."""

    tokens: Tokens
    typed: int
    used: int
    simplified: bool


def read(model: str, text: str, most: int) -> ReaderText:
    """`text` as `model` reads it, its first `most` tokens. Raises Told("text_empty")."""
    if not text.strip():
        raise Told("text_empty")
    tokens, simplified = cut(model, text, most)
    return ReaderText(tokens, len(text), len(tokens.text), simplified)


@lru_cache(maxsize=1024)
def cut(model: str, text: str, most: int) -> tuple[Tokens, bool]:
    """The first `most` tokens of `text`, and whether 繁体 was read as 简体."""
    engine = get_engine()
    plain, simplified = engine.simplify(model, text[: most * CHARACTERS_A_TOKEN])
    tokens = engine.tokens(model, plain)
    if len(tokens) > most:
        tokens = engine.tokens(model, plain[: tokens.offsets[most - 2][1]])
        while len(tokens) > most:
            tokens = engine.tokens(model, tokens.text[:-1])
    return tokens, simplified


def remarks(text: ReaderText, most: int) -> None:
    """What was left out, read in another script, or not known."""
    if text.used < text.typed:
        page_parts.notice("common.cut", "warn", limit=most, typed=text.typed, used=text.used)
    if text.simplified:
        page_parts.notice("common.simplified")
    if any(text.tokens.unknown):
        page_parts.notice("common.unknown")
