"""逐层看: the masked-LM head read at every layer for one covered position, with the ranks of chosen words."""

from __future__ import annotations

import streamlit as st

from explorer import numerics
from explorer.lab.types.masking import LENS, LensInputs, LensResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import listed, t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent
from explorer.views._shared.page import Snippet
from explorer.views.masking import common
from explorer.views.masking.common import Sentence
from explorer.views.masking.state import State
from explorer.views.vocabulary import best, labels

TOP = 5
WATCHED = 6


def draw(sentence: Sentence, state: State) -> Snippet | None:
    page_parts.section("masking.lens")
    if sentence.focus is None:
        page_parts.notice("errors.no_blank")
        return None
    inputs = LensInputs(sentence.tokens.text, sentence.edits, sentence.focus)
    result = widgets.run(LENS, sentence.model.id, inputs).result
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        _ranks(result, sentence, state)
        _table(result, sentence.model.id)
    with right:
        page_parts.steps([(t(f"masking.lens.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("masking.lens.honesty")
    return common.snippet("masking_lens", sentence)


def _ranks(result: LensResult, sentence: Sentence, state: State) -> None:
    """The original, the model's own first words, and the words the reader asked for, layer by layer."""
    from explorer.figures import ranks

    names = sentence.names()
    watched, original = sentence.watched, sentence.original(result.position)
    order = best(sentence.model.id, result.logits[-1], TOP)
    asked = [token for token in watched.values() if token is not None]
    first = [] if original is None else [original]
    shown = list(dict.fromkeys([*first, *asked, *order[:3]]))[:WATCHED]
    lines = {names[i]: [int((row > row[i]).sum()) + 1 for row in result.logits] for i in shown}
    truth = None if original is None else names[original]
    fig = ranks.by_layer(lines, result.logits.shape[1], t("masking.lens.x"), t("masking.lens.y"), truth)
    likeliest = listed(names[i] for i in order)
    page_parts.plot(fig, "masking-lens", t("masking.lens.figure"), t("masking.lens.alt", list=likeliest))
    widgets.text_line(
        "masking-lens-watch", t("masking.lens.watch"), " ".join(state.watch),
        lambda words: common.store().set(watch=tuple(dict.fromkeys(words.split()))[:8]),
        f"{t('masking.lens.watch')} · {t('masking.lens.watch_hint')}",
    )  # fmt: skip
    missing = [word for word, token in watched.items() if token is None]
    if missing:
        page_parts.quiet(t("masking.lens.missing", words=verbatim(listed(missing))))


def _table(result: LensResult, model: str) -> None:
    """What each layer would fill in, the last layer first."""
    names = labels(model)
    rows, chance = [], []
    for layer in reversed(range(len(result.logits))):
        row = result.logits[layer]
        first = best(model, row, TOP)
        name = t("masking.lens.layer", n=layer) if layer else t("masking.lens.layer0")
        p = [numerics.probability(row, i) for i in first]
        rows.append((name, *(f"{names[i]} {percent(one)}" for i, one in zip(first, p, strict=True))))
        chance.append((None, *p))
    page_parts.subtitle(t("masking.lens.table"))
    page_parts.table(("", *map(str, range(1, TOP + 1))), rows, shares=chance)
