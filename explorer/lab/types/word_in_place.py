"""A typed word in its place: the tokens it is read as where it stands, and not on its own.

In a vocabulary that keeps the blank with the word (Ġwater in RoBERTa, ▁water in XLM-R), a word at the beginning of a
text and the same word after a blank are different tokens. Knows `Tokens` and a tokenizer as a function; runs nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from explorer.lab.types.core import Tokens

Cut = Callable[[str], Tokens]


def pieces_at(cut: Cut, text: str, span: tuple[int, int], word: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Pieces and ids of `word` where it stands in place of text[span].

    As the whole text with the word in it is cut; where its neighbours would grow into it, as what comes before it and
    the word are cut; where even these would be one, as the word alone.
    """
    start, end = span
    word = word.strip()
    whole = cut(text[:start] + word + text[end:])
    found = [
        n for n, (a, b) in enumerate(whole.offsets) if not whole.special[n] and a < start + len(word) and b > start
    ]
    if found and whole.offsets[found[0]][0] == start and whole.offsets[found[-1]][1] == start + len(word):
        return tuple(whole.pieces[n] for n in found), tuple(whole.ids[n] for n in found)
    before, longer = _ordinary(cut(text[:start].rstrip())), _ordinary(cut(text[:start] + word))
    if before and len(longer) > len(before) and longer[: len(before)] == before:
        rest = longer[len(before) :]
    else:
        rest = _ordinary(cut(word))
    return tuple(piece for piece, _ in rest), tuple(number for _, number in rest)


def _ordinary(tokens: Tokens) -> list[tuple[str, int]]:
    return [(tokens.pieces[n], tokens.ids[n]) for n in range(len(tokens)) if not tokens.special[n]]
