"""一去一留: what five papers do with pairs of sentences and why, and what our two heads were measured at."""

from __future__ import annotations

import streamlit as st

from explorer.content import examples
from explorer.engine import uses
from explorer.ui import page_parts
from explorer.ui.i18n import t
from explorer.ui.numbers import percent, thousands
from explorer.views.pairs.common import State

# Devlin et al. 2019 (BERT), Yang et al. 2019 (XLNet), Liu et al. 2019 (RoBERTa), Joshi et al. 2020 (SpanBERT),
# Lan et al. 2020 (ALBERT). What they did and said; their figures are not repeated here.
PAPERS = ("bert", "xlnet", "roberta", "spanbert", "albert")
MEASURED = ("nsp_accuracy", "sop_accuracy", "swapped_called_next", "random_called_next")


def draw(_: State, model: uses.ModelInfo) -> None:
    page_parts.section("pairs.why")
    body, side = st.columns([1, 0.44], gap="large")
    with body:
        head = tuple(t(f"pairs.why.col_{name}") for name in ("paper", "does", "reason"))
        parts = ("paper", "does", "reason")
        page_parts.table(head, [tuple(t(f"pairs.why.{paper}_{part}") for part in parts) for paper in PAPERS])
        _measured()
    with side:
        page_parts.steps([(t(f"pairs.why.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("pairs.why.honesty")


def _measured() -> None:
    """The same claims, measured on passages nobody of us wrote, and kept with their provenance."""
    page_parts.subsection("pairs.why.here")
    cards = []
    for name in MEASURED:
        kept = examples.recorded(f"pairs.{name}")
        if kept is not None:
            note = t("pairs.why.measured_on", n=thousands(kept["n"]))
            cards.append((percent(kept["measured"]), t(f"pairs.why.{name}"), note))
    page_parts.figures(cards)
