"""Arriving: what a page asks of a sentence that comes from another one: its model can read it, and all of it fits.

It knows the tokenizer's answer; what the page then does with the sentence is its own business.
"""

from __future__ import annotations

from explorer.engine import get_engine, uses
from explorer.errors import Told
from explorer.lab.types.core import Tokens

MOST_UNKNOWN = 0.5  # share of a sentence's tokens that may be unknown; with more of them nothing is read


def readable(model: uses.ModelInfo, text: str, most: int, second: str = "") -> Tokens:
    """`text` (and `second`) as `model` reads it, whole.

    Raises Told: carried_long where it has more than `most` tokens, carried_unreadable where the model knows too few
    of them.
    """
    engine = get_engine()
    first, also = (engine.simplify(model.id, part)[0] for part in (text, second))
    tokens = engine.tokens(model.id, first, also or None)
    if len(tokens) > most:
        raise Told("carried_long", limit=most, used=len(tokens))
    lost = [unknown for unknown, special in zip(tokens.unknown, tokens.special, strict=True) if not special or unknown]
    if not lost or sum(lost) > MOST_UNKNOWN * len(lost):
        raise Told("carried_unreadable", model=model.name)
    return tokens
