"""What views ask of a model's vocabulary: its mask, a word's id, ordinary tokens, how a piece is written for a reader.

Asked often, so kept by model; a tokenizer answers, no weights are read.
"""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from urllib.parse import quote

import numpy as np

from explorer.engine import get_engine, uses
from explorer.lab.types.arrays import Floats
from explorer.lab.types.word_in_place import pieces_at

_MARKS = ("##", "Ġ", "▁")
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


def token_at(model: str, text: str, span: tuple[int, int], word: str) -> int | None:
    """The one token that `word` is where it stands in place of text[span]; None where it is several, or unknown.

    A piece may be typed under its own name too: ##ing, Ġwater, ▁water.
    """
    if not word.strip():
        return None
    own = index(model).get(word) if word.startswith(_MARKS) else None
    return own if own is not None else _token_at(model, text, span, word)


@lru_cache(maxsize=512)
def _token_at(model: str, text: str, span: tuple[int, int], word: str) -> int | None:
    ids = pieces_at(lambda line: get_engine().tokens(model, line), text, span, word)[1]
    return ids[0] if len(ids) == 1 and ids[0] in _ordinary_set(model) else None


@lru_cache(maxsize=2)
def _ordinary_set(model: str) -> frozenset[int]:
    return frozenset(ordinary(model))


@lru_cache(maxsize=4)
def by_name(model: str) -> bool:
    """Whether a word is the token of its own name wherever it stands: not where blanks or capitals change it."""
    tokens = get_engine().tokens(model, "A")
    return [tokens.pieces[n] for n in range(len(tokens)) if not tokens.special[n]] == ["A"] and not any(
        piece[:1] in ("Ġ", "▁") and len(piece) > 1 for piece in get_engine().vocabulary(model)[:2000]
    )


@lru_cache(maxsize=2)
def apart(model: str) -> tuple[int, ...]:
    """Ids of the tokens that stand for no text, and so for no answer: special ones and the vocabulary's reserve."""
    return tuple(sorted({*range(len(get_engine().vocabulary(model)))} - _ordinary_set(model)))


def best(model: str, logits: Floats, count: int) -> list[int]:
    """Ids of the `count` likeliest tokens that stand for text, best first."""
    found = (int(i) for i in np.argsort(-logits, kind="stable"))
    return list(itertools.islice((i for i in found if i in _ordinary_set(model)), count))


def label(token: str) -> str:
    """A token as bars and lists name it: a blank that belongs to it is seen, so water and ␣water are told apart."""
    return f"␣{token[1:]}" if token[:1] in ("Ġ", "▁") and len(token) > 1 else token


def spaced(token: str) -> str:
    """A token with all its blanks seen, wherever in it they stand, however many."""
    return token.replace("▁", "␣").replace("Ġ", "␣")


def laid_out(token: str) -> str:
    """The same, and the end of a line seen too."""
    return spaced(token).replace("\n", "⏎")


@lru_cache(maxsize=2)
def labels(model: str) -> tuple[str, ...]:
    """All tokens by id, as bars and lists name them."""
    return tuple(map(label, get_engine().vocabulary(model)))


def url(info: uses.ModelInfo) -> str:
    """Where the browser fetches the token strings, relative to the app's root; new weights mean a new address."""
    return f"vocabulary/{info.revision[:12]}/{quote(info.id)}"


def plain(token: str) -> str:
    """A token without the mark of its tokenizer: ## of a piece that goes on, Ġ or ▁ of one that begins a word."""
    return (token[1:] if token[:1] in ("Ġ", "▁") else token.removeprefix("##")) or token
