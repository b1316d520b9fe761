"""What the tools of __chapter__ share: the page's state, and the sentence as the model reads it.

It knows the state and the tokenizer's answer; it runs no experiment and draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from explorer.content import examples
from explorer.engine import uses
from explorer.ui import permission
from explorer.ui.carried import Carry, Sentence
from explorer.ui.i18n import language
from explorer.ui.state import MAX_LINK, Store, limit
from explorer.views import arriving
from explorer.views._shared import reader_text
from explorer.views._shared.reader_text import ReaderText

MAX_TOKENS = 64
Tool = Literal["lengths"]
PRESETS = ("question",)


@dataclass(frozen=True)
class State:
    """The whole page. An empty `text` stands for the page's own example in the reader's language."""

    text: str = limit("", longest=MAX_LINK)
    tool: Tool = "lengths"
    focus: int = limit(1, low=0, high=MAX_TOKENS - 1)


@dataclass(frozen=True)
class Scene:
    """What is on the stage: the text, the model that reads it, and the token that is looked at."""

    model: uses.ModelInfo
    text: ReaderText
    focus: int


def store() -> Store[State]:
    return Store(State, "__chapter__", carry=Carry(lambda state: (state.text, ""), take))


def take(state: State, sentence: Sentence) -> State:
    """The page with the sentence a reader brings from another one. Raises Told: carried_long, carried_unreadable."""
    arriving.readable(model(), sentence.text, MAX_TOKENS)
    return replace(state, text=sentence.text, focus=1)


def model() -> uses.ModelInfo:
    """The model this chapter uses now; to be asked once a run."""
    return uses.for_page("__chapter__", "", permission.policy())


def text_of(state: State) -> str:
    return state.text or str(examples.entry("__chapter__", "default", language())["text"])


def read(state: State) -> Scene:
    """The sentence of `state`, cut to what fits. Raises Told("text_empty")."""
    used = model()
    text = reader_text.read(used.id, text_of(state), MAX_TOKENS)
    return Scene(used, text, min(state.focus, len(text.tokens) - 1))


def choose_preset(name: str) -> None:
    """Set the whole page to the preset `name` in the reader's language."""
    store().put(State(**examples.entry("__chapter__", name, language())))
