"""Carried sentence: what the reader wrote last, to be found on the next page that is opened.

It lives in the session alone: not in a link, not in a file, not in a log; two tabs are two sessions. A page brings what
it does with a sentence (`Carry`); this module knows no page, and not how a state is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st

from explorer.errors import Told

S = TypeVar("S")
_KEY = "carried"


@dataclass(frozen=True)
class Sentence:
    """What was written on `page`, the `n`-th of this session; `second` where it was a pair."""

    text: str
    second: str
    page: str
    n: int


@dataclass(frozen=True)
class Carry(Generic[S]):
    """How a page's state holds a sentence.

    `give(state)`  the text that stands in it, and the second one; "" for a page that shows its own example
    `take(state, sentence)`  the state with the sentence in it. Raises Told where the page can do nothing with it
    """

    give: Callable[[S], tuple[str, str]]
    take: Callable[[S, Sentence], S]


def newest() -> Sentence | None:
    """The sentence that travels now; None before anything was written."""
    return st.session_state.get(_KEY)


def write(page: str, text: str, second: str = "") -> None:
    """The reader has written this on `page`. An emptied box carries nothing, and takes nothing away."""
    if not text.strip():
        return
    known = newest()
    n = 1 if known is None else known.n + 1
    st.session_state[_KEY] = Sentence(text, second if second.strip() else "", page, n)
    _arrived(page, None)


def open_with(page: str, text: str, second: str = "") -> None:
    """A link that opened this session has brought a sentence: it travels until the reader writes one."""
    if newest() is None:
        write(page, text, second)


def arrive(page: str, carry: Carry[S], state: S, own: S) -> S:
    """The state of a page that is opened from the navigation: with the newest sentence, if the page has not met it.

    Where it can do nothing with the sentence the page shows its `own` example, and `refused` says why.
    """
    sentence = newest()
    return state if sentence is None or met(page) else bring(page, carry, state, own, sentence)


def bring(page: str, carry: Carry[S], state: S, own: S, sentence: Sentence) -> S:
    """The state with the sentence in it, or the page's `own` example and a reason."""
    try:
        taken = carry.take(state, sentence)
    except Told as problem:
        _arrived(page, problem)
        return own
    _arrived(page, None)
    return taken


def pass_by(page: str) -> None:
    """The page was opened by a link: that leads, and the sentence stays where it is."""
    if newest() is not None and not met(page):
        _arrived(page, None)


def met(page: str) -> bool:
    """Whether the page has met the newest sentence already, and taken or refused it."""
    sentence, known = newest(), st.session_state.get(f"{_KEY}:{page}")
    return sentence is not None and known is not None and known[0] == sentence.n


def refused(page: str) -> Told | None:
    """Why the page shows its own example instead of the newest sentence; None if it does not have to."""
    return st.session_state[f"{_KEY}:{page}"][1] if met(page) else None


def _arrived(page: str, problem: Told | None) -> None:
    sentence = newest()
    assert sentence is not None
    st.session_state[f"{_KEY}:{page}"] = (sentence.n, problem)
