"""The text on the stage as the chosen model reads it, and the attention of its heads.

It knows the tokenizer's answer and the one experiment that the stage needs; it draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer.components.attention_view import Mark, View
from explorer.engine import catalog, get_engine
from explorer.errors import Told
from explorer.lab.types.attention import LOOK, MAX_TOKENS, LookInputs, LookResult, Sight
from explorer.lab.types.core import Tokens
from explorer.ui import widgets
from explorer.views.attention import habits
from explorer.views.attention.common import State, effective
from explorer.views.attention.habits import Habit

ALL_LAYERS_UP_TO = 128  # tokens; longer texts send one layer at a time to the browser
CHARACTERS_A_TOKEN = 24  # no token of any catalogued model stands for more


@dataclass(frozen=True)
class Scene:
    """A text as one model reads it. `typed` characters were written and `used` of them are read.

    `simplified` is True when 繁体 was read as 简体.
    """

    model_id: str
    sight: Sight
    tokens: Tokens
    typed: int
    used: int
    simplified: bool = False

    @property
    def kind(self) -> str:
        return catalog.entry(self.model_id).kind


def read(state: State, info: catalog.ModelInfo) -> Scene:
    """The text of `state` as `info` reads it, cut to what fits. Raises Told: text_empty, pair_empty, too_long."""
    state, model = effective(state), info.id
    if not state.text.strip():
        raise Told("text_empty")
    if state.paired and not state.pair.strip():
        raise Told("pair_empty")
    engine = get_engine()
    longest = MAX_TOKENS * CHARACTERS_A_TOKEN
    text, simple = engine.simplify(model, state.text[:longest])
    pair, simple_pair = engine.simplify(model, state.pair[:longest] if state.paired else "")
    room = min(MAX_TOKENS, engine.facts(model).max_positions or MAX_TOKENS)
    text, tokens = fit(model, text, pair, room)
    part = state.part if info.kind == "seq2seq" else "self"
    target = (
        fit(model, engine.simplify(model, state.target if state.target.strip() else text)[0], "", room)[0]
        if part != "self"
        else ""
    )
    return Scene(model, Sight(text, pair, part, target), tokens, len(state.text), len(text), simple or simple_pair)


def fit(model: str, text: str, pair: str, limit: int) -> tuple[str, Tokens]:
    """As much of `text` from its beginning as leaves, with all of `pair`, at most `limit` tokens.

    Raises Told("too_long") where the pair's second text alone is too long.
    """
    engine = get_engine()
    tokens = engine.tokens(model, text, pair or None)
    while len(tokens) > limit:
        ends = [end for _, end in tokens.offsets if 0 < end <= len(text)]
        over = len(tokens) - limit
        if len(ends) <= over:
            raise Told("too_long", limit=limit, used=len(tokens))
        text = text[: min(ends[-over - 1], len(text) - 1)]
        tokens = engine.tokens(model, text, pair or None)
    return text, tokens


def look(scene: Scene, layer: int) -> LookResult:
    """Every head's weights; of a long text those of `layer` alone."""
    asked = LookInputs(scene.sight, -1 if len(scene.tokens) <= ALL_LAYERS_UP_TO else max(layer, 0))
    try:
        found = widgets.run(LOOK, scene.model_id, asked).result
    except Told as problem:
        if problem.key != "head_outside":
            raise
        found = widgets.run(LOOK, scene.model_id, LookInputs(scene.sight, 0)).result  # this model has fewer layers
    return found


def headed(state: State, result: LookResult) -> tuple[State, tuple[Habit, ...]]:
    """`state` with a head on the stage, and the habits that heads have in this text.

    Where the reader chose none, it is the head of the first habit, and the token that shows it is pinned.
    """
    found = habits.of(result)
    if state.layer >= 0:
        return replace(state, head=max(state.head, 0)), found
    if not found:
        return replace(state, layer=max(result.layer, 0), head=0), found
    first = found[0]
    return replace(state, layer=first.layer, head=first.head, pins=state.pins or (first.token,)), found


def matrix(result: LookResult, layer: int, head: int) -> NDArray[np.float32]:
    """weights[L, S] of one head."""
    weights: NDArray[np.float32] = result.weights[layer if result.layer < 0 else 0, head]
    return weights


def view(state: State, result: LookResult) -> View:
    """What the stage shows, within what this model and this text have."""
    n_layers, n_heads = result.thumbs.shape[:2]
    heads = tuple((layer, head) for layer, head in chosen(state) if layer < n_layers and head < n_heads)
    return View(
        layer=min(state.layer, n_layers - 1) if result.layer < 0 else result.layer,
        head=min(state.head, n_heads - 1),
        heads=heads if state.heads else (),
        pins=tuple(pin for pin in state.pins if pin < len(result.looking)),
        layout=state.layout,
        mass=state.mass,
        special=state.special,
        diagonal=state.diagonal,
        block=state.block if state.paired else "all",
    )


def chosen(state: State) -> tuple[tuple[int, int], ...]:
    """(layer, head) of the heads the reader has chosen: several combined, or the one."""
    return tuple(divmod(code, 100) for code in state.heads) or ((state.layer, state.head),)


def held(shown: View, result: LookResult) -> list[NDArray[np.float32]]:
    """weights[L, S] of the heads on the stage, those whose layer is here."""
    there = [pair for pair in shown.heads or ((shown.layer, shown.head),) if result.layer in (-1, pair[0])]
    return [matrix(result, *pair) for pair in there or [(shown.layer, shown.head)]]


def marks(tokens: Tokens, first: str = "") -> list[Mark]:
    """The tokens to draw. Of a pair `first` is its first text: what lies beyond it belongs to the second."""
    out, side = [], 0
    for piece, special, (start, _) in zip(tokens.pieces, tokens.special, tokens.offsets, strict=True):
        if first and not special:
            side = int(start > len(first))
        out.append(Mark(piece, special, side))
    return out
