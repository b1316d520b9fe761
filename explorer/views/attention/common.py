"""What the tools of 注意力 share: the page's state, its examples, and which models can be looked at.

It knows the state and the catalogue; it runs no experiment and draws nothing (scene.py: the text and its attention).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from explorer.content import examples
from explorer.engine import catalog, uses
from explorer.lab.types.attention import MAX_TOKENS
from explorer.ui import permission
from explorer.ui.carried import Carry, Sentence
from explorer.ui.i18n import language
from explorer.ui.state import MAX_LINK, Store, limit
from explorer.views import arriving

Part = Literal["self", "decoder", "cross"]
Pattern = Literal["dense", "causal", "local", "dilated", "strided", "global", "random", "bigbird", "sparse"]
Measure = Literal["entropy", "distance", "itself", "previous", "following", "first", "separators", "same"]
Third = Literal["all", "low", "middle", "high"]
Tool = Literal["cell", "atlas", "off", "sides", "sparse"]
PRESETS = ("previous", "separator", "pair", "gpt", "off", "window", "long")


@dataclass(frozen=True)
class State:
    """The whole page. An empty `text` stands for the page's own example in the reader's language.

    layer   and head are counted from 0 here and from 1 in links and on the page; −1: the head that habits.py finds
    heads   several heads combined, each as layer · 100 + head
    special whether weights that go to special tokens are left out of the picture
    blank   the position whose prediction is watched while heads are off; 0: the one in the middle
    """

    text: str = limit("", longest=MAX_LINK)
    paired: bool = False
    pair: str = limit("", longest=MAX_LINK)
    target: str = limit("", longest=MAX_LINK)
    model: str = limit("", longest=160)
    part: Part = "self"
    tool: Tool = "cell"
    layer: int = limit(-1, low=-1, high=200, shift=1, before=0)
    head: int = limit(-1, low=-1, high=98, shift=1, before=0)
    heads: tuple[int, ...] = limit((), low=0, high=20_098, longest=32, shift=101)
    pins: tuple[int, ...] = limit((), low=0, high=MAX_TOKENS - 1, longest=32)
    layout: Literal["across", "down", "grid"] = "across"
    mass: float = limit(0.9, low=0.1, high=1.0)
    special: bool = limit(True, before=False)
    diagonal: bool = False
    block: Literal["all", "aa", "ab", "ba", "bb"] = "all"
    seen: int = limit(-1, low=-1, high=MAX_TOKENS - 1)
    sort: Measure = "entropy"
    third: Third = "all"
    blank: int = limit(0, low=0, high=MAX_TOKENS - 1)
    pattern: Pattern = "local"
    n: int = limit(32, low=8, high=256)
    w: int = limit(4, low=1, high=16)
    depth: int = limit(1, low=1, high=12)


def store() -> Store[State]:
    return Store(State, "attention", carry=Carry(lambda state: (state.text, state.pair if state.paired else ""), take))


def take(state: State, sentence: Sentence) -> State:
    """The page with a sentence from another one, and the second of a pair at hand; the head looked at stays."""
    now = effective(state)
    arriving.readable(model(state), sentence.text, MAX_TOKENS)
    return replace(
        state, text=sentence.text, pair=sentence.second, target="", paired=state.paired and bool(sentence.second),
        layer=now.layer, head=now.head, pins=(), blank=0, seen=-1, block="all",
    )  # fmt: skip


def model(state: State) -> uses.ModelInfo:
    """The model of this reader's page; to be asked once a run, the stage hands it down."""
    return uses.for_page("attention", state.model, permission.policy())


def example(name: str, lang: str) -> State:
    """The state of the example `name` in `lang`."""
    entry = examples.entry("attention", name, lang)
    fields: dict[str, Any] = {**entry.get("state", {}), "text": entry["text"], "pair": entry.get("pair", "")}
    if model := entry.get("kind"):
        fields["model"] = catalog.default(model).id
    return State(**examples.as_fields(fields))


def effective(state: State) -> State:
    """`state` with the default example's text where nothing was written yet, and no head chosen where none was."""
    if state.text:
        return state
    default = example("default", language())
    if (state.layer, state.head, state.pins) == (0, 0, ()):  # as links of version 1 say it
        state = replace(state, layer=-1, head=-1)
    return replace(state, text=default.text, pair=state.pair or default.pair)


def change(**changes: Any) -> None:
    """Change what is on the stage: the page's own example becomes the reader's."""
    now = effective(store().now())
    kept = {"text": now.text, "pair": now.pair, "layer": now.layer, "head": now.head, "pins": now.pins}
    fields = {**kept, **changes}
    if {"text", "pair"} & set(changes):
        store().write(**fields)
    else:
        store().set(**fields)


def plain(token: str) -> str:
    """A token without the signs of its place in a word."""
    return token.removeprefix("##").removeprefix("▁") or token


def choose_preset(name: str) -> None:
    """Set the whole page to the preset `name` in the reader's language."""
    store().put(example(name, language()))
