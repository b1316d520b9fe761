"""Helpful, honest, harmless: four answers that pull in different directions, voted on; and what InstructGPT measured.

It knows the reader's vote and words; no experiment.
"""

from __future__ import annotations

import streamlit as st

from explorer.ui import page_parts
from explorer.ui.i18n import t
from explorer.views.family import common
from explorer.views.family.common import State

ANSWERS = (1, 2, 3, 4)
QUALITIES = ("helpful", "honest", "harmless")
HAS = {1: (True, False, True), 2: (True, True, False), 3: (False, True, True), 4: (True, True, True)}
INSTRUCT = {  # Ouyang et al. 2022 (arXiv 2203.02155): what it printed, and where
    "agree": ("72.6 ± 1.5 %", "§ 3.4"),
    "heldout": ("77.3 ± 1.3 %", "§ 3.4"),
    "reward": ("69.6 ± 0.9 %", "§ 4.1"),
    "own": ("72.4 ± 0.4 %", "§ 4.1"),
    "gpt3": ("85 ± 3 %", "§ 1, § 4.1"),
    "fewshot": ("71 ± 4 %", "§ 1, § 4.1"),
    "made_up": ("41 % → 21 %", "§ 1"),
    "data": ("12,725 / 33,207 / 31,144", "Table 6"),
    "people": ("≈ 40; 4–9", "§ 3.4; § 3.5"),
}


def draw(state: State) -> None:
    page_parts.subtitle(t("family.voted.title"))
    page_parts.quiet(t("family.voted.sub"))
    page_parts.block(f"<p><b>{t('family.voted.question')}</b></p>")
    for n in ANSWERS:
        st.button(
            t(f"family.voted.answer{n}"), key=f"family-vote-{n}", on_click=_vote, args=(n,), wrap=True,
            type="primary" if state.vote == n else "secondary",
        )  # fmt: skip
    if state.vote:
        head = ("", *(t(f"family.voted.{name}") for name in QUALITIES))
        rows = [
            (f"{'→ ' if n == state.vote else ''}{t('family.voted.nth', n=n)}", *("✓" if has else "✗" for has in HAS[n]))
            for n in ANSWERS
        ]
        page_parts.table(head, rows)
        page_parts.quiet(t(f"family.voted.because{state.vote}"))
    with st.expander(t("family.instruct.title")):
        page_parts.table(
            (t("family.instruct.what"), t("family.instruct.number"), t("family.instruct.where")),
            [(t(f"family.instruct.what_{fact}"), *places) for fact, places in INSTRUCT.items()],
        )
        page_parts.quiet(t("family.instruct.note"))


def _vote(n: int) -> None:
    common.store().set(vote=0 if common.store().now().vote == n else n)
