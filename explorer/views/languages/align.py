"""找对译: does a sentence find its translation among all others? Layer by layer, pair by pair, raw and centred."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.ui import page_parts
from explorer.ui.i18n import t
from explorer.ui.numbers import percent
from explorer.views.languages import common
from explorer.views.languages.common import LANGUAGES, Sentence, State

WAYS = (("centred_mean", 0, 1), ("raw_mean", 0, 0), ("centred_cls", 1, 1), ("raw_cls", 1, 0))  # pooling, treatment


def draw(sentence: Sentence, state: State) -> None:
    from explorer.figures import languages as figures

    target = common.target_of(state)
    source = sentence.source if sentence.source != target else next(lang for lang in LANGUAGES if lang != target)
    page_parts.section("languages.align", source=common.name_of(source), target=common.name_of(target))
    found = sentence.survey
    pair = LANGUAGES.index(source), LANGUAGES.index(target)
    names = {name: t(f"languages.align.{name}") for name, _, _ in WAYS}
    layer = t("languages.layer")
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        for key, values, title, caption in (
            ("accuracy", found.accuracy, t("languages.align.accuracy"), t("languages.align.accuracy_caption")),
            ("mrr", found.mrr, t("languages.align.mrr"), t("languages.align.mrr_caption")),
        ):
            lines = {name: values[p, c, :, pair[0], pair[1]] for name, p, c in WAYS}
            best = {name: (int(line.argmax()), float(line.max())) for name, line in lines.items()}
            alt = "; ".join(f"{names[name]}: {layer} {at}, {percent(p)}" for name, (at, p) in best.items())
            page_parts.plot(
                figures.by_layer(lines, layer, title, names=names, share=True), f"languages-{key}", caption, alt
            )
        _square(found.accuracy, sentence.n_layers)
    with right:
        page_parts.steps([(t(f"languages.align.step{n}"), "") for n in (1, 2, 3)])
        page_parts.subtitle(t("languages.align.published"))
        page_parts.paragraphs(*(t(f"languages.align.{name}") for name in ("pires", "libovicky", "data")))
        page_parts.honesty("languages.align.honesty")


def _square(accuracy: np.ndarray, last: int) -> None:
    """All pairs at the layer that is best over all of them."""
    from explorer.figures import languages as figures

    off = ~np.eye(len(LANGUAGES), dtype=bool)
    layer = int(accuracy[0, 1][:, off].mean(axis=1).argmax())
    values = accuracy[0, 1, layer]
    names = [common.name_of(lang) for lang in LANGUAGES]
    written = [["" if i == j else f"{100 * p:.0f} %" for j, p in enumerate(row)] for i, row in enumerate(values)]
    page_parts.plot(
        figures.square(np.where(off, values, np.nan), names, low=0, high=1, written=written),
        "languages-pairs", t("languages.align.pairs_caption", layer=layer, last=last),
        t("languages.align.pairs_alt", low=percent(float(values[off].min())), high=percent(float(values[off].max()))),
    )  # fmt: skip
