"""How likely and how surprising each generated token was, kept for the session; and the text as the component wants it.

Known when a token is taken, because its offer lies there; for a text that came with a link they are worked out in one
run. Knows the state of no tool.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer.components.generator import PathToken
from explorer.lab.types.generation import FOLLOW, SCAN, FollowInputs, ScanInputs
from explorer.ui import widgets
from explorer.views.generation import common, pieces

KEPT = 4000


@dataclass(frozen=True)
class Fact:
    """Of one token after one text: the model's own probability and rank, surprisal and entropy in nats."""

    p: float
    rank: int
    nats: float
    entropy: float


def note(before: tuple[int, ...], token: int) -> None:
    """Keep what the offer after `before` says of `token`, if that offer is still in memory."""
    model = common.model_id()
    result = widgets.peek(FOLLOW, model, FollowInputs(before))
    if result is None:
        return
    shifted = result.logits.astype(np.float64) - float(result.logits.max())
    log_p = shifted - np.log(np.exp(shifted).sum())
    fact = Fact(
        float(np.exp(log_p[token])), int((shifted > shifted[token]).sum()) + 1, float(-log_p[token]),
        float(-(np.exp(log_p) * log_p)[np.isfinite(log_p)].sum()),
    )  # fmt: skip
    _put(prefixes(model, (*before, token))[-1], fact)


def prefixes(model: str, ids: Sequence[int]) -> list[bytes]:
    """A name of 16 bytes for the text up to and with each token, in one pass over the text."""
    digest, names = hashlib.blake2b(model.encode("utf-8"), digest_size=16), []
    for token in ids:
        digest.update(int(token).to_bytes(4, "little"))
        names.append(digest.copy().digest())
    return names


def tokens(ids: tuple[int, ...], prompt: int) -> list[PathToken]:
    """The text, token by token, with what is known of those after the first `prompt`."""
    model, known = common.model_id(), _known()
    keys = prefixes(model, ids)
    if any(key not in known for key in keys[prompt:]):
        _work_out(model, ids, keys, prompt)
    words = common.vocabulary()
    names = [words[token] for token in ids]
    out = []
    for place, (token, name, (group, whole)) in enumerate(zip(ids, names, pieces.spelled(names), strict=True)):
        special = name in (*pieces.BEGINS, *pieces.ENDS)
        fact = known.get(keys[place]) if place >= prompt else None
        out.append(
            PathToken(
                token, name, "special" if special else "prompt" if place < prompt else "new", group, whole,
                *((fact.p, fact.rank, fact.nats, fact.entropy) if fact else ()),
            )
        )  # fmt: skip
    return out


def _work_out(model: str, ids: tuple[int, ...], keys: list[bytes], prompt: int) -> None:
    """All tokens of the text in one run; what the model can no longer see stays unknown."""
    scanned = widgets.run(SCAN, model, ScanInputs((ids,))).result
    row = scanned.rows[0]
    shift = len(ids) - len(row.target)  # the n-th prediction is of the token at place n + shift
    for n in range(max(0, prompt - shift), len(row.target)):
        place = n + shift
        fact = Fact(float(row.p[n]), int(row.rank[n]), float(row.nats[n]), float(row.entropy[n]))
        if keys[place] not in _known():
            _put(keys[place], fact)


def _put(key: bytes, fact: Fact) -> None:
    known = _known()
    known[key] = fact
    while len(known) > KEPT:
        known.popitem(last=False)


def _known() -> OrderedDict[bytes, Fact]:
    found: OrderedDict[bytes, Fact] = st.session_state.setdefault("generation-facts", OrderedDict())
    return found
