"""What is covered on the stage of 填空: one token or several, and what the gestures and buttons make of that.

It knows the page's state and which places were written as [MASK]; it draws nothing and asks no model.
"""

from __future__ import annotations

from dataclasses import replace

from explorer.components.token_strip import StripChange
from explorer.ui.carried import Sentence
from explorer.ui.i18n import language
from explorer.views import arriving
from explorer.views.masking import common
from explorer.views.masking.common import Cover, State


def several(state: State) -> bool:
    """Whether several tokens may be covered: chosen, or there already (older links), or what the tool is about."""
    return state.cover == "several" or len(state.masks) > 1 or state.tool == "joint"


def how_many(state: State) -> Cover:
    return "several" if several(state) else "one"


def choose(wanted: str) -> None:
    """One or several; with one, the token that is looked at stays covered."""
    state = common.store().now()
    masks = state.masks if state.text else common.example("default", language())[1]
    if wanted == "one":
        masks = tuple(position for position in masks if position == state.focus) or masks[-1:]
    tool = "cover" if wanted == "one" and state.tool == "joint" else state.tool
    common.store().set(text=text_of(state), masks=masks, cover=wanted, tool=tool)


def changed(change: StripChange) -> None:
    """A gesture on the strip. What was written as [MASK] is covered anyway and is not kept with the rest."""
    state = common.store().now()
    text = text_of(state)
    tokens = common.as_sentence(text).tokens
    masks = tuple(position for position in change.covered if not common.typed_mask(tokens, position))
    common.store().set(text=text, masks=masks, focus=change.focus or 0, cover=how_many(state))


def clear() -> None:
    """Nothing is covered any more."""
    common.store().set(text=text_of(common.store().now()), masks=(), focus=0)


def text_of(state: State) -> str:
    """What the box holds: the reader's text, or the page's example."""
    return state.text or common.example("default", language())[0]


def take(state: State, sentence: Sentence) -> State:
    """The page with a sentence from another one, a word of it covered."""
    place = arriving.one_word(arriving.readable(common.model(), sentence.text, common.MAX_TOKENS))
    return replace(state, text=sentence.text, masks=(place,), focus=place, watch=(), wrong="", b="", b_mask=0)
