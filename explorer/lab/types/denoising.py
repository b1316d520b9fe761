"""Inputs of chapter 10, 还原: a text broken. How it can be broken, and what comes of it: types/breaking.py.

Positions count tokens from 0, special tokens left out.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.lab.types.breaking import Breakage, Broken
from explorer.lab.types.codec import wire
from explorer.lab.types.core import Tokens
from explorer.lab.types.experiment import Experiment

MAX_TOKENS = 64  # of one text, special tokens included: what the decoder was taught is shorter


@wire("denoising/break-inputs")
@dataclass(frozen=True)
class BreakInputs:
    """A text as token ids without special tokens, where its words begin, and how it is broken.

    mask_id   of [MASK]; None for a vocabulary without one
    """

    ids: tuple[int, ...]
    begins: tuple[bool, ...]
    mask_id: int | None
    how: Breakage


def ordinary(tokens: Tokens) -> list[int]:
    """Positions of the tokens that are text."""
    return [n for n, special in enumerate(tokens.special) if not special]


def plain(tokens: Tokens) -> tuple[int, ...]:
    """Their ids: the text as it is broken, and compared."""
    return tuple(tokens.ids[n] for n in ordinary(tokens))


def of_tokens(tokens: Tokens, mask_id: int | None, how: Breakage) -> BreakInputs:
    """The inputs for a text as a tokenizer has cut it."""
    at = ordinary(tokens)
    begins = tuple(n == at[0] or tokens.words[n] != tokens.words[n - 1] for n in at)
    return BreakInputs(plain(tokens), begins, mask_id, how)


BREAK = Experiment[BreakInputs, Broken]("denoising/break", version=1, runs="here")
