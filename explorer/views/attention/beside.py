"""Attention beside influence: how much every head looks at other words from the watched place, against what it matters.

Two maps of the same heads and the agreement of their orders (Spearman 1904). Whether attention says what matters is an
old question: Jain & Wallace 2019.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.engine import get_engine
from explorer.lab.types.arrays import Floats
from explorer.lab.types.attention import LOOK, LookInputs, Sight
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.numbers import signed
from explorer.views import vocabulary
from explorer.views.attention.scene import ALL_LAYERS_UP_TO, Scene

FIRST = 10
ALIKE = 0.5  # "large" by Cohen 1988, Statistical Power Analysis for the Behavioral Sciences, section 3.2


def draw(scene: Scene, position: int, kl: Floats) -> None:
    """The two maps, `kl[layers, heads]` and what each head looks at, and how far their orders agree."""
    from explorer.figures import heads

    looked = None if len(scene.tokens) > ALL_LAYERS_UP_TO else looks_at_words(scene, position)
    left, right = st.columns(2) if looked is not None else (st.container(), None)
    with left:
        page_parts.plot(
            heads.heat(kl, t("attention.layer"), t("attention.head"), True), "attention-kl",
            t("attention.influence.figure"), t("attention.influence.alt"),
        )  # fmt: skip
    if right is None or looked is None:
        page_parts.quiet(t("attention.beside.none"))
        return
    with right:
        page_parts.plot(
            heads.heat(looked, t("attention.layer"), t("attention.head"), False), "attention-looks",
            t("attention.beside.figure"), t("attention.beside.alt"),
        )  # fmt: skip
    both, rho = len(first(kl) & first(looked)), agreement(kl, looked)
    page_parts.notice(
        f"attention.beside.{verdict(rho)}", n=both, first=FIRST, chance=f"{FIRST * FIRST / kl.size:.1f}",
        missed=FIRST - both, rho=signed(rho, 2),
    )  # fmt: skip


def looks_at_words(scene: Scene, position: int) -> Floats | None:
    """[layers, heads]: the share of its attention that the watched place (the blank itself, or the last token) gives to
    other ordinary tokens; None where its neighbours are cut otherwise once it is covered (a piece
    inside a word)."""
    tokens, text = scene.tokens, scene.tokens.text
    if position >= 0:
        start, end = tokens.offsets[position]
        text = text[:start] + get_engine().vocabulary(scene.model_id)[vocabulary.mask_id(scene.model_id)] + text[end:]
    found = widgets.run(LOOK, scene.model_id, LookInputs(Sight(text))).result
    kept = [n for n in range(len(tokens)) if n != position]
    if len(found.seen) != len(tokens) or any(found.seen.ids[n] != tokens.ids[n] for n in kept):
        return None
    at = position if position >= 0 else len(tokens) - 1
    ordinary = [n for n in range(len(tokens)) if n != at and not tokens.special[n]]
    return found.weights[:, :, at, ordinary].sum(axis=-1)


def verdict(rho: float) -> str:
    """What the agreement of the two orders allows to say."""
    return "alike" if rho >= ALIKE else "unlike"


def first(values: Floats) -> set[int]:
    """The heads of the highest values."""
    return set(np.argsort(-values, axis=None)[:FIRST].tolist())


def agreement(a: Floats, b: Floats) -> float:
    """Spearman's rank correlation of two maps: 1 the same order, 0 none, −1 the reverse."""
    ranks = [np.argsort(np.argsort(one, axis=None)).astype(float) for one in (a, b)]
    return float(np.corrcoef(*ranks)[0, 1])
