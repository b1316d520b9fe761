"""Brought along: a text from elsewhere as the prompt of 接龙. It knows the page's state and how much the page reads."""

from __future__ import annotations

from dataclasses import replace

from explorer.engine import uses
from explorer.ui import permission
from explorer.ui.carried import Sentence
from explorer.views import arriving
from explorer.views.generation.common import MAX_TOKENS, State


def take(state: State, sentence: Sentence) -> State:
    """The page with a sentence from another one as the prompt; what was generated from the old one goes."""
    info = uses.for_page("generation", state.model, permission.policy())
    arriving.readable(info, sentence.text, MAX_TOKENS)
    return with_prompt(state, sentence.text)


def with_prompt(state: State, text: str) -> State:
    """Another prompt, and nothing generated from it yet."""
    return replace(state, text=text or " ", path="", back=0, b_on=False, b_path="", b_back=0, at=0)
