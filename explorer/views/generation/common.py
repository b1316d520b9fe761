"""What the tools of 接龙 share: the page's state, the text as token ids, and its way into a link.

It knows the state and the tokenizer's answer; it runs no experiment and draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from explorer.content import examples
from explorer.engine import catalog, get_engine, uses
from explorer.errors import Told
from explorer.lab.types.core import Tokens
from explorer.lab.types.generation import Settings
from explorer.texts import LANGUAGES
from explorer.ui import page_parts, permission
from explorer.ui.carried import Carry
from explorer.ui.i18n import language
from explorer.ui.state import MAX_LINK, Store, limit, link_length
from explorer.views import vocabulary as vocabularies
from explorer.views.generation import marks, pieces

MAX_TOKENS = 4000  # of prompt and continuation together
MAX_CHARACTERS = 12_000
Tool = Literal["step", "train", "ways", "write", "context", "cache", "inside", "both"]
PRESETS = ("stuck", "learning", "branches", "beam", "unicorn", "farther", "blank", "bytes")


@dataclass(frozen=True)
class State:
    """The whole page. An empty `text` stands for the page's own example in the reader's language.

    `path` is what was generated, `back` how many of its tokens lie behind the place looked at; fields that begin with
    `b_` are those of the second branch. t, k, p, m, r: temperature, top-k, top-p, min-p, repetition penalty.
    `layer` and `head` are counted from 0 here, from 1 in links and on the page. `along`: 训练时 takes what was
    generated for a part of its text as well.
    """

    text: str = limit("", longest=MAX_LINK)
    tool: Tool = "step"
    model: str = limit("", longest=80)
    path: str = limit("", longest=MAX_LINK)
    back: int = limit(0, low=0, high=MAX_TOKENS)
    t: float = limit(1.0, low=0.0, high=3.0)
    k: int = limit(0, low=0, high=100)
    p: float = limit(1.0, low=0.0, high=1.0)
    m: float = limit(0.0, low=0.0, high=1.0)
    r: float = limit(1.0, low=1.0, high=2.0)
    seed: int = limit(23, low=0, high=9999)  # both languages open on a word that one would guess too; a test holds it
    free: bool = False
    b_on: bool = False
    b_path: str = limit("", longest=MAX_LINK)
    b_back: int = limit(0, low=0, high=MAX_TOKENS)
    b_t: float = limit(1.0, low=0.0, high=3.0)
    b_k: int = limit(0, low=0, high=100)
    b_p: float = limit(1.0, low=0.0, high=1.0)
    b_m: float = limit(0.0, low=0.0, high=1.0)
    b_r: float = limit(1.0, low=1.0, high=2.0)
    b_seed: int = limit(24, low=0, high=9999)
    b_free: bool = False
    at: int = limit(0, low=0, high=MAX_TOKENS)
    mix: int = limit(1, low=0, high=9999)
    beams: int = limit(3, low=1, high=6)
    lp: float = limit(1.0, low=0.0, high=3.0)
    n: int = limit(8, low=2, high=40)
    wide: int = limit(3, low=1, high=5)
    deep: int = limit(3, low=1, high=4)
    corpus: str = limit("", longest=MAX_LINK)
    layer: int = limit(0, low=0, high=127, shift=1)
    head: int = limit(0, low=0, high=127, shift=1)
    along: bool = False
    long: int = limit(80, low=10, high=400)


def store() -> Store[State]:
    from explorer.views.generation import brought  # which knows the state above

    return Store(State, "generation", shorten, Carry(lambda state: (state.text, ""), brought.take))


def in_use(state: State) -> State:
    """The page with the model that is really used: the reader's if it may be and is there, else the chapter's.

    Asked once a run, by the page; everything below takes the model from the state it is handed.
    """
    may = permission.policy()
    model = uses.for_page("generation", state.model, may).id
    if may.free_generation or not state.text or state.text.startswith(_own_beginnings()):
        return replace(state, model=model)
    return replace(state, model=model, text="", path="", back=0, b_path="", b_back=0, at=0)


@lru_cache(maxsize=1)
def _own_beginnings() -> tuple[str, ...]:
    """Every text that the page's examples begin with."""
    entries = examples.load("generation")
    found = (entries[name].get(lang, {}).get("text", "") for name in ("default", *PRESETS) for lang in LANGUAGES)
    return tuple(text for text in found if text)


def vocabulary(model: str) -> tuple[str, ...]:
    return get_engine().vocabulary(model)


def vocabulary_url(model: str) -> str:
    """Where the browser fetches the token strings, relative to the app's root; new weights mean a new address."""
    return vocabularies.url(catalog.entry(model))


def text_of(state: State) -> str:
    """The prompt: the reader's, or the page's example."""
    return state.text or examples.entry("generation", "default", language())["text"]


def prompt(state: State) -> Tokens:
    """The prompt as the model reads it; a blank one is the beginning of a text and nothing else."""
    return _tokens(state.model, text_of(state)[:MAX_CHARACTERS] if text_of(state).strip() else "")


@lru_cache(maxsize=256)
def _tokens(model: str, text: str) -> Tokens:
    found = get_engine().tokens(model, text)
    if len(found):
        return found
    first = marks.specials(model).begin
    if first is None:
        raise Told("text_empty")
    word = vocabulary(model)[first]
    return Tokens("", (word,), (first,), (0,), ((0, 0),), (True,), (False,), (-1,))


def whole(state: State) -> tuple[int, ...]:
    """Prompt and continuation: what all tools look at."""
    return prompt(state).ids + path_of(state)


def whole_text(state: State) -> str:
    return prompt(state).text + marks.said(state.model, path_of(state))


def path_of(state: State, branch: str = "a") -> tuple[int, ...]:
    """What was generated; whatever a link brings that is no token of this model ends it."""
    size = len(vocabulary(state.model))
    ids = pieces.unpack(state.path if branch == "a" else state.b_path)
    good = next((n for n, token in enumerate(ids) if token >= size), len(ids))
    return ids[:good]


def settings_of(state: State, branch: str = "a") -> Settings:
    if branch == "a":
        return Settings(state.t, state.k, state.p, state.m, state.r)
    return Settings(state.b_t, state.b_k, state.b_p, state.b_m, state.b_r)


def shorten(state: State, most: int) -> State:
    """The state with as much of its paths as a link of `most` characters can carry."""
    while (over := link_length(state) - most) > 0 and (state.path or state.b_path):
        cut = -(-over // pieces.DIGITS) * pieces.DIGITS
        if len(state.path) >= len(state.b_path):
            state = replace(state, path=state.path[:-cut], back=0, b_back=0)
        else:
            state = replace(state, b_path=state.b_path[:-cut], back=0, b_back=0)
    return state


def show_code(name: str, model: str, **values: Any) -> None:
    """The snippet `name`, with the folder and weights of the model that is used."""
    page_parts.show_code(name, of=catalog.entry(model), **values)


def choose_preset(name: str) -> None:
    """Set the whole page to the preset `name` in the reader's language."""
    entry = examples.entry("generation", name, language())
    store().put(State(text=entry["text"], **entry.get("state", {})))
