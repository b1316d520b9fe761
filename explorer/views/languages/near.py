"""谁和谁近: the language vectors themselves. How long they are, how alike, and whom the model takes for neighbours."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.lab.types.languages import BOTH
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import clauses, t
from explorer.views.languages import common
from explorer.views.languages.common import LANGUAGES, Sentence, State

CLEARLY = 0.1  # a cosine that says two languages are alike; a nearest one below it may lie anywhere


def draw(sentence: Sentence, state: State) -> None:
    from explorer.figures import languages as figures

    page_parts.section("languages.near")
    vectors = sentence.survey.means[BOTH]
    layer = common.layer_of(state, sentence.n_layers)
    names = {lang: common.name_of(lang) for lang in LANGUAGES}
    centred = vectors - vectors.mean(axis=0)
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        widgets.slider(
            "languages-near-layer", t("languages.layer"), 0, sentence.n_layers, layer,
            lambda new: common.change(layer=new), width="stretch",
        )  # fmt: skip
        lengths = np.linalg.norm(centred, axis=-1)
        page_parts.plot(
            figures.by_layer(
                dict(zip(LANGUAGES, lengths, strict=True)), t("languages.layer"), t("languages.near.length"),
                names=names, layer=layer,
            ),
            "languages-lengths", t("languages.near.length_caption"), t("languages.near.length_alt"),
        )  # fmt: skip
        cos = cosines(centred[:, layer])
        written = [[f"{value:.2f}".replace("-", "−") for value in row] for row in cos]
        page_parts.plot(
            figures.square(cos, list(names.values()), low=-1, high=1, written=written),
            "languages-cosines", t("languages.near.cosine_caption", layer=layer), _closest(cos),
        )  # fmt: skip
        page_parts.plot(
            figures.tree(cos, list(names.values())), "languages-tree", t("languages.near.tree_caption", layer=layer),
            _closest(cos),
        )  # fmt: skip
    with right:
        page_parts.steps([(t(f"languages.near.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("languages.near.honesty")


def cosines(vectors: np.ndarray) -> np.ndarray:
    """cos[K, K] of vectors[K, d]."""
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
    return np.asarray(unit @ unit.T)


def _closest(cos: np.ndarray) -> str:
    """The nearest neighbour of each language that has one, in words: below CLEARLY a cosine names no neighbour."""
    others = np.where(np.eye(len(cos), dtype=bool), -np.inf, cos)
    pairs = [
        t("languages.near.neighbour", tongue=common.name_of(lang), other=common.name_of(LANGUAGES[int(row.argmax())]),
          cos=f"{row.max():.2f}".replace("-", "−"))
        for lang, row in zip(LANGUAGES, others, strict=True) if row.max() >= CLEARLY
    ]  # fmt: skip
    return clauses(pairs) or t("languages.near.none")
