"""三条路: what ELMo, GPT and BERT may see when they guess the same word, and what the two that are here say.

It knows the reader's sentence and one blank in it; the guesses are those of chapters 2 and 7.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer import numerics
from explorer.components.token_strip import StripChange, chip, token_strip
from explorer.engine import catalog, get_engine
from explorer.figures import sight
from explorer.lab.types.core import Tokens
from explorer.lab.types.generation import LEFT, LeftInputs
from explorer.lab.types.masking import FILL, Edit, FillInputs
from explorer.ui import page_parts, snippets, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent
from explorer.views import vocabulary
from explorer.views._shared import typed
from explorer.views._shared.page import Snippet
from explorer.views.family import common
from explorer.views.family.common import State

MOST = 20  # tokens, the two special ones included
ROADS = {"two": "elmo", "left": "gpt", "both": "bert"}  # who sees what, and whose road it was
LIKELIEST = 5


def draw(state: State) -> Snippet | None:
    page_parts.section("family.roads")
    text = common.example("sentence", state.text)
    widgets.text_line(
        "family-text", t("family.roads.box"), text, lambda new: common.store().set(text=new or " ", blank=0),
        t("family.roads.box"),
    )  # fmt: skip
    tokens, cut = read(text)
    places = [n for n in range(len(tokens)) if not tokens.special[n]]
    if len(places) < 2:
        page_parts.notice("family.roads.short", "warn")
        return None
    if cut:
        page_parts.quiet(t("family.roads.cut", n=len(places)))
    model = catalog.default("masked").id
    if get_engine().simplify(model, text)[1]:
        page_parts.notice("common.simplified")
    typed.remarks(model, tokens.text)
    at = state.blank or (_own_blank() if not state.text else 0)
    at = at if at in places else places[len(places) // 2]
    token_strip(
        [chip(tokens, n) for n in range(len(tokens))], key="family-strip", focus=at, mode="pick", on_change=_pick,
        caption=t("family.roads.pick"), title=t("family.roads.title"),
    )  # fmt: skip
    _masks(tokens, places, at)
    _guesses(tokens, at)
    page_parts.steps([(t(f"family.roads.step{n}"), "") for n in (1, 2, 3)])
    page_parts.honesty("family.roads.honesty")
    return Snippet(
        "generation_both", catalog.default("causal"), text=tokens.text, start=tokens.offsets[at][0], look=at,
        bert=snippets.source(catalog.default("masked")),
    )  # fmt: skip


def read(text: str) -> tuple[Tokens, bool]:
    """The sentence as BERT reads it, and whether its end had to be left out."""
    model = catalog.default("masked").id
    whole = get_engine().simplify(model, text.strip()[: common.LONGEST])[0]
    tokens = get_engine().tokens(model, whole)
    cut = len(tokens) > MOST
    if cut:
        tokens = get_engine().tokens(model, whole[: tokens.offsets[MOST - 2][1]])
    return tokens, cut or len(text.strip()) > common.LONGEST


def _own_blank() -> int:
    """The covered token of the page's own sentence: what tells it stands on its right."""
    return int(common.example("blank", ""))


def _pick(change: StripChange) -> None:
    common.store().set(blank=change.focus or 0)


def _masks(tokens: Tokens, places: list[int], at: int) -> None:
    """Three squares side by side: each row a word to be guessed, each column a word that may be seen."""
    words = [tokens.surface(n) for n in places]
    here = places.index(at)
    for column, (kind, road) in zip(st.columns(3, gap="medium"), ROADS.items(), strict=True):
        with column:
            page_parts.subtitle(t(f"family.roads.{road}"))
            page_parts.plot(
                sight.square(sight.seen(len(words), kind), words, here,
                             (t("family.roads.guessed"), t("family.roads.seen"))),
                f"family-sight-{road}", t(f"family.roads.{road}_caption"),
                t(f"family.roads.{road}_alt", word=verbatim(words[here]), left=here, right=len(words) - 1 - here),
            )  # fmt: skip


def _guesses(tokens: Tokens, at: int) -> None:
    """The same blank by the two models that are here: the likeliest words, and what stands there really."""
    masked, causal = catalog.default("masked").id, catalog.default("causal").id
    covered = FillInputs(tokens.text, (Edit(at, vocabulary.mask_id(masked)),), (at,))
    both = numerics.softmax(widgets.run(FILL, masked, covered).result.logits[0].astype(np.float64))
    found = widgets.run(LEFT, causal, LeftInputs(tokens.text, (tokens.offsets[at],), 0)).result
    left = numerics.softmax(found.logits.astype(np.float64))
    rows = []
    for model, p in ((causal, left), (masked, both)):
        names = vocabulary.labels(model)
        likeliest = vocabulary.best(model, np.log(np.maximum(p, 1e-300)).astype(np.float32), LIKELIEST)
        rows.append([f"{verbatim(names[n])} {percent(float(p[n]))}" for n in likeliest])
    page_parts.subtitle(t("family.roads.guesses", word=verbatim(tokens.surface(at))))
    says = (t("family.roads.gpt_says"), t("family.roads.bert_says"))
    page_parts.table(says, list(zip(*rows, strict=True)))
    note = t("family.roads.true_note", word=verbatim(tokens.surface(at)))
    chances = (float(found.p[0]), float(both[tokens.ids[at]]))
    page_parts.figures([(percent(p), name, note) for name, p in zip(says, chances, strict=True)])
    page_parts.quiet(t("family.roads.summed", word=verbatim(tokens.surface(at))))
