"""What views ask of a model's vocabulary: its mask, a word's id, ordinary tokens, how a piece is written for a reader.

Asked often, so kept by model; a tokenizer answers, no weights are read.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

import numpy as np

from explorer.engine import get_engine, uses

_NAMED = re.compile(r"\[(PAD|UNK|CLS|SEP|MASK|unused\d+)\]|</?(s|pad|unk|mask)>")


@lru_cache(maxsize=8)
def mask_id(model: str) -> int:
    """The id of [MASK], whatever it is called. Some tokenizers put a mark before any text; that is not it."""
    tokens = get_engine().tokens(model, "[MASK]")
    return next(i for i, (start, end) in zip(tokens.ids, tokens.offsets, strict=True) if end > start)


@lru_cache(maxsize=2)
def ordinary(model: str) -> tuple[int, ...]:
    """Ids of the tokens that stand for text, told by their strings: not [CLS], <s> or [unused7]."""
    return tuple(n for n, piece in enumerate(get_engine().vocabulary(model)) if piece and not _NAMED.fullmatch(piece))


def random_token(model: str, seed: int, position: int) -> int:
    """A token drawn from all ordinary ones, the same for the same seed and position."""
    drawn = ordinary(model)
    return drawn[int(np.random.default_rng((seed, position)).integers(len(drawn)))]


@lru_cache(maxsize=2)
def index(model: str) -> dict[str, int]:
    """Token strings to ids."""
    return {token: number for number, token in enumerate(get_engine().vocabulary(model))}


def url(info: uses.ModelInfo) -> str:
    """Where the browser fetches the token strings, relative to the app's root; new weights mean a new address."""
    return f"vocabulary/{info.revision[:12]}/{quote(info.id)}"


def plain(token: str) -> str:
    """A token without the mark of its tokenizer: ## of a piece that goes on, Ġ or ▁ of one that begins a word."""
    return (token[1:] if token[:1] in ("Ġ", "▁") else token.removeprefix("##")) or token
