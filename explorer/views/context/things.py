"""一张小地图: plants, animals and electric things; each point the mean of one character in three sentences.

It knows the groups of words and their vectors. Neighbours are looked up in the original space, never on the map.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer import examples
from explorer.engine.maps import geometry
from explorer.figures import layers
from explorer.lab.types.context import EmbedInputs
from explorer.ui import chrome
from explorer.ui.i18n import t
from explorer.ui.numbers import signed
from explorer.views.context import common, stage
from explorer.views.context import words as standing
from explorer.views.context.common import Scene, State

GROUPS = ("plants", "animals", "electric")
NEAREST = 3


def draw(scene: Scene, result: object, state: State) -> None:
    chrome.section("context.things")
    table = examples.load("context")["things"]
    extra = () if state.text else common.preset("guo", "zh").lines
    groups = {t(f"context.things.{group}"): tuple(table[group]) for group in GROUPS}
    items = [item for words in groups.values() for word in words for item in standing.sentences_of(word)]
    fruit = [line for line in extra if line.sense == 0]
    company = [line for line in extra if line.sense == 1]
    more = common.Scene("果", (*fruit, *company), (), own=False).inputs().items if extra else ()
    found = stage.embed(EmbedInputs((*items, *more)))
    layer = min(state.layer, len(found.vectors) - 1)
    x = found.vectors[layer].astype(np.float64) - found.common[layer]
    means, names, start = [], [], 0
    for word in (word for words in groups.values() for word in words):
        n = len(standing.sentences_of(word))
        means.append(x[start : start + n].mean(axis=0))
        names.append(word)
        start += n
    if extra:
        for own, name in ((fruit, t("context.things.fruit")), (company, t("context.things.company"))):
            means.append(x[start : start + len(own)].mean(axis=0))
            names.append(name)
            start += len(own)
        groups[t("context.things.word")] = tuple(names[-2:])
    matrix = np.stack(means)
    cos = geometry.cosines(matrix[None])[0]
    placed, kept = geometry.pca(matrix[None])
    left, right = st.columns([1, 0.7], gap="large")
    with left:
        shown, at = {}, 0
        for group, words in groups.items():
            shown[group] = (placed[0, at : at + len(words), :2], list(words))
            at += len(words)
        trust = geometry.trustworthiness(cos, placed[0, :, :2], 4)
        caption = t("context.things.caption", layer=layer, share=f"{100 * kept[0]:.0f}", trust=f"{trust:.2f}")
        chrome.plot(layers.plane(shown), "context-things", caption, t("context.things.alt"))
    with right:
        chrome.subtitle(t("context.things.table"))
        rows = []
        for n, name in enumerate(names):
            near = [int(i) for i in np.argsort(-cos[n]) if i != n][:NEAREST]
            rows.append((name, *(f"{names[i]} {signed(float(cos[n, i]))}" for i in near)))
        chrome.table((t("context.things.of"), *map(str, range(1, NEAREST + 1))), rows)
    chrome.honesty("context.things.honesty")
