"""What the tools of 注意力 share: the page's state, the text as the model reads it, and the attention of its heads.

It knows the state, the tokenizer's answer and the one experiment that the stage needs; it draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer import examples
from explorer.components.attention_view import Mark, View
from explorer.engine import catalog, get_engine
from explorer.engine.base import EngineError
from explorer.lab.types.attention import LookInputs, LookResult, Sight
from explorer.lab.types.core import Tokens
from explorer.ui import widgets
from explorer.ui.i18n import language
from explorer.ui.state import MAX_LINK, Store, limit

MAX_TOKENS = 512
ALL_LAYERS_UP_TO = 128  # tokens; longer texts send one layer at a time to the browser

Pattern = Literal["dense", "causal", "local", "dilated", "strided", "global", "random", "bigbird", "sparse"]
Tool = Literal["cell", "atlas", "off", "sides", "sparse"]
PRESETS = ("previous", "separator", "pair", "gpt", "off", "window", "long")


@dataclass(frozen=True)
class State:
    """The whole page. An empty `text` stands for the page's own example in the reader's language.

    heads   several heads combined, each as layer · 100 + head
    blank   the position whose prediction is watched while heads are off; 0: the last ordinary token
    """

    text: str = limit("", longest=MAX_LINK)
    paired: bool = False
    pair: str = limit("", longest=MAX_LINK)
    target: str = limit("", longest=MAX_LINK)
    model: str = limit("", longest=80)
    part: Literal["self", "decoder", "cross"] = "self"
    tool: Tool = "cell"
    layer: int = limit(0, low=0, high=200)
    head: int = limit(0, low=0, high=98)
    heads: tuple[int, ...] = limit((), low=0, high=20_098, longest=32)
    pins: tuple[int, ...] = limit((), low=0, high=MAX_TOKENS - 1, longest=32)
    layout: Literal["across", "down", "grid"] = "across"
    mass: float = limit(0.9, low=0.1, high=1.0)
    special: bool = False
    diagonal: bool = False
    block: Literal["all", "aa", "ab", "ba", "bb"] = "all"
    seen: int = limit(-1, low=-1, high=MAX_TOKENS - 1)
    sort: Literal["entropy", "distance", "itself", "previous", "following", "first", "separators", "same"] = "entropy"
    third: Literal["all", "low", "middle", "high"] = "all"
    blank: int = limit(0, low=0, high=MAX_TOKENS - 1)
    pattern: Literal["dense", "causal", "local", "dilated", "strided", "global", "random", "bigbird", "sparse"] = (
        "local"
    )
    n: int = limit(32, low=8, high=96)
    w: int = limit(4, low=1, high=16)
    depth: int = limit(1, low=1, high=12)


def store() -> Store[State]:
    return Store(State, "attention")


@dataclass(frozen=True)
class Scene:
    """A text as one model reads it. `typed` characters were written and `used` of them are read."""

    model_id: str
    sight: Sight
    tokens: Tokens
    typed: int
    used: int


def model_id(state: State) -> str:
    """The model of `state` if it is here, else the page's default."""
    here = [info.id for info in models()]
    return state.model if state.model in here else catalog.default("masked").id


def models() -> list[catalog.ModelInfo]:
    """Every model of the catalogue whose weights lie on this machine."""
    return [info for info in catalog.everything() if info.weights_file.exists()]


def example(name: str, lang: str) -> State:
    """The state of the example `name` in `lang`."""
    entry = examples.entry("attention", name, lang)
    fields = {**entry.get("state", {}), "text": entry["text"], "pair": entry.get("pair", "")}
    if model := entry.get("kind"):
        fields["model"] = catalog.default(model).id
    return State(**{key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()})


def effective(state: State) -> State:
    """`state` with the default example's text and head where nothing was written yet."""
    if state.text:
        return state
    default = example("default", language())
    if (state.layer, state.head, state.pins) == (0, 0, ()):
        state = replace(state, layer=default.layer, head=default.head, pins=default.pins)
    return replace(state, text=default.text, pair=state.pair or default.pair)


def read(state: State) -> Scene:
    """The text of `state`, cut to what fits. Raises EngineError: text_empty, pair_empty."""
    state, model = effective(state), model_id(state)
    if not state.text.strip():
        raise EngineError("text_empty")
    if state.paired and not state.pair.strip():
        raise EngineError("pair_empty")
    engine = get_engine()
    pair = state.pair if state.paired else ""
    limit_ = min(MAX_TOKENS, engine.facts(model).max_positions or MAX_TOKENS)
    text = state.text
    tokens = engine.tokens(model, text, pair or None)
    while len(tokens) > limit_:
        # Cut at the end of the first text, as many characters as there are tokens too many.
        ends = [end for end in (tokens.offsets[n][1] for n in range(len(tokens))) if 0 < end <= len(text)]
        over = len(tokens) - limit_
        if len(ends) <= over:
            raise EngineError("too_long", limit=limit_, used=len(tokens))
        text = text[: min(ends[-over - 1], len(text) - 1)]
        tokens = engine.tokens(model, text, pair or None)
    part = state.part if catalog.entry(model).kind == "seq2seq" else "self"
    target = (state.target or state.text) if part != "self" else ""
    return Scene(model, Sight(text, pair, part, target), tokens, len(state.text), len(text))


def look(scene: Scene, layer: int) -> LookResult:
    """Every head's weights; of a long text those of `layer` alone."""
    found: LookResult = widgets.run(
        "attention.look", scene.model_id, look_inputs(scene.sight, len(scene.tokens), layer)
    )
    return found


def look_inputs(sight: Sight, n_tokens: int, layer: int) -> LookInputs:
    return LookInputs(sight, -1 if n_tokens <= ALL_LAYERS_UP_TO else layer)


def matrix(result: LookResult, layer: int, head: int) -> NDArray[np.float32]:
    """weights[L, S] of one head."""
    return result.weights[layer if result.layer < 0 else 0, head]


def view(state: State, result: LookResult) -> View:
    """What the stage shows, within what this model and this text have."""
    n_layers, n_heads = result.thumbs.shape[:2]
    heads = tuple(divmod(code, 100) for code in state.heads)
    return View(
        layer=min(state.layer, n_layers - 1),
        head=min(state.head, n_heads - 1),
        heads=tuple((layer, head) for layer, head in heads if layer < n_layers and head < n_heads),
        pins=tuple(pin for pin in state.pins if pin < len(result.looking)),
        layout=state.layout,
        mass=state.mass,
        special=state.special,
        diagonal=state.diagonal,
        block=state.block,
    )


def selected(shown: View) -> tuple[tuple[int, int], ...]:
    """The heads on the stage: several combined, or the one."""
    return shown.heads or ((shown.layer, shown.head),)


def marks(tokens: Tokens) -> list[Mark]:
    return [
        Mark(piece, special, min(side, 1))
        for piece, special, side in zip(tokens.pieces, tokens.special, tokens.type_ids, strict=True)
    ]


def plain(token: str) -> str:
    """A token without the signs of its place in a word."""
    return token.removeprefix("##").removeprefix("▁") or token


def choose_preset(name: str) -> None:
    """Set the whole page to the preset `name` in the reader's language."""
    store().put(example(name, language()))
