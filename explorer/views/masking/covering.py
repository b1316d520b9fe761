"""What is covered on the stage of 填空: one token or several, and what the gestures and buttons make of that.

It knows the page's state and which places were written as [MASK]; it draws nothing and asks no model.
"""

from __future__ import annotations

from dataclasses import replace

from explorer.components.token_strip import StripChange
from explorer.errors import Told
from explorer.lab.types.core import MAX_TOKENS
from explorer.ui.carried import Sentence
from explorer.ui.i18n import language
from explorer.views import arriving
from explorer.views.masking import common, defaults
from explorer.views.masking.state import Cover, State


def several(state: State) -> bool:
    """Whether several tokens may be covered: chosen, or there already (older links), or what the tool is about."""
    return state.cover == "several" or len(state.masks) > 1 or state.tool == "joint"


def how_many(state: State) -> Cover:
    return "several" if several(state) else "one"


def choose(wanted: str) -> None:
    """One or several; with one, the token that is looked at stays covered."""
    state = common.store().now()
    masks = _own(state)
    if wanted == "one":
        masks = tuple(position for position in masks if position == state.focus) or masks[-1:]
    tool = "cover" if wanted == "one" and state.tool == "joint" else state.tool
    common.store().set(text=text_of(state), masks=masks, cover=wanted, tool=tool)


def changed(change: StripChange) -> None:
    """A gesture on the strip. What was written as [MASK] is covered anyway and is not kept with the rest."""
    state = common.store().now()
    text = text_of(state)
    sentence = common.as_sentence(common.model(), text)
    masks = tuple(position for position in change.covered if not sentence.typed_mask(position))
    bare = len(change.covered) < (2 if state.tool == "joint" else 1)
    common.store().set(text=text, masks=masks, focus=change.focus or 0, cover=how_many(state), bare=bare)


def clear() -> None:
    """Nothing is covered any more."""
    common.store().set(text=text_of(common.store().now()), masks=(), focus=0, bare=True)


def other_two() -> None:
    """Two other neighbours are covered."""
    state = common.store().now()
    pair = defaults.another_pair(common.read(state).tokens, _own(state))
    common.store().set(text=text_of(state), masks=pair, focus=pair[-1] if pair else 0, bare=False)


def _own(state: State) -> tuple[int, ...]:
    """What is covered, chosen or by the page itself, without what was written as [MASK]."""
    try:
        sentence = common.read(state)
    except Told:  # nothing to read
        return ()
    return tuple(at for at in sentence.masks if not sentence.typed_mask(at))


def text_of(state: State) -> str:
    """What the box holds: the reader's text, or the page's example."""
    return state.text or common.example("default", language())[0]


def take(state: State, sentence: Sentence) -> State:
    """The page with a sentence from another one; the page covers a word of it."""
    arriving.readable(common.model(), sentence.text, MAX_TOKENS)
    return replace(state, text=sentence.text, masks=(), focus=0, bare=False, watch=(), wrong="", b="", b_mask=0)
