"""What the tools of 输入 share: the page's state, the text as each tokenizer cuts it, presets.

It knows the state and the tokenizers' answers; it runs no experiment and draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from explorer import examples
from explorer.components.token_strip import Chip
from explorer.engine import catalog, get_engine
from explorer.engine.base import EngineError
from explorer.lab.types.core import Tokens
from explorer.ui.i18n import language
from explorer.ui.state import MAX_LINK, Store, limit

MAX_TOKENS = 160
MAX_CHARACTERS = 20_000

Tool = Literal["tokens", "merges", "lookup", "sum", "positions", "long"]
TOOLS = ("tokens", "merges", "lookup", "sum", "positions", "long")
PRESETS = ("mixed", "pieces", "rare", "pair", "order", "review")


@dataclass(frozen=True)
class State:
    """The whole page. Empty texts stand for the page's own example in the reader's language."""

    text: str = limit("", longest=MAX_LINK)
    pair: str = limit("", longest=MAX_LINK)
    tool: Tool = "tokens"
    left: str = limit("", longest=64)
    right: str = limit("", longest=64)
    focus: int = limit(1, low=0, high=511)
    word: str = limit("", longest=64)
    other: int = limit(2, low=0, high=511)
    place: int = limit(100, low=0, high=511)
    centred: bool = True
    long: str = limit("", longest=MAX_CHARACTERS)
    ask: str = limit("", longest=200)
    overlap: int = limit(128, low=0, high=384)


@dataclass(frozen=True)
class Reading:
    """A text, or a pair, as one tokenizer cuts it; cut off at `MAX_TOKENS` (`used` of `typed` characters remain)."""

    model: str
    tokens: Tokens
    typed: int
    used: int


def store() -> Store[State]:
    return Store(State, "input")


def reader_id() -> str:
    """The model whose vectors are shown."""
    return catalog.default("masked").id


def models() -> tuple[str, ...]:
    """Every catalogued model, in the catalogue's order."""
    return tuple(info.id for info in catalog.all_entries())


def sides(state: State) -> tuple[str, str]:
    """The two tokenizers compared; what a link names and the catalogue lacks is replaced by the default."""
    known = models()
    left = state.left if state.left in known else reader_id()
    others = [name for name in known if name != left]
    return left, state.right if state.right in known else others[0] if others else left


def text_of(state: State) -> str:
    return state.text or str(examples.entry("input", "default", language())["text"])


def pair_of(state: State) -> str | None:
    """The second sentence, or None; the example's own where nothing has been written at all."""
    if state.text:
        return state.pair.strip() or None
    return state.pair.strip() or examples.entry("input", "default", language()).get("pair") or None


def read(state: State, model: str) -> Reading:
    """Raises EngineError("text_empty") when there is nothing to read."""
    text = text_of(state)
    if not text.strip():
        raise EngineError("text_empty")
    return _read(model, text, pair_of(state))


@lru_cache(maxsize=512)
def _read(model: str, text: str, pair: str | None) -> Reading:
    engine = get_engine()
    typed = len(text) + len(pair or "")
    text, pair = text[: MAX_TOKENS * 12], None if pair is None else pair[: MAX_TOKENS * 12]
    tokens = engine.tokens(model, text, pair)
    while len(tokens) > MAX_TOKENS:
        keep = MAX_TOKENS / len(tokens) * 0.98
        if pair is not None and len(pair) > len(text):
            pair = pair[: max(1, int(len(pair) * keep))]
        else:
            text = text[: max(1, int(len(text) * keep))]
        tokens = engine.tokens(model, text, pair)
    return Reading(model, tokens, typed, len(text) + len(pair or ""))


def chips(tokens: Tokens, note: str = "") -> list[Chip]:
    """One chip a token; `note` with {segment} is added to each chip's tooltip."""
    return [
        Chip(
            text=tokens.pieces[i],
            id=tokens.ids[i],
            start=tokens.offsets[i][0],
            end=tokens.offsets[i][1],
            original="" if tokens.special[i] else tokens.surface(i),
            kind="special" if tokens.special[i] else "unknown" if tokens.unknown[i] else "token",
            word=tokens.words[i],
            note=note.format(segment=tokens.type_ids[i]) if note else "",
        )
        for i in range(len(tokens))
    ]


def focus_of(state: State, tokens: Tokens) -> int:
    """The picked position, or the first ordinary one where the text has become shorter."""
    return state.focus if state.focus < len(tokens) else min(1, len(tokens) - 1)


def choose_preset(name: str) -> None:
    """Set the whole page to the preset `name` in the reader's language."""
    entry = examples.entry("input", name, language())
    store().put(State(**{key: value for key, value in entry.items() if key != "covers"}))
