"""What the front page's exhibits share: its state, the sentence cut into tokens, and which of them are hidden.

It runs no experiment and draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from explorer.components.token_strip import Chip, chip
from explorer.content import examples
from explorer.engine import catalog, get_engine
from explorer.errors import Told
from explorer.lab.types.core import Tokens
from explorer.lab.types.masking import Edit, FillInputs
from explorer.ui.carried import Carry, Sentence
from explorer.ui.i18n import language
from explorer.ui.state import MAX_LINK, Store, limit
from explorer.views import arriving

PRESETS = ("weather", "science", "poem", "own")
MAX_TOKENS = 64
SHARE = 0.15


@dataclass(frozen=True)
class State:
    """The whole front page. An empty `text` stands for the page's own example."""

    text: str = limit("", longest=MAX_LINK)
    how: Literal["bert", "gpt"] = "bert"
    masks: tuple[int, ...] = limit((), low=1, high=80, longest=64)
    cut: int = limit(0, low=0, high=80)
    seed: int = limit(0, low=0, high=9999)
    classes: Literal["sentiment", "nli", "pos", "vocabulary"] = "vocabulary"


def store() -> Store[State]:
    return Store(State, "home", carry=Carry(lambda state: (state.text, ""), take))


def take(state: State, sentence: Sentence) -> State:
    """The front page with a sentence from another one, split the way the page splits now."""
    arriving.readable(catalog.default("masked"), sentence.text, MAX_TOKENS)
    return State(text=sentence.text, how=state.how, classes=state.classes)


def read(text: str) -> Tokens:
    """`text` as the model reads it, cut to what the front page shows. Raises Told("text_empty")."""
    if not text.strip():
        raise Told("text_empty")
    model = catalog.default("masked").id
    tokens = get_engine().tokens(model, text[: MAX_TOKENS * 24])
    if len(tokens) > MAX_TOKENS:
        tokens = get_engine().tokens(model, text[: tokens.offsets[MAX_TOKENS - 2][1]])
    if all(tokens.special):
        raise Told("text_empty")  # signs without width, say: no token of them is left
    return tokens


def hide(tokens: Tokens, state: State) -> tuple[int, ...]:
    """The positions of x″: those the reader chose, else 15 % drawn with the seed, or everything after the cut."""
    ordinary = [p for p in range(len(tokens)) if not tokens.special[p]]
    if state.how == "gpt":
        start = state.cut if state.cut in ordinary else ordinary[min((len(ordinary) + 1) // 2, len(ordinary) - 1)]
        return tuple(p for p in ordinary if p >= start)
    wanted = state.masks or (_own_masks() if not state.text and not state.seed else ())
    chosen = tuple(p for p in wanted if p in ordinary)
    if chosen:
        return chosen
    rng = np.random.default_rng(state.seed)
    return tuple(sorted(int(p) for p in rng.choice(ordinary, size=max(1, round(SHARE * len(ordinary))), replace=False)))


def _own_masks() -> tuple[int, ...]:
    """What the page's own example hides before anyone has touched it."""
    return tuple(examples.entry("home", "default", language())["masks"])


def text_of(state: State) -> str:
    """The reader's text, or the page's example."""
    text: str = state.text or examples.entry("home", "default", language())["text"]
    return text


def asked(tokens: Tokens, hidden: tuple[int, ...]) -> FillInputs:
    """What the model is asked: every hidden place at once."""
    mask = get_engine().tokens(catalog.default("masked").id, "[MASK]").ids[1]
    return FillInputs(tokens.text, tuple(Edit(p, mask) for p in hidden), hidden)


def chips(tokens: Tokens, hidden: tuple[int, ...]) -> list[Chip]:
    return [chip(tokens, p, covered="mask" if p in hidden else None) for p in range(len(tokens))]


def choose_preset(name: str) -> None:
    """Set the whole page to the preset `name` in the reader's language."""
    chosen = examples.entry("home", name, language())
    store().put(
        State(text=chosen["text"], how=chosen["how"], masks=tuple(chosen.get("masks", ())), cut=chosen.get("cut", 0))
    )
