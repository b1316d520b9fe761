"""一张小地图: plants, animals and electric things; each point the mean of one character in three sentences.

It knows the groups of words and their vectors. Neighbours are looked up in the original space, never on the map.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer import numerics
from explorer.content import examples
from explorer.figures import layers
from explorer.lab.types import embedding_metrics as geometry
from explorer.lab.types.context import EmbedInputs, Occurrence
from explorer.ui import page_parts
from explorer.ui.i18n import language, t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import signed
from explorer.views.context import common, stage
from explorer.views.context import words as standing
from explorer.views.context.common import Scene, State

GROUPS = ("plants", "animals", "electric")
NEAREST = 3
EACH = 50  # sentences of a sense on the stage that are read along


def draw(scene: Scene, result: object, state: State) -> None:
    page_parts.section("context.things")
    groups = words_of(scene)
    words = {name: items for group in groups.values() for name, items in group.items()}
    names = list(words)
    found = stage.embed(state.model, EmbedInputs(tuple(item for items in words.values() for item in items)))
    layer = min(state.layer, len(found.vectors) - 1)
    x = found.vectors[layer].astype(np.float64) - found.common[layer]
    ends = np.cumsum([len(items) for items in words.values()])
    means = np.stack([rows.mean(axis=0) for rows in np.split(x, ends[:-1])])
    cos = geometry.cosines(means[None])[0]
    placed, kept = numerics.pca(means[None])
    left, right = st.columns([1, 0.7], gap="large")
    with left:
        shown = {
            group: (placed[0, [names.index(name) for name in members], :2], list(members))
            for group, members in groups.items()
        }
        trust = geometry.trustworthiness(cos, placed[0, :, :2], 4)
        caption = t("context.things.caption", layer=layer, share=f"{100 * kept[0]:.0f}", trust=f"{trust:.2f}")
        page_parts.plot(layers.plane(shown, 520), "context-things", caption, t("context.things.alt"))
    with right:
        page_parts.subtitle(t("context.things.table"))
        rows = []
        for n, name in enumerate(names):
            near = [int(i) for i in np.argsort(-cos[n]) if i != n][:NEAREST]
            rows.append((verbatim(name), *(f"{verbatim(_short(names[i]))} {signed(float(cos[n, i]))}" for i in near)))
        page_parts.table((t("context.things.of"), *map(str, range(1, NEAREST + 1))), rows)
    page_parts.honesty("context.things.honesty")
    spans = {name: common.spans(items) for name, items in words.items()}
    common.show_code("context_things", state.model, words=spans, layer=max(1, layer))


def _short(name: str) -> str:
    """A character of ours without its meaning, which stands in the first column."""
    char = name.partition(" ")[0]
    return char if any(char in words for words in examples.load("context")["things"].values()) else name


def words_of(scene: Scene) -> dict[str, dict[str, tuple[Occurrence, ...]]]:
    """{group: {character (with its meaning for English readers): its sentences}}; the stage's word by its senses."""
    table = examples.load("context")["things"]
    groups = {
        t(f"context.things.{group}"): {
            char if language() == "zh" else f"{char} {meaning}": standing.sentences_of(char)
            for char, meaning in table[group].items()
        }
        for group in GROUPS
    }
    if not scene.own and not any("\u4e00" <= char <= "\u9fff" for char in scene.word):
        scene = common.preset("guo", language())  # our English words have no business among characters
    on_stage = {}
    for sense, name in enumerate(scene.senses):
        lines = tuple(Occurrence(line.text, line.start, line.end) for line in scene.lines if line.sense == sense)
        if lines:
            on_stage[t("context.cross.in_sense", word=scene.word, sense=name)] = lines[:EACH]
    if on_stage:
        groups[t("context.things.word", word=scene.word)] = on_stage
    return groups
