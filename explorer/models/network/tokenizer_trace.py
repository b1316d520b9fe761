"""Tokenizer trace: how WordPiece and BPE cut one word, step by step, from the tokenizer's own definition.

Pure Python, no model, no torch. The tokenizers package gives the pieces alone; here is the way to them.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from explorer.lab.types.inputs import Cutting, Merge
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.network import tokenizer
from explorer.models.network.byte_level import shown, spelled

MAX_WORD = 64  # characters


class Cutter:
    """The tokenizer of one model, told step by step; build it with `for_model`."""

    def __init__(self, definition: Mapping[str, Any], whole: tokenizer.TextTokenizer) -> None:
        model: dict[str, Any] = dict(definition.get("model") or {})
        self._kind = str(model.get("type") or "")
        self._vocab: Mapping[str, int] = model.get("vocab") or {}
        self._prefix: str = model.get("continuing_subword_prefix") or ""
        self._unk: str = model.get("unk_token") or ""
        self._ranks = _ranks(model) if self._kind == "BPE" else {}
        self._byte_level = "ByteLevel" in json.dumps(definition.get("pre_tokenizer"))
        self._whole = whole

    def cuttings(self, text: str) -> tuple[Cutting, ...]:
        """The steps for every word of `text`; BPE takes it as one.

        None for a kind of tokenizer that is not known here, and none where the steps would not end in the pieces that
        the tokenizer itself finds (it may cut or rewrite a text in its own way first).
        """
        text = text.strip()[:MAX_WORD]
        found: tuple[Cutting, ...] = ()
        if text and self._kind == "BPE":
            found = (self._merged(text),)
        elif text and self._kind == "WordPiece":
            found = self._cut_words(text)
        ends = tuple(piece for cutting in found for piece in cutting.pieces)
        return found if ends == self._whole.pieces_of(text)[0] else ()

    def _merged(self, text: str) -> Cutting:
        if not self._byte_level:
            return bpe(self._vocab, self._ranks, text.replace(" ", "▁"))
        told = bpe(self._vocab, self._ranks, spelled(text))
        steps = tuple(replace(step, before=_shown(step.before), after=_shown(step.after)) for step in told.steps)
        return Cutting(text, told.kind, steps, _shown(told.pieces), told.unknown)

    def _cut_words(self, text: str) -> tuple[Cutting, ...]:
        readable = self._whole.simplify(text)[0] if self._whole.reads_simplified else text
        tokens = self._whole.encode(readable)
        spans: dict[int, tuple[int, int]] = {}
        for (start, end), word in zip(tokens.offsets, tokens.words, strict=True):
            if word >= 0:
                spans[word] = (spans.get(word, (start, end))[0], end)
        return tuple(wordpiece(self._vocab, readable[a:b], self._prefix, self._unk) for a, b in spans.values())


def _shown(pieces: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(shown, pieces))


@lru_cache(maxsize=8)
def for_model(info: ModelInfo) -> Cutter:
    """The cutter of a catalogued model. Raises ModelUnavailable("model_missing" or "model_damaged")."""
    whole = tokenizer.for_model(info)
    return Cutter(whole.definition(), whole)


def wordpiece(vocab: Mapping[str, int], word: str, prefix: str, unk: str) -> Cutting:
    """Greedy longest match from the left (Wu et al. 2016 as in BERT): the whole word or [UNK]."""
    pieces: list[str] = []
    steps: list[Merge] = []
    start = 0
    while start < len(word):
        tried: list[str] = []
        for end in range(len(word), start, -1):
            candidate = (prefix if start else "") + word[start:end]
            if candidate in vocab:
                break
            tried.append(candidate)
        else:
            rest = (*pieces, word[start:])
            steps.append(Merge(rest, (unk,), len(pieces), tuple(tried), None))
            return Cutting(word, "wordpiece", tuple(steps), (unk,), unknown=True)
        before = (*pieces, word[start:])
        pieces.append(candidate)
        after = (*pieces, word[end:]) if end < len(word) else tuple(pieces)
        steps.append(Merge(before, after, len(pieces) - 1, tuple(tried), None))
        start = end
    return Cutting(word, "wordpiece", tuple(steps), tuple(pieces), unknown=False)


def bpe(vocab: Mapping[str, int], ranks: Mapping[tuple[str, str], int], word: str) -> Cutting:
    """Merge the pair that was learnt first, again and again; characters without a token become their bytes."""
    pieces: list[str] = []
    for char in word:
        pieces += [char] if char in vocab else [f"<0x{byte:02X}>" for byte in char.encode("utf-8", "replace")]
    steps: list[Merge] = []
    while len(pieces) > 1:
        known = [(ranks[pair], at) for at, pair in enumerate(itertools.pairwise(pieces)) if pair in ranks]
        if not known:
            break
        rank, at = min(known)
        after = [*pieces[:at], pieces[at] + pieces[at + 1], *pieces[at + 2 :]]
        steps.append(Merge(tuple(pieces), tuple(after), at, (), rank))
        pieces = after
    return Cutting(word, "bpe", tuple(steps), tuple(pieces), unknown=False)


def _ranks(model: Mapping[str, Any]) -> dict[tuple[str, str], int]:
    merges: Sequence[Any] = model.get("merges") or ()
    return {(pair[0], pair[1]) if not isinstance(pair, str) else _split(pair): rank for rank, pair in enumerate(merges)}


def _split(pair: str) -> tuple[str, str]:
    left, _, right = pair.partition(" ")
    return left, right
