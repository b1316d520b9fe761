"""Special tokens on the page 接龙: which of a text's tokens are no text, and what the others say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from explorer.engine import get_engine
from explorer.lab.types.core import Specials
from explorer.views.generation import pieces


def specials(model: str) -> Specials:
    """The tokens that are no text: all, the one that begins a text, those that end one."""
    return get_engine().specials(model)


def said(model: str, ids: Iterable[int]) -> str:
    """What tokens say: special ones nothing."""
    words, apart = get_engine().vocabulary(model), set(specials(model).ids)
    return pieces.text_of([words[token] for token in ids if token not in apart])


def first_of(model: str, ids: Sequence[int]) -> int:
    """The place of the first token of the text itself: 1 where a special token begins it, else 0."""
    return int(bool(ids) and ids[0] in specials(model).ids)
