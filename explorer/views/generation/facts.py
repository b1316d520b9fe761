"""How likely and how surprising each generated token was, kept for the session; and the text as the component wants it.

Known when a token is taken, because its offer lies there; for a text that came with a link they are worked out in one
run. A token is known by the digest of all tokens up to it, so that a long text costs as many steps as it has tokens.
Knows the state of no tool.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from hashlib import blake2b

import streamlit as st
from cachetools import LRUCache

from explorer import numerics
from explorer.components.generator import PathToken
from explorer.lab.types.generation import FOLLOW, SCAN, FollowInputs, ScanInputs
from explorer.ui import widgets
from explorer.views.generation import common, pieces
from explorer.views.generation.marks import specials

KEPT = 4000


@dataclass(frozen=True)
class Fact:
    """Of one token after one text: the model's own probability and rank, surprisal and entropy in nats."""

    p: float
    rank: int
    nats: float
    entropy: float


def digests(model: str, ids: tuple[int, ...]) -> list[bytes]:
    """One digest a token: of the model's name and the tokens up to it, each step going on from the one before."""
    running, out = blake2b(model.encode(), digest_size=16), []
    for token in ids:
        running.update(token.to_bytes(4, "little"))
        out.append(running.copy().digest())
    return out


def note(model: str, before: tuple[int, ...], token: int) -> None:
    """Keep what the offer after `before` says of `token`, if that offer is still in memory."""
    result = widgets.peek(FOLLOW, model, FollowInputs(before))
    if result is None:
        return
    nats = numerics.cross_entropy(result.logits, token)
    rank, entropy = numerics.rank(result.logits, token), float(numerics.entropy(result.logits))
    fact = Fact(math.exp(-nats), rank, nats, entropy)
    _put(digests(model, (*before, token))[-1], fact)


def tokens(model: str, ids: tuple[int, ...], prompt: int) -> list[PathToken]:
    """The text, token by token, with what is known of those after the first `prompt`."""
    known, marks = _known(), digests(model, ids)
    if any(mark not in known for mark in marks[prompt:]):
        _work_out(model, ids, prompt, marks)
    words = common.vocabulary(model)
    names, apart = [words[token] for token in ids], set(specials(model).ids)
    out = []
    for place, (token, name, (group, whole)) in enumerate(zip(ids, names, pieces.spelled(names), strict=True)):
        special = token in apart
        fact = known.get(marks[place]) if place >= prompt else None
        out.append(
            PathToken(
                token, name, "special" if special else "prompt" if place < prompt else "new", group, whole,
                *((fact.p, fact.rank, fact.nats, fact.entropy) if fact else ()),
            )
        )  # fmt: skip
    return out


def _work_out(model: str, ids: tuple[int, ...], prompt: int, marks: list[bytes]) -> None:
    """All tokens of the text in one run; what the model can no longer see stays unknown."""
    row = widgets.run(SCAN, model, ScanInputs((ids,))).result.rows[0]
    shift = len(ids) - len(row.target)  # the n-th prediction is of the token at place n + shift
    for n in range(max(0, prompt - shift), len(row.target)):
        if marks[n + shift] not in _known():
            fact = Fact(float(row.p[n]), int(row.rank[n]), float(row.nats[n]), float(row.entropy[n]))
            _put(marks[n + shift], fact)


def _put(mark: bytes, fact: Fact) -> None:
    _known()[mark] = fact


def _known() -> LRUCache[bytes, Fact]:
    found: LRUCache[bytes, Fact] = st.session_state.setdefault("generation-facts", LRUCache(KEPT))
    return found
