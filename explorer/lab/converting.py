"""Which language a token belongs to, and which tokens a dictionary calls right: what the shift is judged by.

Knows scripts, the project's sentences and words, and a tokenizer. Runs no model; of one it takes the embedding table.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from explorer.content import corpora
from explorer.lab.types.arrays import Floats
from explorer.lab.types.core import Tokens
from explorer.lab.types.languages import KIND, Bytes

if TYPE_CHECKING:
    from explorer.models.network.tokenizer import TextTokenizer

LATIN = ("en", "fr", "de", "es")
OWN = 2 / 3  # a token is a language's own where this share of its occurrences (per thousand tokens) is there
RIDGE = 1.0


def token_kinds(tokenizer: TextTokenizer, rows: Floats) -> tuple[Bytes, float, int]:
    """The kind of every token; and how well half b's Latin tokens, unseen in half a, are told from half a's (share, n).

    汉字 and kana by their script. Tokens in Latin letters by where they are found in the project's sentences and words;
    a token found in none of them by ridge regression from its row of the embedding table, learnt from the others.
    """
    vocabulary = tokenizer.vocabulary()
    script = np.array([_script(piece, number in tokenizer.special_ids) for number, piece in enumerate(vocabulary)])
    latin = np.flatnonzero(script == -1)
    kinds = np.where(script == -1, KIND["other"], script).astype(np.uint8)
    a, b = (_found(tokenizer, half) for half in (("a",), ("b",)))
    train, test = _votes(a), {token: kind for token, kind in _votes(b).items() if token not in a}
    told = _told(rows, train, sorted(test))
    right = [kind == test[token] for kind, token in zip(told, sorted(test), strict=True)]
    found = _found(tokenizer, corpora.HALVES)
    known = _votes(found)
    rest = [int(token) for token in latin if token not in found]
    for token, kind in [*known.items(), *zip(rest, _told(rows, known, rest), strict=True)]:
        if script[token] == -1:
            kinds[token] = kind
    return kinds, float(np.mean(right)) if right else float("nan"), len(right)


def right_ids(tokenizer: TextTokenizer, tokens: Tokens, source: str, target: str) -> list[frozenset[int]]:
    """For every ordinary token, the ids that are right in its place: pieces of its word's translations."""
    table = _table(tokenizer, source, target)
    spans = _matches(tokens.text, tuple(table)) if source in ("zh", "ja") else None
    out = []
    for position in range(1, len(tokens) - 1):
        start, end = tokens.offsets[position]
        if spans is None:
            key = _whole_word(tokens, position).casefold()
        else:
            key = next((form for first, last, form in spans if first <= start and end <= last), "")
        out.append(table.get(key, frozenset()))
    return out


def _whole_word(tokens: Tokens, position: int) -> str:
    pieces = [tokens.offsets[at] for at in range(len(tokens)) if tokens.words[at] == tokens.words[position]]
    return tokens.text[min(start for start, _ in pieces) : max(end for _, end in pieces)]


def _matches(text: str, forms: Sequence[str]) -> list[tuple[int, int, str]]:
    """Dictionary words in a text that has no blanks, the longest first from left to right."""
    by_length = sorted((form for form in forms if form), key=len, reverse=True)
    found, at = [], 0
    while at < len(text):
        form = next((form for form in by_length if text.startswith(form, at)), "")
        if form:
            found.append((at, at + len(form), form))
        at += len(form) or 1
    return found


@lru_cache(maxsize=64)
def _table(tokenizer: TextTokenizer, source: str, target: str) -> dict[str, frozenset[int]]:
    """Form (in lower case) → ids of the pieces of all its translations."""
    table: dict[str, set[int]] = {}
    for theirs, ours in zip(corpora.forms(source), corpora.forms(target), strict=True):
        ids = {number for form in ours for number in _telling(tokenizer, form)}
        for form in theirs:
            table.setdefault(form.casefold(), set()).update(ids)
    return {form: frozenset(ids) for form, ids in table.items()}


def _telling(tokenizer: TextTokenizer, form: str) -> set[int]:
    """The pieces of a form that stand for it: the whole form, a 汉字, or letters enough to be no mere ending."""
    telling = set()
    for written in {form, form[:1].upper() + form[1:]}:
        pieces, ids = tokenizer.pieces_of(written)
        for piece, number in zip(pieces, ids, strict=True):
            plain = piece.removeprefix("##").removeprefix("▁")
            enough = 1 if _is_han(plain[:1]) else 2 if _is_kana(plain[:1]) else 3
            if number != tokenizer.unk_id and (len(ids) == 1 or len(plain) >= enough):
                telling.add(number)
    return telling


def _found(tokenizer: TextTokenizer, halves: Iterable[str]) -> dict[int, Floats]:
    """Occurrences per thousand tokens of each Latin language, for tokens of these halves' sentences and of the words.

    Words count in both halves alike: line n in half a if n is even.
    """
    counts = {lang: Counter[int]() for lang in LATIN}
    for lang in LATIN:
        for half, text in zip(corpora.halves(), corpora.sentences(lang), strict=True):
            if half in halves:
                counts[lang].update(tokenizer.encode(text).ids[1:-1])
        for number, forms in enumerate(corpora.forms(lang)):
            if corpora.HALVES[number % 2] in halves:
                counts[lang].update(i for form in forms for i in tokenizer.pieces_of(form)[1])
    found: dict[int, Floats] = {}
    for column, lang in enumerate(LATIN):
        total = counts[lang].total()
        for token, count in counts[lang].items():
            found.setdefault(token, np.zeros(len(LATIN), dtype=np.float32))[column] = 1000 * count / total
    return found


def _votes(found: dict[int, Floats]) -> dict[int, int]:
    """The tokens that are one language's own, and which kind that is."""
    return {
        token: KIND[LATIN[int(shares.argmax())]]
        for token, shares in found.items()
        if shares.max() >= OWN * shares.sum()
    }


def _told(rows: Floats, known: dict[int, int], asked: Sequence[int]) -> list[int]:
    """The language of tokens seen nowhere, by ridge regression from the embeddings of the known ones."""
    if not known or not asked:
        return []
    tokens = np.array(list(known))
    x = _unit(rows)
    centre = x[tokens].mean(axis=0)
    a = x[tokens] - centre
    langs = [KIND[lang] for lang in LATIN]
    y = np.array([[1.0 if known[int(token)] == kind else -1.0 for kind in langs] for token in tokens])
    weights = np.linalg.solve(a.T @ a + RIDGE * np.eye(a.shape[1]), a.T @ (y - y.mean(axis=0)))
    scores = (x[np.array(asked)] - centre) @ weights + y.mean(axis=0)
    return [langs[int(best)] for best in scores.argmax(axis=1)]


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), dtype=np.float64)


def _script(piece: str, special: bool) -> int:
    """A kind, or −1 for Latin letters, whose language must be told otherwise."""
    plain = piece.removeprefix("##").removeprefix("▁")
    letters = [char for char in plain if char.isalpha()]
    if special or not letters or piece.startswith("[unused"):
        return KIND["other"]
    if any(_is_kana(char) for char in letters):
        return KIND["kana"]
    if all(_is_han(char) for char in letters):
        return KIND["han"]
    if all("LATIN" in unicodedata.name(char, "") for char in letters):
        return -1
    return KIND["other"]


def _is_kana(char: str) -> bool:
    return bool(char) and ("\u3041" <= char <= "\u30fa" or char == "\u30fc")


def _is_han(char: str) -> bool:
    return unicodedata.name(char, "").startswith("CJK ") if char else False
