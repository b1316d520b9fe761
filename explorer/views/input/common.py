"""What the tools of 输入 share: the page's state, the text as each tokenizer cuts it, presets.

It knows the state and the tokenizers' answers; it runs no experiment and draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from explorer.components.token_strip import Chip, chip
from explorer.content import examples
from explorer.engine import catalog, get_engine
from explorer.errors import Told
from explorer.lab.types.core import Tokens
from explorer.lab.types.inputs import MAX_CHARACTERS, MAX_TOKENS
from explorer.ui.carried import Carry, Sentence
from explorer.ui.i18n import language, t
from explorer.ui.state import MAX_LINK, Store, limit
from explorer.views import arriving

Tool = Literal["tokens", "merges", "lookup", "sum", "positions", "long"]
PRESETS = ("mixed", "pieces", "rare", "pair", "order", "review")


@dataclass(frozen=True)
class State:
    """The whole page. Empty texts stand for the page's own example in the reader's language.

    hide, guess   predict, then reveal: how many tokens the reader expects (0: not said yet)
    """

    text: str = limit("", longest=MAX_LINK)
    pair: str = limit("", longest=MAX_LINK)
    tool: Tool = "tokens"
    left: str = limit("", longest=64)
    right: str = limit("", longest=64)
    focus: int = limit(1, low=0, high=511)
    word: str = limit("", longest=MAX_LINK)
    other: int = limit(2, low=0, high=511)
    place: int = limit(100, low=0, high=511)
    centred: bool = True
    long: str = limit("", longest=MAX_CHARACTERS)
    ask: str = limit("", longest=200)
    overlap: int = limit(128, low=0, high=384)
    hide: bool = False
    guess: int = limit(0, low=0, high=999)


@dataclass(frozen=True)
class Reading:
    """A text, or a pair, as one tokenizer cuts it; cut off at `MAX_TOKENS` (`used` of `typed` characters remain).

    first, second   what was read of the two lines; `simplified` is True when 繁体 was read as 简体
    """

    model: str
    tokens: Tokens
    first: str
    second: str | None
    typed: int
    simplified: bool

    @property
    def used(self) -> int:
        return len(self.first) + len(self.second or "")


def secret(state: State) -> bool:
    """Whether the tokens are not to be seen yet, because the reader wants to say first how many there will be."""
    return state.tool == "tokens" and state.hide and not state.guess


def store() -> Store[State]:
    return Store(State, "input", carry=Carry(lambda state: (state.text, state.pair), take))


def take(state: State, sentence: Sentence) -> State:
    """The page with a sentence, or a pair, from another one."""
    arriving.readable(catalog.default("masked"), sentence.text, MAX_TOKENS, sentence.second)
    return replace(state, text=sentence.text, pair=sentence.second, focus=1)


def reader_id() -> str:
    """The model whose vectors are shown."""
    return catalog.default("masked").id


def models() -> tuple[str, ...]:
    """Every model of the catalogue and of this machine: those whose tokenizer is here first."""
    return tuple(info.id for info in sorted(catalog.everything(), key=_lacks_tokenizer))


def here(model: str) -> bool:
    """Whether the model's tokenizer lies on this machine."""
    return not _lacks_tokenizer(catalog.entry(model))


def _lacks_tokenizer(info: catalog.ModelInfo) -> bool:
    return not any((info.folder / name).exists() for name in ("tokenizer.json", "vocab.txt"))


def sides(state: State) -> tuple[str, str]:
    """The two tokenizers compared; what a link names and this machine does not know is replaced by the default."""
    known = models()
    left = state.left if state.left in known else reader_id()
    others = [name for name in known if name != left]
    return left, state.right if state.right in known else others[0] if others else left


def text_of(state: State) -> str:
    return state.text or str(examples.entry("input", "default", language())["text"])


def pair_of(state: State) -> str | None:
    """The second sentence, or None where none is written."""
    return state.pair if state.pair.strip() else None


def read(state: State, model: str) -> Reading:
    """Raises Told("text_empty") when there is nothing to read."""
    text = text_of(state)
    if not text.strip():
        raise Told("text_empty")
    return _read(model, catalog.entry(model).revision, text, pair_of(state))


@lru_cache(maxsize=512)
def _read(model: str, revision: str, text: str, pair: str | None) -> Reading:
    engine = get_engine()
    typed = len(text) + len(pair or "")
    (first, changed), (second, also) = (
        engine.simplify(model, (part or "")[: MAX_TOKENS * 12]) for part in (text, pair)
    )
    tokens = engine.tokens(model, first, second or None)
    while len(tokens) > MAX_TOKENS:
        keep = MAX_TOKENS / len(tokens) * 0.98
        if len(second) > len(first):
            second = second[: max(1, int(len(second) * keep))]
        else:
            first = first[: max(1, int(len(first) * keep))]
        tokens = engine.tokens(model, first, second or None)
    return Reading(model, tokens, first, second or None, typed, changed or also)


def chips(tokens: Tokens) -> list[Chip]:
    """One chip a token; its tooltip says which segment it belongs to."""
    return [
        chip(
            tokens,
            i,
            named=True,
            note=t("input.strip.segment", segment=tokens.type_ids[i]),
            second=tokens.type_ids[i] == 1,
        )
        for i in range(len(tokens))
    ]


def focus_of(state: State, tokens: Tokens) -> int:
    """The picked position, or the first ordinary one where the text has become shorter."""
    return state.focus if state.focus < len(tokens) else min(1, len(tokens) - 1)


def choose_preset(name: str) -> None:
    """Set the whole page to the preset `name` in the reader's language."""
    store().put(State(**examples.entry("input", name, language())))
